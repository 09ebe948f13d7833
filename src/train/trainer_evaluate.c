/* Evaluates the model on the validation set, with averaged weights if there are any. */
#include "train/evaluation.h"
#include "train/trainer.h"

#include <math.h>

bool ur_trainer_validates(const ur_trainer *t) { return t->task->batches(t->data, UR_PART_VALIDATION, 0) > 0; }

ur_status ur_trainer_validate(ur_trainer *t, uint64_t most, double *metric, uint64_t *items, ur_error *error)
{
    ur_evaluation evaluation = {.task = t->task,
                                .data = t->data,
                                .learner = t->learner,
                                .part = UR_PART_VALIDATION,
                                .most = most,
                                .stop = &t->stop,
                                .watcher = &t->run->watcher,
                                .work = "validating",
                                .look = t->gate_count ? ur_trainer_look_at_gates : NULL,
                                .look_context = t};
    ur_trainer_use_average(t, true);
    ur_status status = ur_evaluation_run(&evaluation, metric, items, NULL, error);
    ur_trainer_use_average(t, false);
    if (status == UR_ERR_INTERRUPTED) atomic_store(&t->stop, 1);
    if (status == UR_ERR_NUMERIC || (status == UR_OK && !isfinite(metric[0])))
        return ur_fail(error, UR_ERR_NUMERIC,
                       "the validation loss is not finite at step %llu; a smaller `lr` or `clip-norm` may help",
                       (unsigned long long)t->at.step);
    return status;
}
