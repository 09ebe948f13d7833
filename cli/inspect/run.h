/* What the files of `unroll inspect run` share. */
#ifndef UR_CLI_INSPECT_RUN_H
#define UR_CLI_INSPECT_RUN_H

#include "cli/inspect/run_log.h"

#include <jansson.h>
#include <stdio.h>

/* A run in few numbers. */
typedef struct ur_cli_run_summary {
    double steps, epochs, items, seconds; /* of the last lines; NaN: not known */
    double loss, smooth, rate;            /* of the last update told */
    double best, best_step, validation;   /* NaN: there was no evaluation */
    double norm_least, norm_median, norm_most;
} ur_cli_run_summary;

/* One that is shown, and up to as many beside each other. */
enum { UR_CLI_RUNS_MOST = 8 };
typedef struct ur_cli_run {
    const char *name; /* as it was given */
    ur_cli_run_log log;
    ur_cli_run_summary summary;
} ur_cli_run;

ur_status ur_cli_run_summarize(const ur_cli_run_log *log, ur_cli_run_summary *summary, ur_error *error);

/* Places of at most `most` samples that show how they got better: the first, the last, and more of the early ones. */
enum { UR_CLI_SAMPLES_SHOWN = 10 };
size_t ur_cli_run_choose_samples(const ur_cli_run_log *log, size_t most, size_t places[UR_CLI_SAMPLES_SHOWN]);

/* A text as it is, line breaks kept; what acts shows as \xNN, \uNNNN. */
void ur_cli_run_print_text(FILE *file, const ur_cli_run_sample *sample);

/* All that is known of it, as an object. */
json_t *ur_cli_run_json(const char *run, const ur_cli_run_log *log, const ur_cli_run_summary *summary);

/* run_compare.c: several of them. */
ur_status ur_cli_runs_print(const ur_cli_run *runs, size_t count, ur_error *error);
ur_status ur_cli_runs_json(const ur_cli_run *runs, size_t count, ur_error *error);
ur_status ur_cli_runs_page(const ur_cli_run *runs, size_t count, const char *path, bool overwrite, ur_error *error);

/* run_page.c */
ur_status ur_cli_run_page(const char *run, const ur_cli_run_log *log, const ur_cli_run_summary *summary,
                          const char *path, bool overwrite, ur_error *error);

#endif
