/* A model on a part of a task's data: the task's metrics. What a trainer does between updates, and `unroll eval`. */
#ifndef UR_TRAIN_EVALUATION_H
#define UR_TRAIN_EVALUATION_H

#include "train/task.h"

#include <stdatomic.h>

typedef struct ur_evaluation {
    const ur_task *task;
    void *data; /* the task's */
    ur_learner *learner;
    ur_part part;
    uint64_t most;          /* batches; UINT64_MAX: all of them */
    const atomic_int *stop; /* once it is not 0: UR_ERR_INTERRUPTED; NULL: none */
    const ur_watcher *watcher;
    const char *work; /* what the watcher is told of */
    /* Where set: is shown the recurrent layers of the last batch. */
    void (*look)(void *context, const ur_probing *seen);
    void *look_context;
} ur_evaluation;

/* metric[0 …] as the task has them, of *items. `more`: an object that takes what else the task tells; NULL: nothing. */
ur_status ur_evaluation_run(const ur_evaluation *evaluation, double *metric, uint64_t *items, struct json_t *more,
                            ur_error *error);

#endif
