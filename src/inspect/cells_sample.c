/* Runs the sample of a text again. */
#include "inspect/cells.h"

#include "base/error.h"

#include <math.h>

typedef struct ur_sample_run {
    ur_cells *cells;
    ur_probe *probe;
    ur_cell_holding *watching; /* takes each place, or NULL */
    double sum;                /* sum of −log p, and the number of its terms: */
    size_t count;
} ur_sample_run;

static void watch_window(const ur_sample_run *r, size_t first, size_t steps)
{
    const ur_cells *c = r->cells;
    for (size_t p = 0; p <= c->predicates; p++)
        for (size_t m = 0; c->watched[p] && m < steps * c->lanes; m++)
            ur_cells_watch(r->watching, &r->probe->probing.windows[c->watch[p].layer], p, first * c->lanes + m,
                           m / c->lanes, m % c->lanes);
}

static ur_status run_window(ur_sample_run *r, size_t first, size_t steps, ur_error *error)
{
    const ur_cells *c = r->cells;
    size_t at = first * c->lanes;
    ur_batch batch = {.input = {{.steps = steps, .lanes = c->lanes, .ids = c->ids + at}}, .carry = first > 0};
    UR_TRY(ur_probe_run(r->probe, &batch, error));
    if (r->watching) watch_window(r, first, steps);
    for (size_t m = 0; m < steps * c->lanes; m++) {
        size_t step = m / c->lanes;
        if (first + step < c->warm || c->next[at + m] < 0) continue;
        r->sum -= ur_probe_log_probability(r->probe, step, m % c->lanes, c->next[at + m]);
        r->count++;
    }
    return UR_OK;
}

static ur_status run(void *context, ur_cell_holding *watching, double *loss, ur_error *error)
{
    ur_sample_run *r = context;
    size_t all = r->cells->steps;
    r->watching = watching;
    r->sum = 0;
    r->count = 0;
    for (size_t first = 0; first < all; first += UR_SAMPLE_WINDOW)
        UR_TRY(run_window(r, first, all - first < UR_SAMPLE_WINDOW ? all - first : UR_SAMPLE_WINDOW, error));
    *loss = r->count ? r->sum / (double)r->count : NAN;
    return UR_OK;
}

static ur_status hold(void *context, ur_cell_place place, const ur_real *means, ur_error *error)
{
    return ur_probe_hold(((ur_sample_run *)context)->probe, place.layer, place.unit, means, error);
}

ur_status ur_cells_hold_text(ur_cells *cells, const ur_model *model, size_t threads, ur_error *error)
{
    ur_sample_run r = {.cells = cells};
    const ur_cell_runs runs = {&r, run, hold};
    UR_TRY(ur_probe_create(&r.probe, model, threads, error));
    ur_status status = ur_cells_hold(cells, &runs, error);
    ur_probe_free(r.probe);
    return status;
}
