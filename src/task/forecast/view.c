/* One channel of a window, and simple forecasts of it. */
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

/* The last value that is there at or before a row; the mean where there is none. */
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

static double apply_linear(const ur_forecast *f, const ur_forecast_view *v, size_t h)
{
    const float *w = f->linear + h * f->settings.context;
    double sum = v->last;
    for (size_t t = 0; t < f->settings.context; t++) sum += (double)w[t] * (v->x[t] - v->last);
    return sum;
}

void ur_forecast_base(const ur_forecast *f, ur_base base, const ur_forecast_view *v, double *forecast)
{
    size_t context = f->settings.context, season = f->settings.season;
    for (size_t h = 0; h < f->settings.horizon; h++) switch (base) {
        case UR_BASE_LINEAR:
            forecast[h] = apply_linear(f, v, h);
            break;
        case UR_BASE_SEASONAL:
            forecast[h] = v->x[context - season + h % season];
            break;
        case UR_BASE_LAST:
            forecast[h] = v->last;
            break;
        case UR_BASE_NONE:
            forecast[h] = 0;
            break;
        }
}
