/* The transform of values before they are scaled: none, the logarithm (for values that grow by shares), or the square
 * root (for counts). If the choice is left open, each is tried; the best is the one with which a simple forecast has
 * the smallest error on the validation part, in the data's units. */
#include "task/forecast/forecast.h"

#include "base/scalar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const WORDS[UR_TRANSFORMS] = {"none", "log", "sqrt"};

const char *ur_forecast_transform_name(ur_transform transform) { return WORDS[transform]; }

ur_transform ur_forecast_transform_find(const char *word)
{
    ur_transform i = 0;
    while (word && i < UR_TRANSFORMS && strcmp(WORDS[i], word) != 0) i++;
    return word && i < UR_TRANSFORMS ? i : UR_TRANSFORM_NONE;
}

static bool has_one(ur_transform transform, double value)
{
    if (isnan(value)) return true;
    return transform == UR_TRANSFORM_LOG ? value > 0 : transform != UR_TRANSFORM_SQRT || value >= 0;
}

double ur_forecast_unscale(const ur_forecast *f, size_t channel, double scaled)
{
    double value = f->mean[channel] + scaled * f->deviation[channel];
    if (f->transform == UR_TRANSFORM_LOG) return ur_exp(value);
    if (f->transform == UR_TRANSFORM_SQRT) return value > 0 ? value * value : 0;
    return value;
}

ur_status ur_forecast_apply(ur_forecast *f, ur_error *error)
{
    ur_series *s = &f->series;
    for (size_t i = 0; f->transform != UR_TRANSFORM_NONE && i < s->rows * s->channels; i++) {
        double value = (double)s->values[i];
        if (!has_one(f->transform, value))
            return ur_fail(error, UR_ERR_DATA, "%s%sthe value %g in column '%.60s' has no %s (`transform`)",
                           s->path ? s->path : "", s->path ? ": " : "", value, ur_series_name(s, i % s->channels),
                           f->transform == UR_TRANSFORM_LOG ? "logarithm" : "square root");
        if (isnan(value)) continue;
        s->values[i] = (float)(f->transform == UR_TRANSFORM_LOG ? ur_log(value) : sqrt(value));
    }
    return UR_OK;
}

/* ---- Choice by trial ---------------------------------------------------------------------------------------------- */

enum { TRIED_MOST = 4000000 }; /* most values for which each transform is tried */

static bool fits(const ur_series *s, ur_transform transform)
{
    for (size_t i = 0; i < s->rows * s->channels; i++)
        if (!has_one(transform, (double)s->values[i])) return false;
    return true;
}

static ur_status fit_as(ur_forecast *f, ur_transform transform, ur_error *error)
{
    f->transform = transform;
    UR_TRY(ur_forecast_apply(f, error));
    UR_TRY(ur_forecast_scale(f, error));
    UR_TRY(ur_forecast_fit(f, error));
    return ur_forecast_compare(f, error);
}

static ur_status try_all(ur_forecast *f, const float *raw, ur_error *error)
{
    size_t bytes = f->series.rows * f->series.channels * sizeof *raw;
    ur_transform best = UR_TRANSFORM_NONE;
    double least = INFINITY;
    for (ur_transform i = 0; i < UR_TRANSFORMS; i++) {
        memcpy(f->series.values, raw, bytes);
        if (!fits(&f->series, i)) continue;
        UR_TRY(fit_as(f, i, error));
        if (f->base_error < 0.98 * least) best = i; /* plain values win if others are hardly better */
        if (best == i) least = f->base_error;
    }
    memcpy(f->series.values, raw, bytes);
    return fit_as(f, best, error);
}

ur_status ur_forecast_transform(ur_forecast *f, ur_error *error)
{
    size_t values = f->series.rows * f->series.channels;
    bool open = !f->settings.transform && values <= TRIED_MOST && fits(&f->series, UR_TRANSFORM_SQRT);
    if (!open) return fit_as(f, ur_forecast_transform_find(f->settings.transform), error);
    float *raw = malloc(values * sizeof *raw + 1);
    if (!raw) return ur_fail_memory(error, "the values of a series");
    memcpy(raw, f->series.values, values * sizeof *raw);
    ur_status status = try_all(f, raw, error);
    free(raw);
    return status;
}
