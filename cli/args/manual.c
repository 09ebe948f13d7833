/* Prints the manual page, in roff with the man macros, from the same tables as the help. docs/unroll.1 is its
 * output. */
#include "cli/args/help.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATE "2026-11-21" /* of the last release; fixed, so that the page can be made again */

/* Prints text that roff takes literally: special characters are escaped, and characters beyond ASCII are written as
 * code points. */
static void print_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        uint32_t code = 0;
        int size = ur_utf8_decode((const unsigned char *)text + i, length - i, &code);
        if (size > 1)
            printf("\\[u%04X]", (unsigned)code);
        else if (text[i] == '\\')
            printf("\\e");
        else if (text[i] == '-')
            printf("\\-");
        else if ((text[i] == '.' || text[i] == '\'') && i == 0)
            printf("\\&%c", text[i]);
        else if (text[i] == '\'')
            printf("\\(aq");
        else
            putchar(text[i]);
        i += size > 1 ? (size_t)size : 1;
    }
}

static void print_line(const char *text)
{
    print_plain(text, strlen(text));
    putchar('\n');
}

static void print_paragraphs(const char *text)
{
    for (bool first = true; *text; first = false) {
        const char *end = strstr(text, "\n\n");
        size_t length = end ? (size_t)(end - text) : strlen(text);
        if (!first) printf(".PP\n");
        print_plain(text, length);
        putchar('\n');
        text += end ? length + 2 : length;
    }
}

static void print_heading(const char *macro, const char *text)
{
    printf(".%s \"", macro);
    print_plain(text, strlen(text));
    printf("\"\n");
}

/* `value` is printed after the help. */
static void print_option_text(const ur_setting *option, const char *value)
{
    printf(".TP\n");
    if (option->letter) printf("\\fB\\-%c\\fR, ", option->letter);
    printf("\\fB\\-\\-");
    print_plain(option->name, strlen(option->name));
    printf("\\fR");
    if (option->argument) {
        printf(" \\fI");
        print_plain(option->argument, strlen(option->argument));
        printf("\\fR");
    }
    putchar('\n');
    print_plain(option->help, strlen(option->help));
    if (*value) printf("; ");
    print_line(value);
}

static void print_option(const ur_setting *option, const void *settings)
{
    char value[UR_SETTING_VALUE_MAX];
    ur_cli_default_text(option, settings, value);
    print_option_text(option, value);
}

static void print_examples(const char *examples)
{
    for (const char *line = examples; *line; line = strchr(line, '\n') + 1) {
        const char *mark = strstr(line, "  # ");
        printf(".TP\n.B ");
        print_plain(line, (size_t)(mark - line));
        putchar('\n');
        print_plain(mark + 4, strcspn(mark + 4, "\n"));
        putchar('\n');
    }
}

static bool has_row(const ur_cli_options *options, const ur_setting *row)
{
    const ur_setting *option;
    const void *values;
    for (size_t i = 0; (option = ur_cli_options_at(options, i, &values)); i++)
        if (option == row) return true;
    return false;
}

/* Prints the options of a verb that `others` has too (`shared`), or those that `others` does not have. Prints all of
 * them if `others` is NULL. */
static void print_options(const ur_cli_options *options, const ur_cli_options *others, bool shared)
{
    const ur_setting *option;
    const void *values;
    const char *group = NULL; /* a heading to print before the next option */
    for (size_t i = 0; (option = ur_cli_options_at(options, i, &values)); i++) {
        if (option->group) group = option->group;
        if (!option->help || (others && has_row(others, option) != shared)) continue;
        if (group) printf(".PP\n.I \"%s\"\n", group);
        group = NULL;
        print_option(option, values);
    }
}

/* The options of two trainings. The options of every training are those that both have. */
typedef struct trainings {
    ur_cli_options one, other;
} trainings;

static void print_verb(const ur_cli_verb *verb, const trainings *shared)
{
    char heading[128];
    ur_cli_options options;
    if (ur_cli_options_open(&options, verb, NULL) != UR_OK) return;
    snprintf(heading, sizeof heading, "unroll %s %s", verb->name, verb->takes);
    print_heading("SS", heading);
    print_paragraphs(verb->text);
    print_options(&options, !verb->task ? NULL : verb == shared->one.verb ? &shared->other : &shared->one, false);
    if (verb->task) printf(".PP\nand the options of every training, below.\n");
    if (verb->any_task)
        printf(".PP\nand how data of a task are read%s, below.\n", verb->answers ? " and answers given" : "");
    ur_cli_options_close(&options);
}

static void print_readings(void)
{
    ur_cli_options options;
    size_t i = 0;
    while (!ur_cli_verb_at(i)->any_task) i++;
    if (ur_cli_options_open(&options, ur_cli_verb_at(i), NULL) != UR_OK) return;
    print_heading("SS", "Data of a task: unroll eval, predict, bench, inspect");
    ur_cli_print_readings(&options, &(ur_cli_reading_style){true, false, ".PP\n.I \"", "\"", print_option_text});
    print_heading("SS", "Answers of a task: unroll eval, predict, bench");
    ur_cli_print_readings(&options, &(ur_cli_reading_style){false, true, ".PP\n.I \"", "\"", print_option_text});
    ur_cli_options_close(&options);
}

static void print_verbs(const trainings *shared)
{
    for (size_t i = 0; ur_cli_verb_at(i); i++) print_verb(ur_cli_verb_at(i), shared);
    printf(".SH \"COMMON OPTIONS\"\n");
    print_heading("SS", "Every training: unroll train");
    print_options(&shared->one, &shared->other, true);
    print_readings();
}

static void print_all_verbs(void)
{
    trainings shared;
    bool one = ur_cli_options_open(&shared.one, &ur_cli_train_lm, NULL) == UR_OK;
    bool other = ur_cli_options_open(&shared.other, &ur_cli_train_recall, NULL) == UR_OK;
    if (one && other) print_verbs(&shared);
    if (one) ur_cli_options_close(&shared.one);
    if (other) ur_cli_options_close(&shared.other);
}

static void print_all_examples(void)
{
    printf(".SH EXAMPLES\n");
    for (size_t i = 0; ur_cli_verb_at(i); i++) print_examples(ur_cli_verb_at(i)->examples);
}

static void print_start(void)
{
    printf(".TH UNROLL 1 \"%s\" \"unroll %s\" \"User Commands\"\n", DATE, ur_version());
    printf(".SH NAME\nunroll \\- recurrent neural networks on an ordinary computer\n.SH SYNOPSIS\n.nf\n");
    for (size_t i = 0; ur_cli_verb_at(i); i++) {
        printf("\\fBunroll %s\\fR ", ur_cli_verb_at(i)->name);
        print_line(ur_cli_verb_at(i)->takes);
    }
    printf(".fi\n.SH DESCRIPTION\n");
    print_paragraphs("Trains, samples, scores and checks recurrent networks. A model is one safetensors file; MODEL is "
                     "such a file or the folder of a run, TEXT a file, a folder or - for standard input.\n\n"
                     "Results go to standard output, progress and errors to standard error. With --json the result is "
                     "one JSON object.");
    printf(".SH VERBS\n");
}

static void print_end(void)
{
    printf(".SH \"EXIT STATUS\"\n0 done, 1 failed, 2 wrong usage.\n.SH ENVIRONMENT\n");
    printf(".TP\n.B UNROLL_ISA\n");
    print_line("portable, avx2, avx512 or neon: the instruction set to use instead of the best available. Results have "
               "the same "
               "bits with each.");
    printf(".TP\n.B TMPDIR\n");
    print_line(
        "the folder for temporary files without a name: standard input that is used as data, decompressed files, "
        "large tables. Default: /tmp.");
    printf(".SH FILES\n.TP\n.I RUN/model.safetensors\nthe best model on the validation data.\n");
    printf(".TP\n.I RUN/last.safetensors\neverything needed to resume.\n");
    printf(".TP\n.I RUN/log.jsonl\none JSON object for each report.\n");
}

void ur_cli_print_manual(void)
{
    print_start();
    print_all_verbs();
    print_all_examples();
    print_end();
}
