/* Evaluates a model on one part of a task's data and returns the task's metrics. The trainer does so between updates,
 * and so does `unroll eval`. */
#ifndef UR_TRAIN_EVALUATION_H
#define UR_TRAIN_EVALUATION_H

#include "train/task.h"

#include <stdatomic.h>

typedef struct ur_evaluation {
    const ur_task *task;
    void *data; /* the task's data */
    ur_learner *learner;
    ur_part part;
    uint64_t most;          /* batches at most; UINT64_MAX for all of them */
    const atomic_int *stop; /* the evaluation ends with UR_ERR_INTERRUPTED once this is not 0; may be NULL */
    const ur_watcher *watcher;
    const char *work; /* name of the work, as told to the watcher */
    /* If set, it is called with the recurrent layers of the last batch. */
    void (*look)(void *context, const ur_probing *seen);
    void *look_context;
} ur_evaluation;

/* Fills metric[0 …] in the task's order and *items with the number of items they cover. `more` is an object to which
 * the task adds further results, or NULL. */
ur_status ur_evaluation_run(const ur_evaluation *evaluation, double *metric, uint64_t *items, struct json_t *more,
                            ur_error *error);

#endif
