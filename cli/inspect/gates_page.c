/* The page of `unroll inspect gates`. */
#include "cli/inspect/gates.h"

#include "cli/report/chart.h"
#include "cli/report/page.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>

enum { GATES_MOST = 8 };

/* Makes a series of dots, one per neuron: x is the share of open steps, y that of shut ones. The caller frees
 * series->x. */
static ur_status dots(const ur_gate_table *gates, size_t layer, size_t signal, const char *name, size_t units,
                      ur_cli_series *series, ur_error *error)
{
    ur_unit_use use;
    double *x = calloc(2 * units + 1, sizeof *x), *y = x ? x + units : NULL;
    if (!x) return ur_fail_memory(error, "the page");
    for (size_t u = 0; ur_gate_table_unit(gates, layer, signal, u, &use); u++) {
        x[u] = use.open;
        y[u] = use.shut;
    }
    *series = (ur_cli_series){.name = name, .x = x, .y = y, .count = units, .points = true};
    return UR_OK;
}

static ur_status add_layer(ur_cli_page *page, const ur_model *model, const ur_gate_table *gates, size_t layer,
                           ur_error *error)
{
    ur_cli_series series[GATES_MOST];
    ur_signal signal;
    size_t units = 0, count = 0;
    char title[UR_CLI_GATE_TITLE];
    ur_probe_layer(model, layer, &units, NULL);
    ur_status status = UR_OK;
    for (size_t i = 0; ur_probe_signal(model, layer, i, &signal) && count < GATES_MOST && status == UR_OK; i++)
        if (signal.kind == UR_SIGNAL_GATE) {
            status = dots(gates, layer, i, signal.name, units, &series[count], error);
            if (status == UR_OK) count++;
        }
    ur_cli_gate_title(model, layer, title, sizeof title);
    title[0] = 'L';
    ur_cli_page_heading(page, title);
    ur_cli_chart chart = {.x_label = "share of steps in which the gate is open (above 0.9)",
                          .y_label = "shut (below 0.1)",
                          .series = series,
                          .count = count,
                          .y_most = 1};
    if (status == UR_OK && count) ur_cli_chart_svg(page->out, &chart);
    if (status == UR_OK && !count) ur_cli_page_note(page, "This cell has no gates: it can neither keep nor forget.");
    for (size_t i = 0; i < count; i++) free((void *)(uintptr_t)series[i].x);
    return status;
}

ur_status ur_cli_gates_page(const ur_model *model, const ur_gate_table *gates, const char *path, bool overwrite,
                            ur_error *error)
{
    ur_cli_page page;
    UR_TRY(ur_cli_page_begin(&page, "Gates", error));
    ur_cli_page_note(&page,
                     "%s, %llu steps. A dot is a gate of one neuron. At the right it is always open, at the top always "
                     "shut. Near the lower left corner it changes from step to step.",
                     ur_model_net(model), (unsigned long long)ur_gate_table_steps(gates, ur_probe_layers(model) - 1));
    ur_status status = UR_OK;
    for (size_t layer = 0; layer < ur_probe_layers(model) && status == UR_OK; layer++)
        status = add_layer(&page, model, gates, layer, error);
    if (status == UR_OK) return ur_cli_page_save(&page, path, overwrite, error);
    ur_cli_page_drop(&page);
    return status;
}
