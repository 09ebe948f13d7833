/* MODEL TEXT... on a command line: what is read of the texts, and the texts. */
#ifndef UR_CLI_READING_H
#define UR_CLI_READING_H

#include "cli/args/verb.h"
#include "cli/support/spool.h"

#include "unroll_inspect.h"

/* Rows of an option table, the same for every verb; `heading` as in ur_setting, `place` in the verb's settings. */
#define UR_CLI_PART_ROW(heading, place)                                                                                \
    {                                                                                                                  \
        heading, "part", "BEGIN:END", UR_SETTING_TEXT, place,                                                          \
            .unset = "all, 0:1", .help = "part of the text to read, as shares: 0.9:1 is its last tenth"                \
    }
#define UR_CLI_INVALID_ROW(heading, place)                                                                             \
    {                                                                                                                  \
        heading, "invalid", "error|replace", UR_SETTING_CHOICE, place,                                                 \
            .help = "bytes that are not UTF-8: stop with an error, or read them as U+FFFD"                             \
    }
#define UR_CLI_THREADS_ROW(heading, place)                                                                             \
    {                                                                                                                  \
        heading, "threads", "N", UR_SETTING_SIZE, place, .least = 1, .most = 256,                                      \
                                                         .unset = "the machine's cores, at most 16",                   \
                                                         .help = "number of threads; the result does not depend on it" \
    }

/* The value of --threads for a task; 0 leaves it to the task. */
ur_status ur_cli_set_threads(struct ur_settings *task, size_t threads, ur_error *error);

/* A model at least: what else it wants, its task says. */
ur_status ur_cli_expect_model(const ur_cli_arguments *arguments, ur_error *error);
/* A language model, from `path`, some of `texts`, and no option of another task. */
ur_status ur_cli_expect_text_for(const ur_model *model, const char *path, const ur_cli_arguments *arguments,
                                 size_t texts, ur_error *error);
/* Refuses --part and --invalid: those of texts, for a model of another task. */
ur_status ur_cli_refuse_text_options(const ur_setting_table *table, const ur_cli_arguments *arguments,
                                     const ur_model *model, ur_error *error);

/* "0.9:1" into two shares; NULL leaves them as they are. UR_ERR_USAGE says what is allowed. */
ur_status ur_cli_read_part(const char *part, double *begin, double *end, ur_error *error);

/* The values of --part and --invalid. */
ur_status ur_cli_reading_set(ur_reading *reading, const char *part, int invalid, ur_error *error);
/* Opens the texts, which must be closed also when this fails. */
ur_status ur_cli_reading_open(ur_reading *reading, ur_cli_texts *texts, const char *const *words, size_t count,
                              ur_error *error);

#endif
