/*
 * The linear forecast in closed form. With x and y relative to the last value of the context, W = R (G + λI)⁻¹, where G
 * = Σ x xᵀ and R = Σ y xᵀ over all windows and channels of the training part. It is solved by Cholesky decomposition.
 */
#include "task/forecast/forecast.h"

#include <math.h>
#include <stdlib.h>

enum { WORK = 1 << 30, PENALTY = 64, COMPARED = 2048 }; /* most multiplications; λ is 1/PENALTY of the windows */

typedef struct fit {
    const ur_forecast *f;
    ur_forecast_view view;
    double *gram, *right; /* (context, context), lower half; (context, horizon) */
    double *x, *y;
    size_t count;
} fit;

static void add_products(fit *s)
{
    size_t context = s->f->settings.context, horizon = s->f->settings.horizon;
    for (size_t i = 0; i < context; i++) {
        double xi = s->x[i], *gram = s->gram + i * context, *right = s->right + i * horizon;
        for (size_t j = 0; j <= i; j++) gram[j] += xi * s->x[j];
        for (size_t h = 0; h < horizon; h++) right[h] += xi * s->y[h];
    }
    s->count++;
}

/* Adds a window, unless one of its targets is missing. */
static void add_window(fit *s, size_t row, size_t channel)
{
    const ur_forecast *f = s->f;
    bool whole = true;
    ur_forecast_look(f, row, channel, &s->view);
    for (size_t t = 0; t < f->settings.context; t++) s->x[t] = s->view.x[t] - s->view.last;
    for (size_t h = 0; h < f->settings.horizon; h++) {
        s->y[h] = ur_forecast_value(f, row + h, channel) - s->view.last;
        whole = whole && !isnan(s->y[h]);
    }
    if (whole) add_products(s);
}

/* Adds all windows, or evenly spaced ones if there are too many. */
static void add_windows(fit *s)
{
    const ur_forecast *f = s->f;
    size_t first, windows = ur_forecast_windows(f, UR_PART_TRAIN, &first), all = windows * f->channels;
    size_t each = f->settings.context * (f->settings.context + f->settings.horizon), most = WORK / each + 1;
    size_t every = all > most ? all / most + 1 : 1;
    for (size_t i = 0; i < all; i += every) add_window(s, first + i / f->channels, i % f->channels);
}

/* Decomposes G + λI = L Lᵀ in place. Then solves both triangles for each column of `right`. */
static void solve(fit *s)
{
    size_t n = s->f->settings.context, horizon = s->f->settings.horizon;
    double *g = s->gram, *r = s->right, penalty = (double)(s->count ? s->count : 1) / PENALTY;
    for (size_t i = 0; i < n; i++) {
        g[i * n + i] += penalty;
        for (size_t j = 0; j <= i; j++) {
            double sum = g[i * n + j];
            for (size_t k = 0; k < j; k++) sum -= g[i * n + k] * g[j * n + k];
            g[i * n + j] = i == j ? sqrt(sum) : sum / g[j * n + j];
        }
        for (size_t j = 0; j < i; j++)
            for (size_t h = 0; h < horizon; h++) r[i * horizon + h] -= g[i * n + j] * r[j * horizon + h];
        for (size_t h = 0; h < horizon; h++) r[i * horizon + h] /= g[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++)
            for (size_t h = 0; h < horizon; h++) r[i * horizon + h] -= g[j * n + i] * r[j * horizon + h];
        for (size_t h = 0; h < horizon; h++) r[i * horizon + h] /= g[i * n + i];
    }
}

static ur_status run_fit(fit *s, ur_error *error)
{
    size_t n = s->f->settings.context, horizon = s->f->settings.horizon;
    s->gram = calloc(n * n, sizeof *s->gram);
    s->right = calloc(n * horizon, sizeof *s->right);
    s->x = calloc(n, sizeof *s->x);
    s->y = calloc(horizon, sizeof *s->y);
    if (!s->gram || !s->right || !s->x || !s->y) return ur_fail_memory(error, "the linear forecast");
    UR_TRY(ur_forecast_view_make(s->f, &s->view, error));
    add_windows(s);
    solve(s);
    return UR_OK;
}

ur_status ur_forecast_fit(ur_forecast *f, ur_error *error)
{
    size_t n = f->settings.context, horizon = f->settings.horizon;
    fit s = {.f = f};
    free(f->linear);
    f->linear = calloc(n * horizon, sizeof *f->linear);
    ur_status status = f->linear ? run_fit(&s, error) : ur_fail_memory(error, "the linear forecast");
    for (size_t i = 0; status == UR_OK && i < n * horizon; i++) f->linear[i] = (float)s.right[i % n * horizon + i / n];
    ur_forecast_view_free(&s.view);
    free(s.gram);
    free(s.right);
    free(s.x);
    free(s.y);
    return status;
}

/* ---- Comparison with other forecasts ------------------------------------------------------------------------------ */

static const ur_base BASELINES[UR_BASELINES] = {UR_BASE_LAST, UR_BASE_SEASONAL, UR_BASE_LINEAR};

/* A comparison in progress: sums of squared errors of scaled values, and of absolute errors in the data's units. */
typedef struct comparison {
    ur_forecast *f;
    ur_forecast_view view;
    double squared[UR_BASELINES], absolute[UR_BASELINES];
    size_t count;
} comparison;

static void add_errors(comparison *c, size_t row, size_t channel)
{
    ur_forecast *f = c->f;
    ur_forecast_look(f, row, channel, &c->view);
    for (size_t i = 0; i < UR_BASELINES; i++) {
        ur_forecast_base(f, BASELINES[i], &c->view, c->view.base);
        for (size_t h = 0; h < f->settings.horizon; h++) {
            double there = ur_forecast_value(f, row + h, channel), off = c->view.base[h] - there;
            if (isnan(off)) continue;
            c->squared[i] += off * off;
            c->absolute[i] +=
                fabs(ur_forecast_unscale(f, channel, c->view.base[h]) - ur_forecast_unscale(f, channel, there));
            c->count += i == 0;
        }
    }
}

/* Chooses the base that was asked for. Otherwise it is the one with the smallest error, if that is much smaller than
 * the error of the last value, or if there is much training data. A linear map that explains little, fitted to little
 * data, is mostly noise; a network does better without it. */
static void choose_base(const comparison *c)
{
    ur_forecast *f = c->f;
    size_t best = 0;
    double count = (double)(c->count ? c->count : 1);
    size_t first, learnt = ur_forecast_windows(f, UR_PART_TRAIN, &first) * f->channels;
    bool much = learnt >= 200 * f->settings.context;
    for (size_t i = 0; i < UR_BASELINES; i++) {
        f->baseline_mse[i] = c->squared[i] / count;
        if (c->squared[i] < c->squared[best]) best = i;
    }
    f->base = much || 4 * c->squared[best] < c->squared[0] ? BASELINES[best] : UR_BASE_LAST;
    if (f->settings.base) f->base = ur_forecast_base_find(f->settings.base);
    f->base_error = c->absolute[best] / count;
}

ur_status ur_forecast_compare(ur_forecast *f, ur_error *error)
{
    ur_part part = UR_PART_VALIDATION;
    comparison c = {.f = f};
    size_t first, windows = ur_forecast_windows(f, part, &first);
    if (!windows) windows = ur_forecast_windows(f, part = UR_PART_TRAIN, &first);
    size_t all = windows * f->channels, every = all / COMPARED + 1;
    ur_status status = ur_forecast_view_make(f, &c.view, error);
    for (size_t i = 0; status == UR_OK && i < all; i += every) add_errors(&c, first + i / f->channels, i % f->channels);
    if (status == UR_OK) choose_base(&c);
    ur_forecast_view_free(&c.view);
    return status;
}
