/* Measures forecasts: squared and absolute errors of scaled values, as is usual, and in the data's units. The same
 * errors of simple forecasts on the same windows are given for comparison. */
#include "task/forecast/forecast.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    ur_base base;
} BASELINES[UR_BASELINES] = {{"naive", UR_BASE_LAST}, {"seasonal", UR_BASE_SEASONAL}, {"linear", UR_BASE_LINEAR}};

size_t ur_forecast_middle(const ur_forecast *f)
{
    size_t best = 0;
    for (size_t i = 1; i < f->level_count; i++)
        if (fabs(f->levels[i] - 0.5) < fabs(f->levels[best] - 0.5)) best = i;
    return best;
}

void ur_forecast_read(const ur_forecast *f, size_t b, size_t k, size_t h, double *out)
{
    size_t place = (b * f->group + k) * f->settings.horizon + h, outputs = ur_forecast_outputs(f);
    for (size_t i = 0; i < outputs; i++) {
        double value = f->bases[place] + (double)f->out[place * outputs + i];
        size_t at = i;
        for (; at > 0 && out[at - 1] > value; at--) out[at] = out[at - 1];
        out[at] = value;
    }
}

static void add_error(const ur_forecast *f, ur_forecast_errors *e, size_t channel, double given, double there)
{
    double off = given - there;
    double units = ur_forecast_unscale(f, channel, given) - ur_forecast_unscale(f, channel, there);
    e->squared += off * off;
    e->absolute += fabs(off);
    e->squared_data += units * units;
    e->absolute_data += fabs(units);
}

/* Adds the errors of one channel of a lane. */
static void judge_channel(ur_forecast *f, ur_forecast_tally *t, size_t b, size_t k)
{
    size_t row = f->example[b].row, channel = f->example[b].group * f->group + k;
    double out[UR_FORECAST_LEVELS_MOST];
    for (size_t h = 0; h < f->settings.horizon; h++) {
        double target = ur_forecast_value(f, row + h, channel);
        if (isnan(target)) continue;
        ur_forecast_read(f, b, k, h, out);
        add_error(f, &t->ours, channel, out[ur_forecast_middle(f)], target);
        for (size_t i = 0; i < f->level_count; i++) t->below[i] += target <= out[i];
        t->count++;
    }
}

static void judge_baselines(ur_forecast *f, ur_forecast_tally *t, size_t row, size_t channel)
{
    ur_forecast_look(f, row, channel, &f->view);
    for (size_t i = 0; i < UR_BASELINES; i++) {
        ur_forecast_base(f, BASELINES[i].base, &f->view, f->view.base);
        for (size_t h = 0; h < f->settings.horizon; h++) {
            double target = ur_forecast_value(f, row + h, channel);
            if (!isnan(target)) add_error(f, &t->baseline[i], channel, f->view.base[h], target);
        }
    }
}

ur_status ur_forecast_tally_add(void *data, const ur_task_batch *batch, const ur_value *out, void *tally,
                                ur_error *error)
{
    ur_forecast *f = data;
    ur_forecast_tally *t = tally;
    (void)out, (void)error;
    for (size_t b = 0; b < ur_task_lanes(batch); b++)
        for (size_t k = 0; k < f->group; k++) {
            judge_channel(f, t, b, k);
            if (f->judging) judge_baselines(f, t, f->example[b].row, f->example[b].group * f->group + k);
        }
    return UR_OK;
}

/* ---- Results ------------------------------------------------------------------------------------------------------ */

static int put_errors(json_t *more, const char *name, const ur_forecast_errors *e, double count)
{
    const struct {
        const char *key;
        double sum;
    } all[] = {
        {"mse", e->squared}, {"mae", e->absolute}, {"mse_data", e->squared_data}, {"mae_data", e->absolute_data}};
    int failed = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char key[48];
        snprintf(key, sizeof key, "%s%s%s", name, *name ? "_" : "", all[i].key);
        failed |= json_object_set_new(more, key, json_real(all[i].sum / count));
    }
    return failed;
}

/* The share of targets at or below each quantile. */
static json_t *coverage_json(const ur_forecast *f, const ur_forecast_tally *t)
{
    json_t *o = json_object();
    for (size_t i = 0; o && i < f->level_count; i++) {
        char key[32];
        unsigned level = (unsigned)(f->levels[i] * 10000 + 0.5);
        snprintf(key, sizeof key, "0.%04u", level);
        for (size_t end = strlen(key); end > 3 && key[end - 1] == '0'; end--) key[end - 1] = 0;
        if (json_object_set_new(o, key, json_real((double)t->below[i] / (double)t->count)) == 0) continue;
        json_decref(o);
        return NULL;
    }
    return o;
}

static ur_status tell_more(const ur_forecast *f, const ur_forecast_tally *t, json_t *more, ur_error *error)
{
    double count = (double)t->count;
    int failed = json_object_set_new(more, "part", json_string(f->judged));
    size_t first, windows = ur_forecast_windows(f, UR_PART_TEST, &first);
    failed |= json_object_set_new(more, "windows", json_integer((json_int_t)windows));
    failed |= json_object_set_new(more, "values", json_integer((json_int_t)t->count));
    failed |= put_errors(more, "", &t->ours, count);
    for (size_t i = 0; i < UR_BASELINES; i++) failed |= put_errors(more, BASELINES[i].name, &t->baseline[i], count);
    if (f->level_count) failed |= json_object_set_new(more, "coverage", coverage_json(f, t));
    return failed ? ur_fail_memory(error, "the result") : UR_OK;
}

ur_status ur_forecast_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                             struct json_t *more, ur_error *error)
{
    const ur_forecast_tally *t = tally;
    double count = (double)t->count;
    if (!t->count)
        return ur_fail(error, UR_ERR_DATA,
                       "there are no values to compare forecasts with; give the table that has them");
    metric[0] = t->ours.squared / count;
    metric[1] = t->ours.absolute / count;
    metric[2] = t->ours.squared_data / count;
    metric[3] = t->ours.absolute_data / count;
    metric[4] = all->sum / (double)(all->count ? all->count : 1);
    return more ? tell_more(data, t, more, error) : UR_OK;
}
