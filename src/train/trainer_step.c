/* One update, on the next batch. */
#include "base/clock.h"
#include "train/trainer.h"

#include <math.h>

/* An epoch ends when a batch after its last one is asked for. */
static ur_status next_batch(ur_trainer *t, ur_task_batch *batch, ur_error *error)
{
    if (t->at.number >= t->task->batches(t->data, UR_PART_TRAIN, t->at.epoch)) {
        t->at.epoch++;
        t->at.number = 0;
    }
    *batch = (ur_task_batch){0};
    UR_TRY(t->task->batch(t->data, UR_PART_TRAIN, t->at.epoch, t->at.number, batch, error));
    t->at.number++;
    return UR_OK;
}

/* Makes the carried states, which have as many lanes as the batch. */
static ur_status make_state(ur_trainer *t, const ur_task_batch *batch, ur_error *error)
{
    if (!t->task->carries) return UR_OK;
    if (t->state && ur_state_lanes(t->state) == ur_task_lanes(batch)) return UR_OK;
    if (!batch->fresh)
        return ur_fail(error, UR_ERR_DATA, "a batch of %zu lanes cannot carry the states of %zu lanes",
                       ur_task_lanes(batch), t->state ? ur_state_lanes(t->state) : 0);
    ur_state_free(t->state);
    t->state = NULL;
    return ur_state_make(&t->state, t->model, ur_task_lanes(batch), error);
}

/* Updates the smoothed loss. It begins at the loss of an untrained model on `count` targets. */
static void smooth(ur_trainer *t, size_t count)
{
    double share = t->run->smooth, first = t->first_loss;
    if (isnan(t->at.smooth))
        t->at.smooth = isnan(first) ? t->loss : t->run->learning.sum ? first * (double)count : first;
    t->at.smooth = share * t->at.smooth + (1 - share) * t->loss;
}

static void count_step(ur_trainer *t, const ur_window_result *r)
{
    t->loss = r->loss;
    smooth(t, r->count);
    ur_trainer_add_to_average(t);
    t->at.clipped += ur_clip_factor(t->run->learning.clip_norm, t->learner->norm) < 1;
    t->at.step++;
    t->at.items += ur_window_items(r);
    t->items_here += ur_window_items(r);
}

/* The context of a task's own forward: the trainer and the batch. */
typedef struct ur_task_pass {
    ur_trainer *t;
    const ur_task_batch *batch;
} ur_task_pass;

static ur_status run_task(void *context, ur_pass *pass, ur_window_result *result, ur_error *error)
{
    const ur_task_pass *p = context;
    return p->t->task->forward(p->t->data, pass, p->batch, result, error);
}

static ur_status learn_batch(ur_trainer *t, const ur_task_batch *batch, ur_window_result *result, ur_error *error)
{
    ur_carry carry = {.from = batch->fresh ? NULL : t->state, .to = t->state, .at = batch->carry_at};
    ur_task_pass pass = {t, batch};
    t->learner->forward = t->task->forward ? run_task : NULL;
    t->learner->task_context = &pass;
    if (batch->silent) return ur_learner_forward(t->learner, &batch->network, &carry, result, error);
    UR_TRY(ur_learner_gradients(t->learner, &batch->network, &carry, result, error));
    ur_learner_set_rate(t->learner, ur_rate_at(&t->rates, t->at.step, t->at.drops));
    UR_TRY(ur_learner_update(t->learner, error));
    count_step(t, result);
    return UR_OK;
}

ur_status ur_trainer_step(ur_trainer *t, ur_error *error)
{
    double begin = ur_clock();
    ur_task_batch batch = {.silent = true};
    while (batch.silent) {
        ur_window_result result = {0};
        UR_TRY(next_batch(t, &batch, error));
        UR_TRY(make_state(t, &batch, error));
        UR_TRY(learn_batch(t, &batch, &result, error));
    }
    t->seconds += ur_clock() - begin;
    return UR_OK;
}
