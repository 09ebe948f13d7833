/*
 * Is a cell used? The loss on the sample with the cell's states held at their means, against the loss without. The means
 * are those of the sample.
 */
#include "inspect/cells.h"

#include "base/error.h"
#include "kernel/scalar.h"

#include <math.h>
#include <stdlib.h>

typedef struct ur_holding {
    ur_cells *cells;
    ur_probe *probe;
    size_t most;                                       /* predicates, and the unit that is followed */
    double sum[UR_PREDICATES_MOST + 1][UR_STATES_MAX]; /* of the watched units' states, where it counts */
    double seen[UR_PREDICATES_MOST + 1];               /* of what is shown of them */
    bool watch;                                        /* in this run */
} ur_holding;

/* State s (0: h) of a unit at place m of the last run. */
static double state_of(const ur_probe *probe, ur_cell_place place, size_t s, size_t m)
{
    const ur_window *w = &probe->probing.windows[place.layer];
    return (double)w->state[s][(w->lanes + m) * ur_padded(w->layer->units) + place.unit];
}

static size_t states_of(const ur_probe *probe, ur_cell_place place)
{
    return probe->probing.windows[place.layer].layer->cell->states;
}

/* The unit that is followed belongs to no predicate. */
static bool is_number(const ur_cells *c, size_t p) { return p < c->predicates && c->predicate[p].number; }

static void watch(ur_holding *h, size_t p, size_t first, size_t m)
{
    ur_cells *c = h->cells;
    size_t states = states_of(h->probe, c->watch[p]);
    double last = state_of(h->probe, c->watch[p], states - 1, m);
    double value = states > 1 && !is_number(c, p) ? ur_tanh(last) : last;
    c->values[p * c->steps * c->lanes + first * c->lanes + m] = (float)value;
    if (first + m / c->lanes < c->warm) return;
    h->seen[p] += value;
    for (size_t s = 0; s < states; s++) h->sum[p][s] += state_of(h->probe, c->watch[p], s, m);
}

static ur_status run_window(ur_holding *h, size_t first, size_t steps, double *sum, size_t *count, ur_error *error)
{
    ur_cells *c = h->cells;
    size_t at = first * c->lanes;
    ur_batch batch = {.input = {{.steps = steps, .lanes = c->lanes, .ids = c->ids + at}}, .carry = first > 0};
    UR_TRY(ur_probe_run(h->probe, &batch, error));
    for (size_t p = 0; h->watch && p < h->most; p++)
        for (size_t m = 0; c->watched[p] && m < steps * c->lanes; m++) watch(h, p, first, m);
    for (size_t m = 0; m < steps * c->lanes; m++) {
        size_t step = m / c->lanes;
        if (first + step < c->warm || c->next[at + m] < 0) continue;
        *sum -= ur_probe_log_probability(h->probe, step, m % c->lanes, c->next[at + m]);
        ++*count;
    }
    return UR_OK;
}

static ur_status run(ur_holding *h, double *loss, ur_error *error)
{
    double sum = 0;
    size_t count = 0;
    for (size_t first = 0; first < h->cells->steps; first += UR_SAMPLE_WINDOW) {
        size_t left = h->cells->steps - first, steps = left < UR_SAMPLE_WINDOW ? left : UR_SAMPLE_WINDOW;
        UR_TRY(run_window(h, first, steps, &sum, &count, error));
    }
    *loss = count ? sum / (double)count : NAN;
    return UR_OK;
}

/* An earlier predicate has the same unit: then the answer is there. */
static const ur_cell_score *answered(const ur_cells *c, size_t p)
{
    for (size_t i = 0; i < p; i++)
        if (c->watched[i] && c->watch[i].layer == c->watch[p].layer && c->watch[i].unit == c->watch[p].unit)
            return &c->score[i];
    return NULL;
}

static ur_status hold(ur_holding *h, size_t p, double places, ur_error *error)
{
    ur_cells *c = h->cells;
    const ur_cell_score *same = answered(c, p);
    c->score[p].mean = h->seen[p] / places;
    if (same) {
        c->score[p].rise = same->rise;
        return UR_OK;
    }
    ur_real means[UR_STATES_MAX];
    for (size_t s = 0; s < UR_STATES_MAX; s++) means[s] = (ur_real)(h->sum[p][s] / places);
    double loss = 0;
    UR_TRY(ur_probe_hold(h->probe, c->watch[p].layer, c->watch[p].unit, means, error));
    UR_TRY(run(h, &loss, error));
    c->score[p].rise = loss - c->loss;
    return UR_OK;
}

/* A counter goes far beyond ±1: twice its deviation is shown as 1. */
static void scale(ur_cells *c, size_t p)
{
    float *value = c->values + p * c->steps * c->lanes;
    double sum = 0, squares = 0, places = (double)((c->steps - c->warm) * c->lanes);
    for (size_t i = c->warm * c->lanes; i < c->steps * c->lanes; i++) {
        sum += (double)value[i];
        squares += (double)value[i] * (double)value[i];
    }
    double mean = sum / places, deviation = sqrt(fmax(squares / places - mean * mean, 0));
    for (size_t i = 0; i < c->steps * c->lanes; i++) {
        double x = deviation > 0 ? ((double)value[i] - mean) / (2 * deviation) : 0;
        value[i] = (float)fmin(fmax(x, -1), 1);
    }
}

static ur_status hold_all(ur_holding *h, ur_error *error)
{
    ur_cells *c = h->cells;
    double places = (double)((c->steps - c->warm) * c->lanes);
    h->watch = true;
    UR_TRY(run(h, &c->loss, error));
    h->watch = false;
    for (size_t p = 0; p < c->predicates; p++) {
        if (c->watched[p] && c->predicate[p].number) scale(c, p);
        if (c->watched[p]) UR_TRY(hold(h, p, places, error));
    }
    return UR_OK;
}

ur_status ur_cells_hold(ur_cells *cells, const ur_model *model, size_t threads, ur_error *error)
{
    ur_holding h = {.cells = cells, .most = cells->predicates + 1};
    cells->model = model;
    UR_TRY(ur_probe_create(&h.probe, model, threads, error));
    ur_status status = hold_all(&h, error);
    ur_probe_free(h.probe);
    return status;
}
