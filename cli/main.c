/* unroll: the program. Finds the verb, reads its options and runs it. Errors go to standard error. */
#include "cli/args/verb.h"

#include "cli/args/help.h"
#include "cli/args/nearest.h"
#include "cli/support/text_out.h"
#include "cli/version.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const ur_cli_verb *const VERBS[] = {
#define UR_VERB(id) &ur_cli_##id,
#include "cli/args/verb.inc"
#undef UR_VERB
};

enum { VERB_COUNT = sizeof VERBS / sizeof VERBS[0], EXIT_USAGE = 2 };

const ur_cli_verb *ur_cli_verb_at(size_t i) { return i < VERB_COUNT ? VERBS[i] : NULL; }

/* The second word of a verb whose first word is `first`, such as "gates" of "inspect gates"; NULL for another verb. */
static const char *second_word(const ur_cli_verb *verb, const char *first)
{
    size_t length = strlen(first);
    bool begins = strncmp(verb->name, first, length) == 0 && verb->name[length] == ' ';
    return begins ? verb->name + length + 1 : NULL;
}

size_t ur_cli_verb_words(const ur_cli_verb *verb) { return strchr(verb->name, ' ') ? 2 : 1; }

/* Copies the first word of a verb. */
static const char *first_word(const ur_cli_verb *verb, char word[16])
{
    snprintf(word, 16, "%.*s", (int)strcspn(verb->name, " "), verb->name);
    return word;
}

/* Reports words that are no verb, and suggests one. */
static const ur_cli_verb *no_verb(const char *word, const char *second, ur_error *error)
{
    char seconds[256] = "", one[16];
    const ur_cli_verb *nearest = NULL;
    for (size_t i = 0, best = SIZE_MAX; i < VERB_COUNT; i++) {
        const char *other = second_word(VERBS[i], word);
        size_t used = strlen(seconds), distance = ur_cli_typo_distance(word, first_word(VERBS[i], one));
        if (other) snprintf(seconds + used, sizeof seconds - used, "%s%s", used ? ", " : "", other);
        if (distance >= best) continue;
        best = distance;
        nearest = VERBS[i];
    }
    if (*seconds)
        ur_fail(error, UR_ERR_USAGE, "%s what?%s%.60s%s give one of %s", word, *second ? " '" : "", second,
                *second ? "' is not known;" : "", seconds);
    else if (nearest)
        ur_fail(error, UR_ERR_USAGE, "no verb '%.60s'; the nearest one is %s (unroll help lists all)", word,
                first_word(nearest, one));
    else
        ur_fail(error, UR_ERR_USAGE, "no verb '%.60s'; unroll help lists all", word);
    return NULL;
}

const ur_cli_verb *ur_cli_verb_find(const char *const *words, size_t count, ur_error *error)
{
    const char *second = count > 1 ? words[1] : "";
    for (size_t i = 0; i < VERB_COUNT; i++) {
        const char *other = second_word(VERBS[i], words[0]);
        bool alone = ur_cli_verb_words(VERBS[i]) == 1;
        if ((alone && strcmp(VERBS[i]->name, words[0]) == 0) || (other && strcmp(other, second) == 0)) return VERBS[i];
    }
    return no_verb(words[0], second, error);
}

ur_status ur_cli_expect(const ur_cli_arguments *arguments, size_t least, size_t most, const char *missing,
                        ur_error *error)
{
    if (arguments->count < least) return ur_fail(error, UR_ERR_USAGE, "%s", missing);
    if (arguments->count > most)
        return ur_fail(error, UR_ERR_USAGE, "'%.80s' is one argument too many", arguments->words[most]);
    return UR_OK;
}

const char *ur_cli_isa(void)
{
    const char *isa = getenv("UNROLL_ISA");
    return isa && *isa ? isa : NULL;
}

/* `verb` may be NULL. */
static void complain(const ur_cli_verb *verb, const ur_error *error)
{
    fprintf(stderr, "unroll: %s%s", verb ? verb->name : "", verb ? ": " : "");
    ur_cli_print_message(stderr, error->text);
    putc('\n', stderr);
    if (verb && error->status == UR_ERR_USAGE)
        fprintf(stderr, "unroll: 'unroll help %s' lists its arguments and options\n", verb->name);
}

static int exit_code(ur_status status)
{
    if (status == UR_OK) return EXIT_SUCCESS;
    return status == UR_ERR_USAGE ? EXIT_USAGE : EXIT_FAILURE;
}

/* `line` is argv: the program's name, the verb's words, then the verb's arguments. */
static ur_status run_with(const ur_cli_verb *verb, void *settings, ur_settings *task, ur_settings *const *any,
                          char *const *line, size_t count, ur_error *error)
{
    ur_cli_arguments arguments;
    size_t before = 1 + ur_cli_verb_words(verb);
    line += before, count -= before;
    ur_status status = any ? ur_cli_parse_any(verb->table, any, verb->answers, line, count, settings, &arguments, error)
                           : ur_cli_parse(verb->table, task, line, count, settings, &arguments, error);
    line -= before;
    arguments.program = line[0];
    arguments.verb = verb->name;
    if (status == UR_OK && arguments.help) {
        status = ur_cli_help_on(verb, error);
    } else if (status == UR_OK) {
        status = verb->run(settings, &arguments, error);
    }
    ur_cli_arguments_free(&arguments);
    return status;
}

static ur_status run_verb(const ur_cli_verb *verb, char *const *line, size_t count, ur_error *error)
{
    ur_settings *task = NULL, **any = verb->any_task ? ur_cli_tasks_open() : NULL;
    void *settings = calloc(1, verb->settings_size + 1);
    if (!settings) return ur_fail_memory(error, "the settings");
    verb->defaults(settings);
    ur_status status = verb->any_task && !any ? ur_fail_memory(error, "the options") : UR_OK;
    if (verb->task) status = ur_settings_create(&task, verb->task, error);
    if (status == UR_OK) status = run_with(verb, settings, task, any, line, count, error);
    ur_settings_free(task);
    ur_cli_tasks_close(any);
    free(settings);
    return status;
}

/* A result that could not be written is a failure, for example because of a full disk or a closed pipe. */
static int close_output(int code)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    fprintf(stderr, "unroll: standard output: cannot write: %s\n", errno ? strerror(errno) : "an earlier write failed");
    return code == EXIT_SUCCESS ? EXIT_FAILURE : code;
}

static bool is_one_of(const char *word, const char *a, const char *b)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

/* Opens closed standard files, so that no file that is opened later becomes one of the first three. Output goes to
 * /dev/null, as whoever closed it wanted. Reading standard input fails, because it is opened for writing only. */
static void open_standard_files(void)
{
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_WRONLY) < 0) return;
}

int main(int argc, char **argv)
{
    ur_error error = {0};
    open_standard_files();
    signal(SIGXFSZ, SIG_IGN); /* exceeding the limit on file sizes is then an error with a message */
    if (argc < 2) {
        ur_cli_print_overview(stderr);
        return EXIT_USAGE;
    }
    if (is_one_of(argv[1], "--version", "-V")) {
        ur_cli_print_version(stdout);
        return close_output(EXIT_SUCCESS);
    }
    const char *words[] = {is_one_of(argv[1], "--help", "-h") ? "help" : argv[1], argc > 2 ? argv[2] : ""};
    const ur_cli_verb *verb = ur_cli_verb_find(words, 2, &error);
    if (!verb) {
        complain(NULL, &error);
        return EXIT_USAGE;
    }
    ur_status status = run_verb(verb, argv, (size_t)argc, &error);
    if (status != UR_OK) complain(verb, &error);
    return close_output(exit_code(status));
}
