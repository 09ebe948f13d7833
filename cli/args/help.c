/* unroll help: an overview, a page for each verb, and the manual, all from the tables. */
#include "cli/args/help.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN = 30, WIDTH = 96 };

typedef struct help_settings {
    bool man;
} help_settings;

static const ur_setting OPTIONS[] = {
    {"Output", "man", NULL, UR_SETTING_FLAG, offsetof(help_settings, man),
     .help = "print the whole manual, for man(1)"},
};

static const ur_setting_table TABLE = {OPTIONS, sizeof OPTIONS / sizeof OPTIONS[0]};

static void defaults(void *settings) { *(help_settings *)settings = (help_settings){0}; }

ur_status ur_cli_options_open(ur_cli_options *options, const ur_cli_verb *verb, ur_error *error)
{
    *options = (ur_cli_options){.verb = verb, .settings = calloc(1, verb->settings_size + 1)};
    if (!options->settings) return ur_fail_memory(error, "the help");
    verb->defaults(options->settings);
    ur_status status = verb->task ? ur_settings_create(&options->task, verb->task, error) : UR_OK;
    options->any = verb->any_task ? ur_cli_tasks_open() : NULL;
    if (verb->any_task && !options->any) status = ur_fail_memory(error, "the help");
    if (status != UR_OK) ur_cli_options_close(options);
    return status;
}

void ur_cli_options_close(ur_cli_options *options)
{
    ur_settings_free(options->task);
    ur_cli_tasks_close(options->any);
    free(options->settings);
    *options = (ur_cli_options){0};
}

/* Whether the task has the setting that an option of the verb needs. */
static bool has_effect(const ur_cli_options *o, const ur_setting *row)
{
    char name[UR_SETTING_VALUE_MAX] = {0};
    if (!row->beside || !o->task) return true;
    memcpy(name, row->beside, strcspn(row->beside, "=")); /* "optimizer=adam" needs the setting "optimizer" */
    return ur_cli_task_row(o->task, name, NULL);
}

const ur_setting *ur_cli_options_at(const ur_cli_options *o, size_t i, const void **values)
{
    const ur_setting *row = o->task ? ur_settings_row(o->task, i) : NULL;
    size_t before = 0;
    *values = row ? ur_settings_values(o->task, i) : o->settings;
    if (row) return row;
    while (o->task && ur_settings_row(o->task, before)) before++;
    for (size_t k = 0, left = i - before; k < o->verb->table->count; k++)
        if (has_effect(o, &o->verb->table->rows[k]) && left-- == 0) return &o->verb->table->rows[k];
    return NULL;
}

/* ---- Text in columns -------------------------------------------------------------------------------------------- */

/* Prints words from `column` on, wrapped at WIDTH; further lines are indented by `indent`. Returns the column where the
 * text ends. */
static size_t print_wrapped(const char *text, size_t column, size_t indent)
{
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column > indent && column + 1 + length > WIDTH) {
            printf("\n%*s", (int)indent, "");
            column = indent;
        }
        bool space = column > indent;
        printf("%s%.*s", space ? " " : "", (int)length, text);
        column += length + space;
        text += length + strspn(text + length, " ");
    }
    return column;
}

static void print_paragraphs(const char *text)
{
    while (*text) {
        const char *end = strstr(text, "\n\n");
        char paragraph[2048];
        snprintf(paragraph, sizeof paragraph, "%.*s", end ? (int)(end - text) : (int)strlen(text), text);
        print_wrapped(paragraph, 0, 0);
        printf("\n\n");
        text = end ? end + 2 : text + strlen(text);
    }
}

/* Prints lines of the form "command  # what it does", with the second parts aligned. */
static void print_examples(const char *examples)
{
    size_t widest = 0;
    for (const char *line = examples; *line; line = strchr(line, '\n') + 1) {
        const char *mark = strstr(line, "  # ");
        if (mark && (size_t)(mark - line) > widest) widest = (size_t)(mark - line);
    }
    printf("Examples\n");
    for (const char *line = examples; *line; line = strchr(line, '\n') + 1) {
        const char *mark = strstr(line, "  # ");
        printf("  %-*.*s%.*s\n", (int)widest, (int)(mark - line), line, (int)strcspn(mark, "\n"), mark);
    }
}

/* ---- Options ---------------------------------------------------------------------------------------------------- */

void ur_cli_default_text(const ur_setting *option, const void *settings, char text[UR_SETTING_VALUE_MAX])
{
    char value[UR_SETTING_VALUE_MAX];
    ur_setting_text(option, settings, value);
    text[0] = 0;
    if (option->type == UR_SETTING_FLAG) return;
    bool empty = ur_setting_empty(option, settings) && option->unset;
    snprintf(text, UR_SETTING_VALUE_MAX, "default: %.200s", empty ? option->unset : value);
}

static size_t print_option_name(const ur_setting *option)
{
    char name[128] = {0};
    if (option->letter) snprintf(name, sizeof name, "-%c, ", option->letter);
    size_t length = strlen(name);
    snprintf(name + length, sizeof name - length, "--%s%s%s", option->name, option->argument ? " " : "",
             option->argument ? option->argument : "");
    return (size_t)printf("  %s", name);
}

/* Prints an option's name and help in two columns, and `value` after the help. */
static void print_option_text(const ur_setting *option, const char *value)
{
    size_t column = print_option_name(option);
    if (column + 2 > COLUMN)
        printf("\n%*s", COLUMN, "");
    else
        printf("%*s", (int)(COLUMN - column), "");
    column = print_wrapped(option->help, COLUMN, COLUMN);
    if (*value) {
        column += (size_t)printf(";");
        print_wrapped(value, column, COLUMN);
    }
    printf("\n");
}

static void print_option(const ur_setting *option, const void *settings)
{
    char value[UR_SETTING_VALUE_MAX];
    ur_cli_default_text(option, settings, value);
    if (option->group) printf("\n%s\n", option->group);
    print_option_text(option, value);
}

static bool belongs(const ur_setting *row, const ur_cli_reading_style *style)
{
    return row->help && ((style->reads && row->reads) || (style->answers && row->answers));
}

static void print_reading(const ur_settings *task, const char *name, const ur_cli_reading_style *style)
{
    const ur_setting *row;
    bool any = false;
    for (size_t i = 0; (row = ur_settings_row(task, i)); i++) {
        if (!belongs(row, style)) continue;
        if (!any)
            printf("%sFor a model of the task %s (default: as in its training)%s\n", style->begin, name, style->end);
        any = true;
        style->print(row, "");
    }
}

void ur_cli_print_readings(const ur_cli_options *options, const ur_cli_reading_style *style)
{
    for (size_t t = 0; options->any && options->any[t]; t++) print_reading(options->any[t], ur_task_name(t), style);
}

static void print_help(const ur_cli_verb *verb, const ur_cli_options *options)
{
    const ur_setting *option;
    const void *values;
    printf("unroll %s %s\n\n", verb->name, verb->takes);
    print_paragraphs(verb->text);
    print_examples(verb->examples);
    for (size_t i = 0; (option = ur_cli_options_at(options, i, &values)); i++)
        if (option->help) print_option(option, values);
    ur_cli_print_readings(options, &(ur_cli_reading_style){true, verb->answers, "\n", "", print_option_text});
}

/* ---- Overview --------------------------------------------------------------------------------------------------- */

/* The arguments of a verb, without "[option...]", which every verb takes. */
static void write_call(const ur_cli_verb *verb, char *call, size_t size)
{
    const char *options = strstr(verb->takes, " [option...]");
    size_t length = options ? (size_t)(options - verb->takes) : 0;
    snprintf(call, size, "unroll %s %.*s", verb->name, (int)length, verb->takes);
}

void ur_cli_print_overview(FILE *out)
{
    fprintf(out, "unroll: recurrent neural networks on an ordinary computer\n\n");
    for (size_t i = 0; ur_cli_verb_at(i); i++) {
        const ur_cli_verb *verb = ur_cli_verb_at(i);
        char call[96];
        write_call(verb, call, sizeof call);
        fprintf(out, "  %-51s  %s\n", call, verb->summary);
    }
    fprintf(out, "\nBegin with:  unroll train lm TEXT     (any text file)\n"
                 "Options of a verb:  unroll help VERB;  what is built in:  unroll --version\n");
}

ur_status ur_cli_help_on(const ur_cli_verb *verb, ur_error *error)
{
    ur_cli_options options;
    UR_TRY(ur_cli_options_open(&options, verb, error));
    print_help(verb, &options);
    ur_cli_options_close(&options);
    return UR_OK;
}

static ur_status help_on(const ur_cli_arguments *arguments, ur_error *error)
{
    const ur_cli_verb *verb = ur_cli_verb_find(arguments->words, arguments->count, error);
    if (!verb) return UR_ERR_USAGE;
    UR_TRY(ur_cli_expect(arguments, 0, ur_cli_verb_words(verb), "", error));
    return ur_cli_help_on(verb, error);
}

static ur_status run(void *settings, const ur_cli_arguments *arguments, ur_error *error)
{
    const help_settings *s = settings;
    if (arguments->count > 0) return help_on(arguments, error);
    if (s && s->man)
        ur_cli_print_manual();
    else
        ur_cli_print_overview(stdout);
    return UR_OK;
}

const ur_cli_verb ur_cli_help = {
    .name = "help",
    .takes = "[VERB] [option...]",
    .summary = "explain a verb and its options",
    .text = "Without a verb it prints an overview. 'unroll VERB --help' prints the same as 'unroll help VERB'. Options "
            "may stand before, between and after the arguments; -- ends them. The value of an option is the next word, "
            "or follows an equals sign. An option without a value may be written as --option=yes or --option=no.",
    .examples = "unroll help train lm  # all about training a language model\n",
    .table = &TABLE,
    .settings_size = sizeof(help_settings),
    .defaults = defaults,
    .run = run,
};
