/* Several trainings that differ in one setting, the seed or the held-out part. They are written to RUN/1 … RUN/N, and
 * their summary to RUN/summary.json. */
#ifndef UR_CLI_SERIES_H
#define UR_CLI_SERIES_H

#include "unroll_train.h"

typedef struct ur_cli_series {
    ur_settings *task; /* `output` is set for each run, and so is `seed` or `val-fold` */
    const char *folder;
    size_t seeds, folds; /* number of runs with different seeds, or with different folds; one of the two is 0 */
    bool json, quiet;
} ur_cli_series;

/* The result of one training with the task's current settings. */
typedef struct ur_cli_series_result {
    const char *metric; /* name of the validation metric, or NULL if there was no evaluation */
    double best, seconds;
    uint64_t step;
    bool interrupted;
} ur_cli_series_result;
typedef ur_status ur_cli_series_run(void *context, ur_cli_series_result *result, ur_error *error);

/* Trains one run after the other, then prints the mean and the spread (the sample standard deviation) of the best
 * values. If a run is interrupted, the others are not started and there is no summary. */
ur_status ur_cli_series_train(const ur_cli_series *series, ur_cli_series_run *run, void *context, ur_error *error);

#endif
