/* What is measured on the training part before anything else: mean and standard deviation of each channel, and the
 * season. */
#include "task/forecast/forecast.h"

#include <math.h>
#include <stdlib.h>

/* Adds Σ v of each channel to `mean`, and the number of its values to `count`. */
static void add_values(ur_forecast *f, size_t *count)
{
    const ur_forecast_part *p = &f->part[UR_PART_TRAIN];
    for (size_t row = p->begin; row < p->end; row++)
        for (size_t i = 0; i < f->channels; i++) {
            double value = (double)f->series.values[row * f->channels + i];
            if (isnan(value)) continue;
            f->mean[i] += value;
            count[i]++;
        }
}

/* Adds Σ (v − mean)² to `deviation`. */
static void add_squares(ur_forecast *f)
{
    const ur_forecast_part *p = &f->part[UR_PART_TRAIN];
    for (size_t row = p->begin; row < p->end; row++)
        for (size_t i = 0; i < f->channels; i++) {
            double off = (double)f->series.values[row * f->channels + i] - f->mean[i];
            if (!isnan(off)) f->deviation[i] += off * off;
        }
}

static ur_status measure(ur_forecast *f, size_t *count, ur_error *error)
{
    add_values(f, count);
    for (size_t i = 0; i < f->channels; i++) {
        if (!count[i])
            return ur_fail(error, UR_ERR_DATA, "%s: column '%.60s' has no value in the part to train on",
                           f->series.path, ur_series_name(&f->series, i));
        f->mean[i] /= (double)count[i];
    }
    add_squares(f);
    for (size_t i = 0; i < f->channels; i++) {
        double squares = f->deviation[i];
        f->deviation[i] = squares > 0 ? sqrt(squares / (double)count[i]) : 1; /* a constant channel */
    }
    return UR_OK;
}

ur_status ur_forecast_scale(ur_forecast *f, ur_error *error)
{
    free(f->mean);
    free(f->deviation);
    f->mean = calloc(f->channels, sizeof *f->mean);
    f->deviation = calloc(f->channels, sizeof *f->deviation);
    size_t *count = calloc(f->channels, sizeof *count);
    bool made = f->mean && f->deviation && count;
    ur_status status = made ? measure(f, count, error) : ur_fail_memory(error, "the scaling");
    free(count);
    return status;
}

/* ---- The season --------------------------------------------------------------------------------------------------- */

enum { SEASON_ROWS = 8192, SEASON_CHANNELS = 16, SEASON_MOST = 800 };

/* The change from one row to the next; 0 if a value is missing. */
static double change(const ur_forecast *f, size_t row, size_t channel)
{
    double d = ur_forecast_value(f, row + 1, channel) - ur_forecast_value(f, row, channel);
    return isnan(d) ? 0 : d;
}

/* Adds Σ d[t]·d[t + lag] / Σ d[t]² of a channel for each lag below `lags`. */
static void add_likeness(const ur_forecast *f, size_t channel, size_t begin, size_t count, size_t lags, double *d,
                         double *likeness)
{
    double whole = 0;
    for (size_t t = 0; t < count; t++) {
        d[t] = change(f, begin + t, channel);
        whole += d[t] * d[t];
    }
    for (size_t lag = 0; lag < lags && whole > 0; lag++) {
        double sum = 0;
        for (size_t t = 0; t + lag < count; t++) sum += d[t] * d[t + lag];
        likeness[lag] += sum / whole;
    }
}

/* The season that the calendar suggests. */
static size_t usual_season(const ur_series *s)
{
    if (!s->times || s->step <= 0) return 1;
    if (s->months) return s->months < 12 && 12 % s->months == 0 ? (size_t)(12 / s->months) : 1;
    if (s->step < UR_DAY_SECONDS) return UR_DAY_SECONDS % s->step == 0 ? (size_t)(UR_DAY_SECONDS / s->step) : 1;
    return s->step == UR_DAY_SECONDS ? 7 : 1;
}

/* Finds the season. Only lags from the first at which changes are opposed are considered. The calendar's season is
 * taken if it is nearly as high as the highest peak. Otherwise it is the first peak that is nearly as high, since
 * multiples of a season have high peaks, too. */
static size_t find_peak(const double *likeness, size_t lags, double least, size_t usual)
{
    size_t begin = 2;
    double most = least;
    while (begin < lags && likeness[begin - 1] + likeness[begin] >= 0) begin++;
    for (size_t lag = begin; lag + 1 < lags; lag++) most = likeness[lag] > most ? likeness[lag] : most;
    if (most > least && usual > 1 && usual + 1 < lags && likeness[usual] > 0.8 * most) return usual;
    for (size_t lag = begin; lag + 1 < lags; lag++)
        if (likeness[lag] >= 0.9 * most && likeness[lag] > least && likeness[lag] >= likeness[lag - 1] &&
            likeness[lag] >= likeness[lag + 1])
            return lag;
    return usual;
}

ur_status ur_forecast_season(const ur_forecast *f, size_t *season, ur_error *error)
{
    const ur_forecast_part *p = &f->part[UR_PART_TRAIN];
    size_t rows = p->end - p->begin, channels = f->channels < SEASON_CHANNELS ? f->channels : SEASON_CHANNELS;
    if (rows > SEASON_ROWS) rows = SEASON_ROWS;
    size_t lags = rows / 3 < SEASON_MOST ? rows / 3 : SEASON_MOST, context = f->settings.context;
    if (context && context + 2 < lags) lags = context + 2; /* the season must fit into the context */
    double *d = calloc(rows + 1, sizeof *d), *likeness = calloc(lags + 1, sizeof *likeness);
    bool made = d && likeness;
    for (size_t i = 0; made && rows > 2 && i < channels; i++)
        add_likeness(f, i, p->end - rows, rows - 1, lags, d, likeness);
    if (made) *season = find_peak(likeness, lags, 0.15 * (double)channels, usual_season(&f->series));
    free(d);
    free(likeness);
    return made ? UR_OK : ur_fail_memory(error, "the season");
}
