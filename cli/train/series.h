/* Several trainings that differ in one thing, the seed or the part that is held out: RUN/1 … RUN/N, and what they come to in
 * RUN/summary.json. */
#ifndef UR_CLI_SERIES_H
#define UR_CLI_SERIES_H

#include "unroll_train.h"

typedef struct ur_cli_series {
    ur_settings *task; /* `output` is set for each run, and `seed` or `val-fold` */
    const char *folder;
    size_t seeds, folds; /* one of them is 0 */
    bool json, quiet;
} ur_cli_series;

/* One training with the task's settings as they are. */
typedef struct ur_cli_series_result {
    const char *metric; /* NULL: there was no evaluation */
    double best, seconds;
    uint64_t step;
    bool interrupted;
} ur_cli_series_result;
typedef ur_status ur_cli_series_run(void *context, ur_cli_series_result *result, ur_error *error);

/* Runs them one after the other, and prints mean and spread of the best values (the spread is the sample's standard
 * deviation). Where one is interrupted the rest is left, and there is no summary. */
ur_status ur_cli_series_train(const ur_cli_series *series, ur_cli_series_run *run, void *context, ur_error *error);

#endif
