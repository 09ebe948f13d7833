/* MODEL TEXT... on a command line: the texts, and which part of them is read. */
#ifndef UR_CLI_READING_H
#define UR_CLI_READING_H

#include "cli/args/verb.h"
#include "cli/support/spool.h"

#include "unroll_inspect.h"

/* What the options of texts are for (ur_setting.only). */
#define UR_CLI_TEXTS "language models"

/* Rows of an option table, the same for every verb. `heading` is as in ur_setting; `place` is the offset in the verb's
 * settings. */
#define UR_CLI_PART_ROW(heading, place)                                                                                \
    {                                                                                                                  \
        heading, "part", "BEGIN:END", UR_SETTING_TEXT, place,                                                          \
            .unset = "all, 0:1", .only = UR_CLI_TEXTS,                                                                 \
            .help = "part of the text to read, as shares: 0.9:1 is its last tenth"                                     \
    }
#define UR_CLI_INVALID_ROW(heading, place)                                                                             \
    {                                                                                                                  \
        heading, "invalid", "error|replace", UR_SETTING_CHOICE, place,                                                 \
            .only = UR_CLI_TEXTS, .help = "bytes that are not UTF-8: stop with an error, or read them as U+FFFD"       \
    }
#define UR_CLI_THREADS_ROW(heading, place)                                                                             \
    {                                                                                                                  \
        heading, "threads", "N", UR_SETTING_SIZE, place, .least = 1, .most = 256,                                      \
                                                         .unset = "the machine's cores, at most 16",                   \
                                                         .help = "number of threads; the result does not depend on it" \
    }

/* Sets --threads for a task; 0 leaves the task's own value. */
ur_status ur_cli_set_threads(struct ur_settings *task, size_t threads, ur_error *error);

/* UR_ERR_USAGE unless there is at least a model; the model's task then checks the other arguments. */
ur_status ur_cli_expect_model(const ur_cli_arguments *arguments, ur_error *error);
/* Checks that `model`, loaded from `path`, is a language model, that there are `texts`, and that no option of another
 * task was given. */
ur_status ur_cli_expect_text_for(const ur_model *model, const char *path, const ur_cli_arguments *arguments,
                                 size_t texts, ur_error *error);
/* UR_ERR_USAGE if an option was given that is for `only` models, and this is another one. The second function refuses
 * the options of texts. */
ur_status ur_cli_refuse_options(const ur_setting_table *table, const ur_cli_arguments *arguments, const char *only,
                                const ur_model *model, ur_error *error);
ur_status ur_cli_refuse_text_options(const ur_setting_table *table, const ur_cli_arguments *arguments,
                                     const ur_model *model, ur_error *error);

/* Reads two shares such as "0.9:1"; NULL leaves them unchanged. UR_ERR_USAGE says what is allowed. */
ur_status ur_cli_read_part(const char *part, double *begin, double *end, ur_error *error);

/* Sets the values of --part and --invalid. */
ur_status ur_cli_reading_set(ur_reading *reading, const char *part, int invalid, ur_error *error);
/* Opens the texts; close them also if this fails. */
ur_status ur_cli_reading_open(ur_reading *reading, ur_cli_texts *texts, const char *const *words, size_t count,
                              ur_error *error);

#endif
