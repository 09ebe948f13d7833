/* Training as a sequence of events: what is due after an update, one piece a call. */
#include "base/float_mode.h"
#include "task/lm.h"

#include <math.h>

static void fill(const ur_trainer *t, ur_event *e, ur_event_kind kind)
{
    *e = (ur_event){.kind = kind,
                    .step = t->at.step,
                    .steps = t->rates.steps,
                    .epoch = ur_lm_epoch(t),
                    .loss = t->loss,
                    .smooth = t->at.smooth,
                    .rate = t->learner->learning.rate,
                    .gradient_norm = t->learner->norm,
                    .validation = t->at.last_validation,
                    .best = isfinite(t->at.best) ? t->at.best : NAN,
                    .units = t->at.units,
                    .seconds = t->seconds,
                    .units_per_second = t->seconds > 0 ? (double)t->units_here / t->seconds : 0,
                    .reason = t->reason};
}

/* ---- pieces of work --------------------------------------------------------------------------------------------- */

static bool every(uint64_t step, uint64_t period) { return period && step % period == 0; }

/* What this step brings with it. The end comes with an evaluation and a save. */
static void set_due(ur_trainer *t)
{
    const ur_training *s = &t->training;
    uint64_t log_every = s->evaluate_every / 16 ? s->evaluate_every / 16 : 1;
    bool end = t->at.step >= t->rates.steps;
    if (every(t->at.step, log_every) || end) t->at.due |= UR_DUE_LOG;
    if ((every(t->at.step, s->evaluate_every) || end) && t->validation_lanes.lanes) t->at.due |= UR_DUE_EVALUATION;
    bool early = t->at.step == t->first_samples[0] || t->at.step == t->first_samples[1];
    if (every(t->at.step, s->sample_every) || early || end) t->at.due |= UR_DUE_SAMPLE;
    if (every(t->at.step, s->save_every) || end) t->at.due |= UR_DUE_SAVE;
    if (end) t->at.due |= UR_DUE_END;
}

static void judge(ur_trainer *t, bool *improved)
{
    *improved = t->at.last_validation < t->at.best;
    t->at.stale = *improved ? 0 : t->at.stale + 1;
    t->at.plateau = *improved ? 0 : t->at.plateau + 1;
    if (*improved) t->at.best = t->at.last_validation;
    if (t->training.schedule == UR_PLATEAU && t->at.plateau >= t->training.rate_every) {
        t->at.drops++;
        t->at.plateau = 0;
    }
    if (t->training.patience && t->at.stale >= t->training.patience) {
        t->reason = "early stop";
        t->at.due |= UR_DUE_END | UR_DUE_SAVE;
    }
}

static ur_status evaluate(ur_trainer *t, ur_event *e, ur_error *error)
{
    bool improved;
    UR_TRY(ur_lm_validate(t, &t->at.last_validation, error));
    judge(t, &improved);
    UR_TRY(ur_lm_report_evaluation(t, error));
    if (improved) UR_TRY(ur_lm_keep_best(t, error));
    fill(t, e, UR_EVENT_EVALUATION);
    e->improved = improved;
    return UR_OK;
}

/* Without validation the newest is the best. */
static ur_status save(ur_trainer *t, ur_event *e, ur_error *error)
{
    if (!t->validation_lanes.lanes) UR_TRY(ur_lm_keep_best(t, error));
    UR_TRY(ur_lm_save(t, error));
    fill(t, e, UR_EVENT_SAVED);
    return UR_OK;
}

static ur_status end(ur_trainer *t, const char *reason, ur_event *e, ur_error *error)
{
    t->ended = true;
    t->reason = t->reason ? t->reason : reason;
    fill(t, e, UR_EVENT_END);
    (void)error;
    return UR_OK;
}

static ur_status interrupt(ur_trainer *t, ur_event *e, ur_error *error)
{
    if (t->at.step) UR_TRY(save(t, e, error));
    t->reason = "interrupted";
    return end(t, "interrupted", e, error);
}

static bool take_due(ur_trainer *t, unsigned what)
{
    bool due = (t->at.due & what) != 0;
    t->at.due &= ~what;
    return due;
}

static ur_status step(ur_trainer *t, ur_event *e, ur_error *error)
{
    UR_TRY(ur_lm_step(t, error));
    set_due(t);
    if (take_due(t, UR_DUE_LOG)) UR_TRY(ur_lm_report_step(t, error));
    fill(t, e, UR_EVENT_STEP);
    return UR_OK;
}

static ur_status next(ur_trainer *t, ur_event *e, ur_error *error)
{
    if (t->ended) return ur_fail(error, UR_ERR_USAGE, "the training has ended");
    ur_lm_use_average(t, false);
    if (t->measuring && !atomic_load(&t->stop)) UR_TRY(ur_lm_measure(t, error));
    if (atomic_load(&t->stop)) return interrupt(t, e, error);
    if (take_due(t, UR_DUE_EVALUATION)) return evaluate(t, e, error);
    if (take_due(t, UR_DUE_SAMPLE)) {
        fill(t, e, UR_EVENT_SAMPLE);
        return UR_OK;
    }
    if (take_due(t, UR_DUE_SAVE)) return save(t, e, error);
    if (t->at.due & UR_DUE_END || t->at.step >= t->rates.steps) return end(t, "done", e, error);
    return step(t, e, error);
}

ur_status ur_train_next(ur_trainer *t, ur_event *e, ur_error *error)
{
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = next(t, e, error);
    ur_float_mode_leave(mode);
    return status;
}

void ur_trainer_stop(ur_trainer *t) { atomic_store(&t->stop, 1); }

ur_model *ur_trainer_model(ur_trainer *t)
{
    ur_lm_use_average(t, true);
    return t->model;
}
