/* One update of a language model, and its validation loss. */
#include "kernel/scalar.h"
#include "task/lm.h"

#include <math.h>
#include <string.h>
#include <time.h>

double ur_lm_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static ur_batch batch_of(const ur_lanes *l)
{
    return (ur_batch){.input = {{.steps = l->k2, .lanes = l->lanes, .ids = l->ids}},
                      .target = {{.ids = l->targets}},
                      .target_count = 1};
}

/* Smoothed loss: begins where a model that knows nothing stands, log V a unit. */
static void smooth(ur_trainer *t, size_t count)
{
    double share = t->training.smooth, begin = ur_log((double)ur_vocabulary_size(t->model->vocabulary));
    if (t->at.smooth < 0) t->at.smooth = t->training.learning.sum ? begin * (double)count : begin;
    t->at.smooth = share * t->at.smooth + (1 - share) * t->loss;
}

static void average(ur_trainer *t)
{
    if (!t->average) return;
    real share = (real)(1 - t->training.average);
    double warm = 1 / (double)(t->at.step + 1); /* a plain mean at first, so that the first weights do not linger */
    if ((double)share < warm) share = (real)warm;
    t->learner->compute.train->average(t->average, t->model->values, share, t->model->numbers);
}

ur_status ur_lm_step(ur_trainer *t, ur_error *error)
{
    double begin = ur_lm_clock();
    bool fresh;
    UR_TRY(ur_lanes_next(&t->lanes, &fresh, error));
    if (fresh && t->at.step > 0) t->at.sweep++;
    ur_batch batch = batch_of(&t->lanes);
    ur_carry carry = {
        .from = fresh ? NULL : t->state, .to = t->state, .at = t->lanes.k1 < t->lanes.k2 ? t->lanes.k1 : 0};
    ur_window_result r;
    UR_TRY(ur_learner_gradients(t->learner, &batch, &carry, &r, error));
    ur_learner_set_rate(t->learner, ur_rate_at(&t->rates, t->at.step, t->at.drops));
    UR_TRY(ur_learner_update(t->learner, error));
    t->loss = t->training.learning.sum ? r.sum : r.sum / (double)r.count;
    smooth(t, r.count / t->lanes.lanes);
    average(t);
    t->at.clipped += ur_clip_factor(t->training.learning.clip_norm, t->learner->norm) < 1;
    t->at.step++;
    t->at.window = t->lanes.window;
    t->at.units += r.count;
    t->units_here += r.count;
    t->seconds += ur_lm_clock() - begin;
    return UR_OK;
}

void ur_lm_use_average(ur_trainer *t, bool use)
{
    if (!t->average || use == t->averaged_in_use) return;
    size_t bytes = t->model->numbers * sizeof(real);
    if (use) {
        memcpy(t->spare, t->model->values, bytes);
        memcpy(t->model->values, t->average, bytes);
    } else {
        memcpy(t->model->values, t->spare, bytes);
    }
    t->averaged_in_use = use;
    ur_model_pack(t->model, NULL);
}

/* The last window shows its gates. */
static ur_status validate(ur_trainer *t, ur_state *state, double *loss, ur_error *error)
{
    ur_lanes *l = &t->validation_lanes;
    ur_window_result all = {0};
    UR_TRY(ur_lanes_seek(l, 0, error));
    for (uint64_t i = 0; i < l->windows; i++) {
        bool fresh;
        UR_TRY(ur_lanes_next(l, &fresh, error));
        ur_batch batch = batch_of(l);
        ur_carry carry = {.from = state, .to = state};
        ur_window_result r;
        t->learner->look = i + 1 == l->windows && t->gate_count ? ur_lm_gates_look : NULL;
        t->learner->look_context = t;
        UR_TRY(ur_learner_forward(t->learner, &batch, &carry, &r, error));
        all.sum += r.sum;
        all.count += r.count;
    }
    *loss = all.sum / (double)all.count;
    return UR_OK;
}

ur_status ur_lm_validate(ur_trainer *t, double *loss, ur_error *error)
{
    ur_state *state;
    UR_TRY(ur_state_create(&state, t->model, t->validation_lanes.lanes, error));
    ur_lm_use_average(t, true);
    ur_status status = validate(t, state, loss, error);
    ur_lm_use_average(t, false);
    t->learner->look = NULL;
    ur_state_free(state);
    return status;
}
