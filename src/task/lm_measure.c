/*
 * --minutes as a number of steps. A few seconds of real steps are timed, the steps are counted that fit the time beside
 * the evaluations, and everything begins again from the first weights: so the run is the one that --steps with that
 * number gives, bit for bit.
 */
#include "model/model.h"
#include "task/lm.h"

#include <stdlib.h>
#include <string.h>

enum { UR_MEASURE_SECONDS = 6, UR_MEASURE_STEPS = 64 };

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of some steps: other work on the machine disturbs the mean. */
static ur_status run_some(ur_trainer *t, double *step_seconds, ur_error *error)
{
    double spans[UR_MEASURE_STEPS], begin = ur_lm_clock();
    size_t done = 0;
    UR_TRY(ur_lm_step(t, error)); /* takes the memory */
    while (done < UR_MEASURE_STEPS && (!done || ur_lm_clock() - begin < UR_MEASURE_SECONDS) && !atomic_load(&t->stop)) {
        double before = ur_lm_clock();
        UR_TRY(ur_lm_step(t, error));
        spans[done++] = ur_lm_clock() - before;
    }
    if (!done) spans[done++] = ur_lm_clock() - begin;
    qsort(spans, done, sizeof *spans, by_size);
    *step_seconds = spans[done / 2];
    return UR_OK;
}

/* Back to the first weights and an empty optimiser. `first` holds the weights. */
static ur_status begin_again(ur_trainer *t, const real *first, ur_error *error)
{
    size_t bytes = t->model->numbers * sizeof(real);
    memcpy(t->model->values, first, bytes);
    ur_model_pack(t->model, NULL);
    if (t->learner->optimizer.first) memset(t->learner->optimizer.first, 0, bytes);
    if (t->learner->optimizer.second) memset(t->learner->optimizer.second, 0, bytes);
    if (t->average) memset(t->average, 0, bytes);
    t->learner->step = t->learner->optimizer.updates = 0;
    t->at = (ur_progress){.smooth = -1,
                          .best = t->at.best,
                          .last_validation = t->at.last_validation,
                          .log_lines = t->at.log_lines,
                          .event_records = t->at.event_records};
    ur_state_reset(t->state, UR_ALL_LANES);
    t->units_here = 0;
    t->seconds = 0;
    return ur_lanes_seek(&t->lanes, 0, error);
}

/* Forward costs a third of a step. */
static double evaluation_seconds(const ur_trainer *t, double step_seconds)
{
    double units = (double)(t->validation_end - t->validation_begin);
    double step_units = (double)(t->lanes.k2 * t->lanes.lanes);
    return units / step_units * step_seconds / 3;
}

ur_status ur_lm_measure(ur_trainer *t, ur_error *error)
{
    double began = ur_lm_clock(), step_seconds;
    real *first = ur_block_alloc(t->model->numbers, sizeof(real));
    if (!first) return ur_fail_memory(error, "the first weights");
    memcpy(first, t->model->values, t->model->numbers * sizeof(real));
    ur_status status = run_some(t, &step_seconds, error);
    if (status == UR_OK) status = begin_again(t, first, error);
    ur_block_free(first);
    if (status != UR_OK) return status;
    double left = 60 * t->training.minutes - (ur_lm_clock() - began);
    left -= UR_EVALUATIONS * evaluation_seconds(t, step_seconds);
    double steps = left / step_seconds;
    t->at.measured_steps = steps < 1 ? 1 : (uint64_t)steps;
    t->measuring = false;
    ur_lm_plan(t);
    return UR_OK;
}
