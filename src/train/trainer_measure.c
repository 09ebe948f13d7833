/*
 * Turns --minutes into a number of steps. A few seconds of real steps and a part of a real evaluation are timed. The
 * steps that fit beside the evaluations are counted, and everything begins again from the initial weights. So the run
 * is the one that --steps with that number gives, bit for bit. If evaluations would take more than a fifth of the time,
 * there are fewer of them.
 */
#include "base/clock.h"
#include "train/trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UR_MEASURE_SECONDS = 6, UR_MEASURE_STEPS = 64 };

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median time of some steps. The mean would suffer from other work on the machine. */
static ur_status time_steps(ur_trainer *t, double *step_seconds, ur_error *error)
{
    double spans[UR_MEASURE_STEPS], begin = ur_clock();
    size_t done = 0;
    UR_TRY(ur_trainer_step(t, error)); /* allocates the memory, so it is not timed */
    while (done < UR_MEASURE_STEPS && (!done || ur_clock() - begin < UR_MEASURE_SECONDS) && !atomic_load(&t->stop)) {
        double before = ur_clock();
        UR_TRY(ur_trainer_step(t, error));
        spans[done++] = ur_clock() - before;
    }
    if (!done) spans[done++] = ur_clock() - begin;
    qsort(spans, done, sizeof *spans, by_size);
    *step_seconds = spans[done / 2];
    return UR_OK;
}

/* Times a part of the evaluation, doubled until it takes a second, and estimates the time of the whole. */
static ur_status time_evaluation(ur_trainer *t, double *seconds, ur_error *error)
{
    double metric[UR_METRICS_MAX], span = 0;
    uint64_t all = t->task->batches(t->data, UR_PART_VALIDATION, 0), most = 1, items;
    *seconds = 0;
    if (!all) return UR_OK;
    for (;; most *= 2) {
        double begin = ur_clock();
        UR_TRY(ur_trainer_validate(t, most, metric, &items, error));
        span = ur_clock() - begin;
        if (most >= all || span > 1) break;
    }
    *seconds = span * (double)all / (double)(most < all ? most : all);
    return UR_OK;
}

/* Goes back to the initial weights, which `first` holds, and an empty optimiser. */
static void begin_again(ur_trainer *t, const real *first)
{
    size_t bytes = t->model->numbers * sizeof(real);
    memcpy(t->model->values, first, bytes);
    ur_model_pack(t->model, NULL);
    if (t->learner->optimizer.first) memset(t->learner->optimizer.first, 0, bytes);
    if (t->learner->optimizer.second) memset(t->learner->optimizer.second, 0, bytes);
    if (t->average) memset(t->average, 0, bytes);
    t->learner->step = t->learner->optimizer.updates = 0;
    uint64_t log_lines = t->at.log_lines, event_records = t->at.event_records;
    t->at = ur_progress_begin();
    t->at.log_lines = log_lines;
    t->at.event_records = event_records;
    if (t->state) ur_state_reset(t->state, UR_ALL_LANES);
    t->gates_seen = false;
    t->items_here = 0;
    t->seconds = 0;
}

/* The number of steps that fit into the time, with as many evaluations as take at most a fifth of it. */
static ur_status count_steps(ur_trainer *t, double left, double step_seconds, double evaluation_seconds,
                             ur_error *error)
{
    double most = floor(left / 5 / (evaluation_seconds > 0 ? evaluation_seconds : 1e-9));
    double evaluations = most > UR_EVALUATIONS ? UR_EVALUATIONS : most < 1 ? 1 : most;
    double steps = (left - evaluations * evaluation_seconds) / step_seconds;
    if (steps < 1)
        return ur_fail(error, UR_ERR_USAGE,
                       "`minutes` %g: a step takes %.2g s and an evaluation %.2g s, too long for this time; give more "
                       "minutes, a smaller network or a smaller validation share",
                       t->run->minutes, step_seconds, evaluation_seconds);
    t->at.measured_steps = (uint64_t)steps;
    t->at.evaluations = (uint64_t)evaluations;
    return UR_OK;
}

static ur_status measure(ur_trainer *t, const real *first, ur_error *error)
{
    double began = ur_clock(), step_seconds = 0, evaluation_seconds = 0;
    ur_status status = time_steps(t, &step_seconds, error);
    if (status == UR_OK) status = time_evaluation(t, &evaluation_seconds, error);
    begin_again(t, first);
    if (status == UR_ERR_INTERRUPTED) return UR_OK; /* the trainer sees the stop by itself */
    UR_TRY(status);
    double left = 60 * t->run->minutes - (ur_clock() - began);
    UR_TRY(count_steps(t, left, step_seconds, evaluation_seconds, error));
    t->measuring = false;
    ur_trainer_plan_run(t);
    return UR_OK;
}

ur_status ur_trainer_measure(ur_trainer *t, ur_error *error)
{
    real *first = ur_block_alloc(t->model->numbers, sizeof(real));
    if (!first) return ur_fail_memory(error, "the first weights");
    memcpy(first, t->model->values, t->model->numbers * sizeof(real));
    ur_status status = measure(t, first, error);
    ur_block_free(first);
    return status;
}
