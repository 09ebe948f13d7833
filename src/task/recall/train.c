/* One training on a recall task, until its gap is mastered or all updates are done: a run of the trainer without a
 * folder. */
#include "task/recall/recall.h"

#include "base/float_mode.h"
#include "base/number.h"
#include "train/trainer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

ur_recall ur_recall_default(ur_recall_task task, const char *cell, size_t gap)
{
    ur_run_settings run = {.folder = NULL};
    size_t hidden = 0;
    ur_run_defaults(&ur_task_recall, &run, NULL);
    ur_run_width(&run, &hidden, NULL);
    return (ur_recall){.task = task,
                       .gap = gap,
                       .hidden = hidden,
                       .lanes = run.batch,
                       .cell = cell,
                       .updates = UR_RECALL_STEPS,
                       .evaluate_every = run.evaluate_every,
                       .optimizer = run.learning.optimizer,
                       .rate = ur_recall_rate(cell),
                       .clip_norm = run.learning.clip_norm,
                       .remember = ur_recall_is_gated(cell) ? (double)gap : 0,
                       .seed = run.learning.seed};
}

static ur_status check(const ur_recall *how, ur_error *error)
{
    const ur_recall_kind *kind = ur_recall_find(how->task);
    if (!kind) return ur_fail(error, UR_ERR_USAGE, "recall task %d: there is no such task", (int)how->task);
    if (!how->lanes || !how->evaluate_every)
        return ur_fail(error, UR_ERR_USAGE, "%zu lanes, an evaluation every %zu updates: must not be 0", how->lanes,
                       how->evaluate_every);
    /* More of a network line would give layers of other sizes than `hidden`. */
    if (how->cell[strcspn(how->cell, " \t\r\n>")])
        return ur_fail(error, UR_ERR_FORMAT, "cell \"%.64s\": give the name of one cell, such as lstm", how->cell);
    return UR_OK;
}

/* ---- Settings ----------------------------------------------------------------------------------------------------- */

static ur_status give_number(ur_settings *s, const char *name, double value, ur_error *error)
{
    char text[UR_NUMBER_MAX];
    ur_write_number(value, text);
    return ur_settings_set(s, name, text, error);
}

static ur_status give_count(ur_settings *s, const char *name, uint64_t value, ur_error *error)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    return ur_settings_set(s, name, text, error);
}

static ur_status give_settings(ur_settings *s, const ur_recall *how, ur_error *error)
{
    const ur_recall_facts *facts = ur_recall_about(how->task);
    UR_TRY(ur_settings_set(s, "kind", facts->name, error));
    UR_TRY(give_count(s, "gap", how->gap, error));
    if (how->window) UR_TRY(give_count(s, "bptt", how->window, error));
    UR_TRY(ur_settings_set(s, "cell", how->cell, error));
    UR_TRY(give_count(s, "hidden", how->hidden, error));
    UR_TRY(give_count(s, "batch", how->lanes, error));
    UR_TRY(give_count(s, "seed", how->seed, error));
    UR_TRY(give_count(s, "steps", how->updates, error));
    UR_TRY(give_count(s, "eval-every", how->evaluate_every, error));
    UR_TRY(give_count(s, "threads", 1, error));
    UR_TRY(give_number(s, "lr", how->rate, error));
    UR_TRY(give_number(s, "clip-norm", how->clip_norm, error));
    UR_TRY(give_number(s, "until", facts->mastered, error));
    UR_TRY(ur_settings_set(s, "optimizer", "adam", error));
    s->run.learning.optimizer = how->optimizer;
    UR_TRY(give_count(s, "remember", 2, error));
    s->run.remember = ur_recall_is_gated(how->cell) && how->remember > 1 ? how->remember : NAN;
    s->run.isa = how->isa;
    return UR_OK;
}

/* ---- Learning ----------------------------------------------------------------------------------------------------- */

/* Records the results up to this event. Returns whether to go on. */
static bool take_event(const ur_recall *how, const ur_event *event, ur_recall_result *result)
{
    result->updates = (size_t)event->step;
    if (event->kind == UR_EVENT_STEP && event->gradient_norm > result->largest_norm)
        result->largest_norm = event->gradient_norm;
    if (event->kind != UR_EVENT_EVALUATION) return true;
    if (event->best > result->score) result->score = event->best;
    result->mastered = event->validation >= ur_recall_about(how->task)->mastered;
    return result->mastered || !how->go_on || how->go_on(how->context, result->updates, event->validation);
}

static ur_status learn(const ur_recall *how, ur_trainer *t, ur_recall_result *result, ur_error *error)
{
    ur_event event = {.kind = UR_EVENT_STEP};
    uint64_t items;
    double first[UR_METRICS_MAX];
    UR_TRY(ur_trainer_validate(t, UINT64_MAX, first, &items, error));
    result->score = first[0];
    result->mastered = first[0] >= ur_recall_about(how->task)->mastered;
    while (!result->mastered && event.kind != UR_EVENT_END) {
        UR_TRY(ur_train_next(t, &event, error));
        if (!take_event(how, &event, result))
            return ur_fail(error, UR_ERR_INTERRUPTED, "stopped after %zu updates", result->updates);
    }
    return UR_OK;
}

static ur_status train(const ur_recall *how, ur_settings *settings, ur_recall_result *result, ur_error *error)
{
    ur_trainer *trainer;
    UR_TRY(give_settings(settings, how, error));
    UR_TRY(ur_trainer_create(&trainer, settings, error));
    ur_status status = learn(how, trainer, result, error);
    ur_trainer_free(trainer);
    return status;
}

ur_status ur_recall_train(const ur_recall *how, ur_recall_result *result, ur_error *error)
{
    ur_settings *settings;
    *result = (ur_recall_result){0};
    UR_TRY(check(how, error));
    UR_TRY(ur_settings_make(&settings, &ur_task_recall, error));
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = train(how, settings, result, error);
    ur_float_mode_leave(mode);
    ur_settings_free(settings);
    result->exploded = status == UR_ERR_NUMERIC;
    return result->exploded ? UR_OK : status;
}
