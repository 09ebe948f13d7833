/*
 * Training as a sequence of events: an update, and then whatever is due after it, one piece per call. A run that is
 * killed between two pieces goes on with the second, since what is due is part of the checkpoint.
 */
#include "base/float_mode.h"
#include "train/trainer.h"

#include <math.h>

static void fill_event(const ur_trainer *t, ur_event *e, ur_event_kind kind)
{
    *e = (ur_event){.kind = kind,
                    .step = t->at.step,
                    .steps = t->rates.steps,
                    .epoch = ur_trainer_epoch(t),
                    .loss = t->loss,
                    .smooth = t->at.smooth,
                    .rate = t->learner->learning.rate,
                    .gradient_norm = t->learner->norm,
                    .validation = t->at.metric[0],
                    .best = t->at.best,
                    .items = t->at.items,
                    .seconds = t->seconds,
                    .items_per_second = t->seconds > 0 ? (double)t->items_here / t->seconds : 0,
                    .reason = t->reason};
}

/* ---- pieces of work --------------------------------------------------------------------------------------------- */

static bool every(uint64_t step, uint64_t period) { return period && step % period == 0; }

/* Decides what is due after this step. The end includes an evaluation and a save. */
static void set_due(ur_trainer *t)
{
    const ur_run_settings *s = t->run;
    uint64_t log_every = s->evaluate_every / 16 ? s->evaluate_every / 16 : 1;
    bool end = t->at.step >= t->rates.steps;
    if (every(t->at.step, log_every) || end) t->at.due |= UR_DUE_LOG;
    if ((every(t->at.step, s->evaluate_every) || end) && ur_trainer_validates(t)) t->at.due |= UR_DUE_EVALUATION;
    bool early = t->at.step == t->first_samples[0] || t->at.step == t->first_samples[1];
    if ((every(t->at.step, s->sample_every) || early || end) && t->task->show) t->at.due |= UR_DUE_SAMPLE;
    if (every(t->at.step, s->save_every) || end) t->at.due |= UR_DUE_SAVE;
    if (end) t->at.due |= UR_DUE_END;
}

static bool is_better(const ur_trainer *t, double value, double than)
{
    return isnan(than) ? !isnan(value) : t->task->metric[0].higher ? value > than : value < than;
}

static void end_early(ur_trainer *t, const char *reason)
{
    t->reason = reason;
    t->at.due |= UR_DUE_END | UR_DUE_SAVE;
}

/* Draws the consequences of an evaluation: the rate may fall, and the run may end. */
static void judge_run(ur_trainer *t, bool improved)
{
    const ur_run_settings *s = t->run;
    t->at.stale = improved ? 0 : t->at.stale + 1;
    t->at.plateau = improved ? 0 : t->at.plateau + 1;
    if (s->schedule == UR_PLATEAU && t->at.plateau >= s->rate_every) {
        t->at.drops++;
        t->at.plateau = 0;
    }
    if (s->patience && t->at.stale >= s->patience) end_early(t, "early stop");
    if (!isnan(s->until) && !is_better(t, s->until, t->at.metric[0])) end_early(t, "good enough");
}

/* Writes a checkpoint before the first model is written. In it `due` is still to be done. So a run that is killed
 * between the two files can go on, instead of having a model and no checkpoint. */
static ur_status keep_first(ur_trainer *t, unsigned due, ur_error *error)
{
    if (t->kept) return UR_OK;
    t->at.due |= due;
    ur_status status = ur_trainer_save(t, error);
    t->at.due &= ~due;
    return status == UR_ERR_NUMERIC ? UR_OK : status; /* the next piece finds the same error and explains it better */
}

static ur_status evaluate(ur_trainer *t, ur_event *e, ur_error *error)
{
    UR_TRY(keep_first(t, UR_DUE_EVALUATION, error));
    UR_TRY(ur_trainer_validate(t, UINT64_MAX, t->at.metric, &t->at.judged, error));
    bool improved = is_better(t, t->at.metric[0], t->at.best);
    if (improved) t->at.best = t->at.metric[0];
    judge_run(t, improved);
    UR_TRY(ur_trainer_report_evaluation(t, error));
    if (improved) UR_TRY(ur_trainer_keep_best(t, error));
    fill_event(t, e, UR_EVENT_EVALUATION);
    e->improved = improved;
    return UR_OK;
}

/* Saves a checkpoint. Without validation the newest model is the best one. */
static ur_status save(ur_trainer *t, ur_event *e, ur_error *error)
{
    if (!ur_trainer_validates(t)) {
        UR_TRY(keep_first(t, UR_DUE_SAVE, error));
        UR_TRY(ur_trainer_keep_best(t, error));
    }
    UR_TRY(ur_trainer_save(t, error));
    fill_event(t, e, UR_EVENT_SAVED);
    return UR_OK;
}

static ur_status end(ur_trainer *t, const char *reason, ur_event *e)
{
    t->ended = true;
    t->reason = t->reason ? t->reason : reason;
    fill_event(t, e, UR_EVENT_END);
    return UR_OK;
}

static ur_status interrupt(ur_trainer *t, ur_event *e, ur_error *error)
{
    if (t->at.step) UR_TRY(save(t, e, error));
    t->reason = "interrupted";
    return end(t, "interrupted", e);
}

static bool take_due(ur_trainer *t, unsigned what)
{
    bool due = (t->at.due & what) != 0;
    t->at.due &= ~what;
    return due;
}

/* An evaluation that was stopped in the middle stays due for the resumed run. */
static ur_status evaluate_unless_stopped(ur_trainer *t, ur_event *e, ur_error *error)
{
    ur_status status = evaluate(t, e, error);
    if (status != UR_ERR_INTERRUPTED) return status;
    t->at.due |= UR_DUE_EVALUATION;
    return interrupt(t, e, error);
}

static ur_status step(ur_trainer *t, ur_event *e, ur_error *error)
{
    UR_TRY(ur_trainer_step(t, error));
    set_due(t);
    if (take_due(t, UR_DUE_LOG)) UR_TRY(ur_trainer_report_step(t, error));
    fill_event(t, e, UR_EVENT_STEP);
    return UR_OK;
}

static ur_status next(ur_trainer *t, ur_event *e, ur_error *error)
{
    if (t->ended) return ur_fail(error, UR_ERR_USAGE, "the training has ended");
    ur_trainer_use_average(t, false);
    if (t->measuring && !atomic_load(&t->stop)) UR_TRY(ur_trainer_measure(t, error));
    if (atomic_load(&t->stop)) return interrupt(t, e, error);
    if (take_due(t, UR_DUE_EVALUATION)) return evaluate_unless_stopped(t, e, error);
    if (take_due(t, UR_DUE_SAMPLE)) {
        fill_event(t, e, UR_EVENT_SAMPLE);
        return UR_OK;
    }
    if (take_due(t, UR_DUE_SAVE)) return save(t, e, error);
    if (t->at.due & UR_DUE_END || t->at.step >= t->rates.steps) return end(t, "done", e);
    return step(t, e, error);
}

/* A resumed run would fail in the same way, since its settings cannot change; so the message suggests something
 * else. */
static ur_status name_remedy(const ur_trainer *t, ur_error *error)
{
    if (!error || !t->run->folder || !t->kept) return UR_ERR_NUMERIC;
    return ur_fail(error, UR_ERR_NUMERIC,
                   "%s. `resume` would fail in the same way: go on in another folder with `init-from` "
                   "%s/last.safetensors, or start over with `overwrite`",
                   error->text, t->run->folder);
}

ur_status ur_train_next(ur_trainer *t, ur_event *e, ur_error *error)
{
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = next(t, e, error);
    if (status == UR_ERR_NUMERIC) status = name_remedy(t, error);
    ur_float_mode_leave(mode);
    return status;
}

void ur_trainer_stop(ur_trainer *t) { atomic_store(&t->stop, 1); }

ur_model *ur_trainer_model(ur_trainer *t)
{
    ur_trainer_use_average(t, true);
    return t->model;
}
