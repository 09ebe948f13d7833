/* One channel of a window, and its simple forecasts. */
#include "task/forecast/forecast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

ur_status ur_forecast_view_make(const ur_forecast *f, ur_forecast_view *v, ur_error *error)
{
    *v = (ur_forecast_view){.x = calloc(f->settings.context, sizeof *v->x),
                            .gap = calloc(f->settings.context, sizeof *v->gap),
                            .base = calloc(f->settings.horizon, sizeof *v->base)};
    return v->x && v->gap && v->base ? UR_OK : ur_fail_memory(error, "a window");
}

void ur_forecast_view_free(ur_forecast_view *v)
{
    free(v->x);
    free(v->gap);
    free(v->base);
    *v = (ur_forecast_view){0};
}

/* The last value present at or before a row; the mean if there is none. */
static double value_before(const ur_forecast *f, size_t row, size_t channel)
{
    for (size_t i = row + 1; i-- > 0;) {
        double value = ur_forecast_value(f, i, channel);
        if (!isnan(value)) return value;
    }
    return 0;
}

void ur_forecast_look(const ur_forecast *f, size_t row, size_t channel, ur_forecast_view *v)
{
    size_t first = row - f->settings.context;
    for (size_t t = 0; t < f->settings.context; t++) {
        double value = ur_forecast_value(f, first + t, channel);
        v->gap[t] = isnan(value);
        if (v->gap[t]) value = t ? v->x[t - 1] : value_before(f, first, channel);
        v->x[t] = value;
    }
    v->last = v->x[f->settings.context - 1];
}

static const char *const BASES[UR_BASES] = {"linear", "seasonal", "last", "none"};

const char *ur_forecast_base_name(ur_base base) { return BASES[base]; }

ur_base ur_forecast_base_find(const char *word)
{
    ur_base i = 0;
    while (i < UR_BASES && strcmp(BASES[i], word) != 0) i++;
    return i;
}

static double apply_linear(const ur_forecast *f, const ur_forecast_view *v, size_t h)
{
    const float *w = f->linear + h * f->settings.context;
    double sum = v->last;
    for (size_t t = 0; t < f->settings.context; t++) sum += (double)w[t] * (v->x[t] - v->last);
    return sum;
}

static double apply_base(const ur_forecast *f, ur_base base, const ur_forecast_view *v, size_t h)
{
    size_t season = f->settings.season;
    switch (base) {
    case UR_BASE_LINEAR:
        return apply_linear(f, v, h);
    case UR_BASE_SEASONAL:
        return v->x[f->settings.context - season + h % season];
    case UR_BASE_LAST:
        return v->last;
    case UR_BASE_NONE:
    case UR_BASES:
        break;
    }
    return 0;
}

void ur_forecast_base(const ur_forecast *f, ur_base base, const ur_forecast_view *v, double *forecast)
{
    for (size_t h = 0; h < f->settings.horizon; h++) forecast[h] = apply_base(f, base, v, h);
}
