/*
 * Is a cell used? Compares the loss on the sample while the cell's states are held at their means with the loss while
 * they are not. The means are those of the sample.
 */
#include "inspect/cells.h"

#include "base/error.h"
#include "kernel/scalar.h"

#include <math.h>

struct ur_cell_holding {
    ur_cells *cells;
    const ur_cell_runs *runs;
    double sum[UR_PREDICATES_MOST + 1][UR_STATES_MAX]; /* sums of the watched units' states, over the places that
                                                        * count */
    double seen[UR_PREDICATES_MOST + 1];               /* sums of the values that are shown for them */
};

/* Whether predicate p is a number. The unit that the user follows has no predicate. */
static bool is_number(const ur_cells *c, size_t p) { return p < c->predicates && c->predicate[p].number; }

void ur_cells_watch(ur_cell_holding *h, const ur_window *w, size_t p, size_t at, size_t t, size_t b)
{
    ur_cells *c = h->cells;
    size_t states = w->layer->cell->states, place = (t + 1) * w->lanes + b;
    size_t number = place * ur_padded(w->layer->units) + c->watch[p].unit;
    double last = (double)w->state[states - 1][number];
    double value = states > 1 && !is_number(c, p) ? ur_tanh(last) : last;
    c->values[p * c->steps * c->lanes + at] = (float)value;
    if (at / c->lanes < c->warm) return;
    h->seen[p] += value;
    for (size_t s = 0; s < states; s++) h->sum[p][s] += (double)w->state[s][number];
}

/* The score of an earlier predicate with the same unit, whose result can be reused, or NULL. */
static const ur_cell_score *answered(const ur_cells *c, size_t p)
{
    for (size_t i = 0; i < p; i++)
        if (c->watched[i] && c->watch[i].layer == c->watch[p].layer && c->watch[i].unit == c->watch[p].unit)
            return &c->score[i];
    return NULL;
}

static ur_status hold(ur_cell_holding *h, size_t p, double places, ur_error *error)
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
    UR_TRY(h->runs->hold(h->runs->context, c->watch[p], means, error));
    UR_TRY(h->runs->run(h->runs->context, NULL, &loss, error));
    c->score[p].rise = loss - c->loss;
    return UR_OK;
}

/* Scales the values of a number, which may go far beyond ±1, so that twice their deviation is shown as 1. */
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

ur_status ur_cells_hold(ur_cells *c, const ur_cell_runs *runs, ur_error *error)
{
    ur_cell_holding h = {.cells = c, .runs = runs};
    double places = (double)((c->steps - c->warm) * c->lanes);
    UR_TRY(runs->run(runs->context, &h, &c->loss, error));
    for (size_t p = 0; p < c->predicates; p++) {
        if (c->watched[p] && c->predicate[p].number) scale(c, p);
        if (c->watched[p]) UR_TRY(hold(&h, p, places, error));
    }
    return UR_OK;
}
