/*
 * The network's pass over a batch. Direct: it gives the whole horizon at its last step. Step by step: it reads the
 * context, and its last step gives the first value; then it reads its own output and gives the next value. Training and
 * inference do the same. No gradient goes back through a value that was output and read again, only through the states.
 */
#include "task/forecast/forecast.h"

#include "model/graph.h"

#include <math.h>
#include <string.h>

/* A pass in progress. */
typedef struct forward {
    ur_forecast *f;
    ur_pass *pass;
    size_t lanes;
    size_t count; /* number of targets that are not missing */
    double scale;
    ur_window_result *sums;
} forward;

static size_t count_targets(const ur_forecast *f, size_t lanes)
{
    size_t count = 0;
    for (size_t i = 0; i < lanes * f->group * f->settings.horizon; i++) count += isnan(f->targets[i]) ? 0 : 1;
    return count;
}

static void add_loss(forward *w, ur_tensor *y, const real *targets)
{
    const ur_forecast *f = w->f;
    bool quantiles = f->level_count > 0 || f->settings.loss == 1;
    const ur_loss_kind *kind = ur_loss_at(quantiles ? UR_LOSS_QUANTILE : UR_LOSS_SQUARED);
    double sum = 0;
    ur_targets t = {.steps = 1,
                    .lanes = w->lanes,
                    .width = y->width,
                    .given = 1,
                    .values = targets,
                    .levels = f->levels,
                    .level_count = f->level_count};
    if (!w->count) return;
    kind->take(w->pass->tape, &t);
    if (w->pass->tape->status == UR_OK) kind->loss(w->pass->tape, y, &t, w->scale, &sum);
    w->sums->sum += sum;
}

/* Keeps the outputs of one step: `values` of them for each channel, from place `h` of the horizon on. */
static void keep_outputs(forward *w, const ur_tensor *y, size_t h, size_t values)
{
    ur_forecast *f = w->f;
    size_t outputs = ur_forecast_outputs(f), size = values * outputs;
    for (size_t b = 0; b < w->lanes; b++)
        for (size_t k = 0; k < f->group; k++)
            memcpy(f->out + ((b * f->group + k) * f->settings.horizon + h) * outputs, y->value + b * y->row + k * size,
                   size * sizeof(real));
}

/* ---- At once ------------------------------------------------------------------------------------------------------ */

static bool run_direct(forward *w, const ur_task_batch *batch)
{
    ur_pass *pass = w->pass;
    size_t last = pass->model->line_count - 1;
    for (size_t i = 0; i <= last; i++)
        if (!ur_line_run(pass->model, pass->tape, i, &(ur_line_call){.in = batch->network.input[i]}, pass->output))
            return false;
    add_loss(w, pass->output[last].y, w->f->targets);
    keep_outputs(w, pass->output[last].y, 0, w->f->settings.horizon);
    return true;
}

/* ---- Step by step ------------------------------------------------------------------------------------------------- */

/* Makes the input that follows step h: the value just given, relative to the last known one, and the calendar of its
 * row. */
static void feed_lane(forward *w, size_t h, size_t b, real *step)
{
    ur_forecast *f = w->f;
    size_t horizon = f->settings.horizon, outputs = ur_forecast_outputs(f), features = ur_forecast_features(f);
    memset(step, 0, features * sizeof *step);
    for (size_t k = 0; k < f->group; k++) {
        size_t series = b * f->group + k, place = series * horizon + h;
        step[k] = (real)(f->bases[place] + (double)f->out[place * outputs + ur_forecast_middle(f)] - f->lasts[series]);
    }
    if (f->calendar)
        ur_forecast_calendar_put(f, f->example[b].row + h, step + features - ur_forecast_calendar_count(f->calendar));
}

static const real *feed(forward *w, size_t h)
{
    size_t features = ur_forecast_features(w->f);
    real *fed = w->f->fed + h * w->lanes * features; /* each step's input stays until the tape has gone back */
    for (size_t b = 0; b < w->lanes; b++) feed_lane(w, h, b, fed + b * features);
    return fed;
}

static bool run_steps(forward *w, const ur_task_batch *batch)
{
    ur_pass *pass = w->pass;
    ur_forecast *f = w->f;
    size_t each = w->lanes * f->group;
    if (!ur_line_run(pass->model, pass->tape, 0, &(ur_line_call){.in = batch->network.input[0]}, pass->output))
        return false;
    for (size_t h = 0; h < f->settings.horizon; h++) {
        ur_line_call call = {.in = {.steps = 1, .lanes = w->lanes}, .states = &pass->output[0].states};
        if (h) call.in.values = feed(w, h - 1);
        if (h && !ur_line_step(pass->model, pass->tape, 0, &call, pass->output)) return false;
        ur_tensor *y = ur_last(pass->tape, pass->output[0].y, NULL, 0, 0);
        if (!y) return false;
        add_loss(w, y, f->targets + h * each);
        keep_outputs(w, y, h, 1);
    }
    return true;
}

ur_status ur_forecast_forward(void *data, ur_pass *pass, const ur_task_batch *batch, ur_window_result *sums,
                              ur_error *error)
{
    ur_forecast *f = data;
    forward w = {.f = f, .pass = pass, .lanes = batch->network.input[0].lanes, .sums = sums};
    w.count = count_targets(f, w.lanes);
    w.scale = f->sums || !w.count ? 1 : 1 / (double)w.count;
    if (f->settings.how == UR_WAY_STEP)
        run_steps(&w, batch);
    else
        run_direct(&w, batch);
    sums->count = w.count;
    sums->loss = sums->sum * w.scale;
    return ur_tape_status(pass->tape, error);
}
