/* See evaluation.h, and section 5 of unroll_train.h. */
#include "train/evaluation.h"

#include "base/watch.h"

#include <stdlib.h>

/* An evaluation in progress. */
typedef struct ur_judging {
    const ur_evaluation *e;
    ur_task_batch batch;
    ur_state *state; /* NULL before the first batch, or if the task carries no states */
    void *tally;     /* the task's tally; NULL if it keeps none */
    ur_window_result all;
} ur_judging;

static ur_status run_task(void *context, ur_pass *pass, ur_window_result *result, ur_error *error)
{
    ur_judging *j = context;
    return j->e->task->forward(j->e->data, pass, &j->batch, result, error);
}

static ur_status add_to_tally(void *context, const ur_value *out, ur_error *error)
{
    ur_judging *j = context;
    return j->e->task->tally(j->e->data, &j->batch, out, j->tally, error);
}

static ur_status make_state(ur_judging *j, ur_error *error)
{
    size_t lanes = ur_task_lanes(&j->batch);
    if (!j->e->task->carries || (j->state && ur_state_lanes(j->state) == lanes)) return UR_OK;
    ur_state_free(j->state);
    j->state = NULL;
    return ur_state_make(&j->state, j->e->learner->model, lanes, error);
}

static ur_status judge_batch(ur_judging *j, uint64_t number, bool last, ur_error *error)
{
    const ur_evaluation *e = j->e;
    ur_window_result r = {0};
    j->batch = (ur_task_batch){0};
    UR_TRY(e->task->batch(e->data, e->part, 0, number, &j->batch, error));
    UR_TRY(make_state(j, error));
    ur_carry carry = {.from = j->batch.fresh ? NULL : j->state, .to = j->state, .at = j->batch.carry_at};
    e->learner->look = last ? e->look : NULL;
    e->learner->look_context = e->look_context;
    UR_TRY(ur_learner_forward(e->learner, &j->batch.network, &carry, &r, error));
    j->all.sum += r.sum;
    j->all.count += r.count;
    j->all.items += ur_window_items(&r);
    return UR_OK;
}

static ur_status judge_all(ur_judging *j, double *metric, struct json_t *more, ur_error *error)
{
    const ur_evaluation *e = j->e;
    uint64_t count = e->task->batches(e->data, e->part, 0);
    if (count > e->most) count = e->most;
    for (uint64_t i = 0; i < count; i++) {
        if (e->stop && atomic_load(e->stop)) return ur_fail(error, UR_ERR_INTERRUPTED, "interrupted");
        UR_TRY(judge_batch(j, i, i + 1 == count, error));
        UR_TRY(ur_watch(e->watcher, e->work, (double)(i + 1), (double)count, error));
    }
    if (e->task->finish) return e->task->finish(e->data, j->tally, &j->all, metric, more, error);
    metric[0] = j->all.sum / (double)(j->all.count ? j->all.count : 1);
    return UR_OK;
}

static void set_hooks(const ur_evaluation *e, ur_judging *j)
{
    e->learner->forward = j && e->task->forward ? run_task : NULL;
    e->learner->judge = j && e->task->tally ? add_to_tally : NULL;
    e->learner->task_context = j;
    e->learner->look = NULL;
}

ur_status ur_evaluation_run(const ur_evaluation *e, double *metric, uint64_t *items, struct json_t *more,
                            ur_error *error)
{
    ur_judging j = {.e = e};
    if (e->task->tally_size && !(j.tally = calloc(1, e->task->tally_size)))
        return ur_fail_memory(error, "an evaluation");
    set_hooks(e, &j);
    ur_status status = judge_all(&j, metric, more, error);
    set_hooks(e, NULL);
    *items = j.all.items;
    ur_state_free(j.state);
    free(j.tally);
    return status;
}
