/* How the gates and states of each unit are used over a text. The statistics are updated as the text streams (section 2
 * of unroll_inspect.h). */
#include "inspect/probe.h"
#include "inspect/task_batches.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct ur_tally {
    double sum, squares, least, most;
    uint64_t open, shut;
} ur_tally;

/* The statistics of one signal of a layer. */
typedef struct ur_tally_row {
    size_t layer, signal, units;
    uint64_t steps; /* of all lanes together */
    ur_tally *unit;
} ur_tally_row;

struct ur_gate_table {
    ur_tally_row *rows;
    size_t count;
    real *values; /* values of one signal at one step */
};

void ur_gate_table_free(ur_gate_table *g)
{
    if (!g) return;
    for (size_t i = 0; i < g->count; i++) free(g->rows[i].unit);
    free(g->rows);
    free(g->values);
    free(g);
}

static ur_status add_row(ur_gate_table *g, const ur_model *m, size_t layer, size_t signal, ur_error *error)
{
    ur_tally_row row = {.layer = layer, .signal = signal};
    ur_probe_layer(m, layer, &row.units, NULL);
    ur_tally_row *rows = realloc(g->rows, (g->count + 1) * sizeof *rows);
    if (!rows) return ur_fail_memory(error, "the gates");
    g->rows = rows;
    row.unit = calloc(row.units, sizeof *row.unit);
    if (!row.unit) return ur_fail_memory(error, "the gates");
    for (size_t u = 0; u < row.units; u++) row.unit[u] = (ur_tally){.least = INFINITY, .most = -INFINITY};
    g->rows[g->count++] = row;
    return UR_OK;
}

static ur_status make_rows(ur_gate_table *g, const ur_model *m, ur_error *error)
{
    ur_signal signal;
    size_t widest = 1, units;
    if (!ur_probe_layers(m))
        return ur_fail(error, UR_ERR_USAGE, "\"%s\" has no recurrent layer, so it has no gates", ur_model_net(m));
    for (size_t layer = 0; ur_probe_layer(m, layer, &units, NULL); layer++) {
        if (units > widest) widest = units;
        for (size_t i = 0; ur_probe_signal(m, layer, i, &signal); i++) UR_TRY(add_row(g, m, layer, i, error));
    }
    g->values = calloc(widest, sizeof *g->values);
    return g->values ? UR_OK : ur_fail_memory(error, "the gates");
}

static void count(ur_tally *t, double x)
{
    t->sum += x;
    t->squares += x * x;
    if (x < t->least) t->least = x;
    if (x > t->most) t->most = x;
    t->open += x > 0.9;
    t->shut += x < 0.1;
}

static void count_step(ur_gate_table *g, const ur_probe *probe, const ur_tally_row *row, size_t step, size_t lane)
{
    ur_probe_read(probe, row->layer, row->signal, step, lane, g->values);
    for (size_t u = 0; u < row->units; u++) count(&row->unit[u], (double)g->values[u]);
}

static ur_status visit_run(void *context, ur_probe *probe, ur_error *error)
{
    ur_gate_table *g = context;
    (void)error;
    for (size_t i = 0; i < g->count; i++) {
        ur_tally_row *row = &g->rows[i];
        for (size_t lane = 0; lane < ur_probe_lanes(probe, row->layer); lane++) {
            size_t steps = ur_probe_steps(probe, row->layer, lane);
            for (size_t step = 0; step < steps; step++) count_step(g, probe, row, step, lane);
            row->steps += steps;
        }
    }
    return UR_OK;
}

static ur_status visit_passage(void *context, ur_probe *probe, const ur_passage *passage, ur_error *error)
{
    (void)passage;
    return visit_run(context, probe, error);
}

ur_status ur_gate_table_of_task(ur_gate_table **gates, const ur_model *model, const ur_settings *settings,
                                ur_error *error)
{
    ur_gate_table *g = *gates = calloc(1, sizeof *g);
    if (!g) return ur_fail_memory(error, "the gates");
    ur_status status = make_rows(g, model, error);
    if (status == UR_OK) status = ur_probe_task(model, settings, visit_run, g, error);
    if (status == UR_OK) return UR_OK;
    ur_gate_table_free(g);
    *gates = NULL;
    return status;
}

ur_status ur_gate_table_create(ur_gate_table **gates, const ur_model *model, const ur_reading *reading, ur_error *error)
{
    ur_gate_table *g = *gates = calloc(1, sizeof *g);
    if (!g) return ur_fail_memory(error, "the gates");
    ur_status status = make_rows(g, model, error);
    if (status == UR_OK) status = ur_probe_text(model, reading, visit_passage, g, error);
    if (status == UR_OK) return UR_OK;
    ur_gate_table_free(g);
    *gates = NULL;
    return status;
}

uint64_t ur_gate_table_steps(const ur_gate_table *g, size_t layer)
{
    size_t i = 0;
    while (i < g->count && g->rows[i].layer != layer) i++;
    return i < g->count ? g->rows[i].steps : 0;
}

bool ur_gate_table_unit(const ur_gate_table *g, size_t layer, size_t signal, size_t unit, ur_unit_use *use)
{
    for (size_t i = 0; i < g->count; i++) {
        const ur_tally_row *row = &g->rows[i];
        if (row->layer != layer || row->signal != signal || unit >= row->units) continue;
        const ur_tally *t = &row->unit[unit];
        double n = (double)row->steps, mean = t->sum / n, variance = t->squares / n - mean * mean;
        *use = (ur_unit_use){
            mean, sqrt(variance > 0 ? variance : 0), t->least, t->most, (double)t->open / n, (double)t->shut / n};
        return true;
    }
    return false;
}
