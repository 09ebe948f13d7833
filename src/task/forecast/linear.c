/*
 * The linear forecast, closed-form: with x and y relative to the last value of the context, W = R (G + λI)⁻¹ where G = Σ x xᵀ
 * and R = Σ y xᵀ over all windows and channels of the training part. Solved by Cholesky's decomposition.
 */
#include "task/forecast/forecast.h"

#include <math.h>
#include <stdlib.h>

enum { WORK = 1 << 30, PENALTY = 64, COMPARED = 2048 }; /* multiplications at most; λ is a 64th of the windows */

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

/* A window in which a target is missing does not count. */
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

/* Where there are many windows every so many-th is taken. */
static void add_windows(fit *s)
{
    const ur_forecast *f = s->f;
    size_t first, windows = ur_forecast_windows(f, UR_PART_TRAIN, &first), all = windows * f->channels;
    size_t each = f->settings.context * (f->settings.context + f->settings.horizon), most = WORK / each + 1;
    size_t every = all > most ? all / most + 1 : 1;
    for (size_t i = 0; i < all; i += every) add_window(s, first + i / f->channels, i % f->channels);
}

/* G + λI = L Lᵀ, in place; then both triangles are solved for each column of `right`. */
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

/* ---- Beside the others -------------------------------------------------------------------------------------------- */

static const ur_base BASELINES[UR_BASELINES] = {UR_BASE_LAST, UR_BASE_SEASONAL, UR_BASE_LINEAR};

static void add_errors(ur_forecast *f, ur_forecast_view *v, size_t row, size_t channel, size_t *count)
{
    ur_forecast_look(f, row, channel, v);
    for (size_t i = 0; i < UR_BASELINES; i++) {
        ur_forecast_base(f, BASELINES[i], v, v->base);
        for (size_t h = 0; h < f->settings.horizon; h++) {
            double off = v->base[h] - ur_forecast_value(f, row + h, channel);
            if (isnan(off)) continue;
            f->baseline_mse[i] += off * off;
            *count += i == 0;
        }
    }
}

static void choose_base(ur_forecast *f)
{
    size_t best = 0;
    for (size_t i = 1; i < UR_BASELINES; i++)
        if (f->baseline_mse[i] < f->baseline_mse[best]) best = i;
    f->base = f->settings.base ? ur_forecast_base_find(f->settings.base) : BASELINES[best];
}

ur_status ur_forecast_compare(ur_forecast *f, ur_error *error)
{
    ur_part part = UR_PART_VALIDATION;
    ur_forecast_view view;
    size_t first, windows = ur_forecast_windows(f, part, &first), count = 0;
    if (!windows) windows = ur_forecast_windows(f, part = UR_PART_TRAIN, &first);
    size_t all = windows * f->channels, every = all / COMPARED + 1;
    ur_status status = ur_forecast_view_make(f, &view, error);
    for (size_t i = 0; status == UR_OK && i < all; i += every)
        add_errors(f, &view, first + i / f->channels, i % f->channels, &count);
    for (size_t i = 0; i < UR_BASELINES; i++) f->baseline_mse[i] /= (double)(count ? count : 1);
    if (status == UR_OK) choose_base(f);
    ur_forecast_view_free(&view);
    return status;
}
