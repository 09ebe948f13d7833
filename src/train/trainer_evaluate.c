/* The model, with averaged weights where there are some, on the validation data. The last batch shows its gates. */
#include "train/trainer.h"

#include <math.h>
#include <stdlib.h>

typedef struct ur_judging {
    ur_trainer *t;
    ur_task_batch batch;
    ur_state *state; /* NULL: no batch yet */
    void *tally;     /* the task's; NULL: it keeps none */
    ur_window_result all;
} ur_judging;

bool ur_trainer_validates(const ur_trainer *t) { return t->task->batches(t->data, UR_PART_VALIDATION, 0) > 0; }

static ur_status run_task(void *context, ur_pass *pass, ur_window_result *result, ur_error *error)
{
    ur_judging *j = context;
    return j->t->task->forward(j->t->data, pass, &j->batch, result, error);
}

static ur_status add_to_tally(void *context, const ur_value *out, ur_error *error)
{
    ur_judging *j = context;
    return j->t->task->tally(j->t->data, &j->batch, out, j->tally, error);
}

static ur_status make_state(ur_judging *j, ur_error *error)
{
    if (!j->t->task->carries) return UR_OK;
    if (j->state && ur_state_lanes(j->state) == ur_task_lanes(&j->batch)) return UR_OK;
    ur_state_free(j->state);
    j->state = NULL;
    return ur_state_make(&j->state, j->t->model, ur_task_lanes(&j->batch), error);
}

static ur_status judge_batch(ur_judging *j, uint64_t number, bool last, ur_error *error)
{
    ur_trainer *t = j->t;
    ur_window_result r = {0};
    j->batch = (ur_task_batch){0};
    UR_TRY(t->task->batch(t->data, UR_PART_VALIDATION, 0, number, &j->batch, error));
    UR_TRY(make_state(j, error));
    ur_carry carry = {.from = j->batch.fresh ? NULL : j->state, .to = j->state, .at = j->batch.carry_at};
    t->learner->look = last && t->gate_count ? ur_trainer_look_at_gates : NULL;
    t->learner->look_context = t;
    UR_TRY(ur_learner_forward(t->learner, &j->batch.network, &carry, &r, error));
    j->all.sum += r.sum;
    j->all.count += r.count;
    return UR_OK;
}

static ur_status judge_all(ur_judging *j, uint64_t most, double *metric, ur_error *error)
{
    ur_trainer *t = j->t;
    uint64_t count = t->task->batches(t->data, UR_PART_VALIDATION, 0);
    if (count > most) count = most;
    for (uint64_t i = 0; i < count; i++) {
        if (atomic_load(&t->stop)) return ur_fail(error, UR_ERR_INTERRUPTED, "interrupted");
        UR_TRY(judge_batch(j, i, i + 1 == count, error));
    }
    if (t->task->finish)
        t->task->finish(t->data, j->tally, metric);
    else
        metric[0] = j->all.sum / (double)(j->all.count ? j->all.count : 1);
    return UR_OK;
}

static void set_hooks(ur_trainer *t, ur_judging *j)
{
    t->learner->forward = j && t->task->forward ? run_task : NULL;
    t->learner->judge = j && t->task->tally ? add_to_tally : NULL;
    t->learner->task_context = j;
    if (!j) t->learner->look = NULL;
}

ur_status ur_trainer_validate(ur_trainer *t, uint64_t most, double *metric, uint64_t *items, ur_error *error)
{
    ur_judging j = {.t = t};
    if (t->task->tally_size && !(j.tally = calloc(1, t->task->tally_size)))
        return ur_fail_memory(error, "an evaluation");
    ur_trainer_use_average(t, true);
    set_hooks(t, &j);
    ur_status status = judge_all(&j, most, metric, error);
    set_hooks(t, NULL);
    ur_trainer_use_average(t, false);
    *items = j.all.count;
    ur_state_free(j.state);
    free(j.tally);
    return status;
}
