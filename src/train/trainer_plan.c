/* Plans how many steps a run has, how its rate falls, and how often each thing is done. */
#include "train/trainer.h"

#include <math.h>

double ur_trainer_epoch(const ur_trainer *t)
{
    uint64_t batches = t->task->batches(t->data, UR_PART_TRAIN, t->at.epoch);
    return batches == UINT64_MAX ? 0 : (double)t->at.epoch + (double)t->at.number / (double)batches;
}

static uint64_t steps_of_epochs(const ur_trainer *t)
{
    uint64_t batches = t->task->batches(t->data, UR_PART_TRAIN, 0);
    if (!(t->run->epochs > 0)) return 0;
    double steps = ceil(t->run->epochs * (double)batches);
    return steps < 1e18 ? (uint64_t)steps : UINT64_MAX;
}

static void keep_least(uint64_t *steps, uint64_t limit)
{
    if (limit && (!*steps || limit < *steps)) *steps = limit;
}

static void plan_rates(ur_trainer *t)
{
    const ur_run_settings *s = t->run;
    uint64_t steps = s->steps;
    keep_least(&steps, steps_of_epochs(t));
    keep_least(&steps, t->at.measured_steps);
    uint64_t quarter = steps / 4 + 1; /* by default the rate falls three times */
    t->rates = (ur_rate_plan){.schedule = s->schedule,
                              .rate = s->learning.rate,
                              .floor = s->rate_floor,
                              .factor = s->rate_factor,
                              .warmup = s->warmup,
                              .every = s->rate_every ? s->rate_every : quarter,
                              .steps = steps};
}

/* Handles the resume of a run that had ended: more steps or more patience than before let it go on. */
static void plan_end(ur_trainer *t)
{
    if (!(t->at.due & UR_DUE_END)) return;
    bool stopped = t->run->patience && t->at.stale >= t->run->patience;
    if (stopped) t->reason = "early stop";
    if (!stopped && t->at.step < t->rates.steps) t->at.due &= ~(unsigned)UR_DUE_END;
}

void ur_trainer_plan_run(ur_trainer *t)
{
    ur_run_settings *s = t->run;
    plan_rates(t);
    if (t->measuring) return; /* the number of steps is not known yet */
    uint64_t times = t->at.evaluations ? t->at.evaluations : UR_EVALUATIONS;
    /* Rounded up, so that the last evaluation comes at the end and not a few steps before it. */
    uint64_t share = (t->rates.steps + times - 1) / times;
    if (share < 20) share = 20;
    if (!s->evaluate_every) s->evaluate_every = share;
    if (!s->sample_every) {
        s->sample_every = share;
        t->first_samples[0] = share / 16;
        t->first_samples[1] = share / 4;
    }
    if (!s->save_every) s->save_every = s->evaluate_every;
    if (s->schedule == UR_PLATEAU && !s->rate_every) s->rate_every = 2;
    plan_end(t);
}

ur_plan ur_trainer_plan(const ur_trainer *t)
{
    return (ur_plan){.task = t->task->name,
                     .data = t->described,
                     .counts = t->task->counts(t->data),
                     .metric = t->task->metric[0].name,
                     .answers = t->task->answer != NULL,
                     .paints = t->task->paint != NULL,
                     .higher_is_better = t->task->metric[0].higher,
                     .batches = t->task->batches(t->data, UR_PART_TRAIN, 0),
                     .parameters = t->model->numbers,
                     .batch = t->run->batch,
                     .threads = ur_pool_threads(t->learner->pool),
                     .net = t->model->net,
                     .isa = t->model->kernels->name,
                     .resumed = t->resumed};
}
