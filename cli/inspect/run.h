/* What the files of `unroll inspect run` share. */
#ifndef UR_CLI_INSPECT_RUN_H
#define UR_CLI_INSPECT_RUN_H

#include "cli/inspect/run_log.h"

#include <jansson.h>
#include <stdio.h>

/* The summary of a run. */
typedef struct ur_cli_run_summary {
    double steps, epochs, items, seconds; /* from the last lines; NaN if unknown */
    double loss, smooth, rate;            /* from the last update in the log */
    double best, best_step, validation;   /* NaN if there was no evaluation */
    double norm_least, norm_median, norm_most;
} ur_cli_run_summary;

/* One run, or up to UR_CLI_RUNS_MOST that are compared. */
enum { UR_CLI_RUNS_MOST = 8 };
typedef struct ur_cli_run {
    const char *name; /* as the user gave it */
    ur_cli_run_log log;
    ur_cli_run_summary summary;
} ur_cli_run;

ur_status ur_cli_run_summarize(const ur_cli_run_log *log, ur_cli_run_summary *summary, ur_error *error);

/* Chooses at most `most` samples that show the progress: the first, the last, and more early ones than late ones.
 * Writes their indices and returns their number. */
enum { UR_CLI_SAMPLES_SHOWN = 10 };
size_t ur_cli_run_choose_samples(const ur_cli_run_log *log, size_t most, size_t places[UR_CLI_SAMPLES_SHOWN]);

/* Writes a text with its line breaks; other characters that act on the terminal are shown as \xNN or \uNNNN. */
void ur_cli_run_print_text(FILE *file, const ur_cli_run_sample *sample);

/* All data of a run, as a JSON object. */
json_t *ur_cli_run_json(const char *run, const ur_cli_run_log *log, const ur_cli_run_summary *summary);

/* Several runs (run_compare.c). */
ur_status ur_cli_runs_print(const ur_cli_run *runs, size_t count, ur_error *error);
ur_status ur_cli_runs_json(const ur_cli_run *runs, size_t count, ur_error *error);
ur_status ur_cli_runs_page(const ur_cli_run *runs, size_t count, const char *path, bool overwrite, ur_error *error);

/* run_page.c */
ur_status ur_cli_run_page(const char *run, const ur_cli_run_log *log, const ur_cli_run_summary *summary,
                          const char *path, bool overwrite, ur_error *error);

#endif
