/* The lines of the network: their sizes, and how they are written. */
#include "task/glimpse/glimpse.h"
#include "task/line_plan.h"

#include <string.h>

static ur_line_plan plan_of(const ur_glimpse_net *n)
{
    const size_t place = ur_glimpse_numbers(n);
    return (ur_line_plan){
        .task = "glimpse",
        .who = "glimpses have",
        .count = UR_GLIMPSE_LINES,
        .line = {[UR_GLIMPSE_SEEN] = {.name = "glimpse",
                                      .sizes = {.rows = n->size, .columns = n->size, .channels = n->scales}},
                 [UR_GLIMPSE_WHERE] = {.name = "where", .sizes = {.features = place}},
                 [UR_GLIMPSE_CORE] = {.name = "core"},
                 [UR_GLIMPSE_PLACE] = {.name = "place", .sizes = {.outputs = place}},
                 [UR_GLIMPSE_BASELINE] = {.name = "baseline", .left_out = n->soft, .sizes = {.outputs = 1}},
                 [UR_GLIMPSE_ANSWER] = {.name = "answer", .last = true, .sizes = {.outputs = n->labels}}}};
}

/* Writes the network. A plain rnn in the core has relu, so that it forgets nothing by itself. */
static ur_status write_network(const ur_glimpse_net *n, const ur_run_settings *run, char *line, ur_error *error)
{
    ur_net_writing w = ur_net_begin(line);
    ur_net_cells core = {.cell = run->cell, .layers = run->layers};
    UR_TRY(ur_run_width(run, &core.width, error));
    const size_t half = (core.width + 1) / 2;
    if (strcmp(run->cell, "rnn") == 0) core.more = "relu";
    ur_net_put_line(&w, "glimpse");
    ur_net_put(&w, "dense %zu relu", half);
    ur_net_put_line(&w, "where");
    ur_net_put(&w, "dense %zu relu", half);
    ur_net_put_line(&w, "core");
    ur_net_put(&w, "join glimpse > join where > dense %zu relu", core.width);
    ur_net_put_cells(&w, &core);
    ur_net_put_line(&w, "place");
    ur_net_put(&w, "join core > dense %zu relu > dense", half);
    if (!n->soft) ur_net_put_line(&w, "baseline"), ur_net_put(&w, "join core > dense");
    ur_net_put_line(&w, "answer");
    ur_net_put(&w, "join core > dense");
    return ur_net_end(&w, error);
}

ur_status ur_glimpse_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    const ur_glimpse_net *n = &((const ur_glimpse *)data)->net;
    const ur_line_plan plan = plan_of(n);
    if (!*request->line) UR_TRY(write_network(n, &settings->run, request->line, error));
    return ur_plan_sizes(&plan, request, error);
}

/* Where to look next is learnt by trial, so its gradient may not leave its own line (look.c). The line must take the
 * core's output by `join core` and read no other line. */
static ur_status check_apart(const ur_glimpse_net *n, const ur_model *m, ur_glimpse_line which, ur_error *error)
{
    const ur_line *line = &m->lines[n->line[which]];
    const ur_line_plan plan = plan_of(n);
    for (const ur_layer *l = &m->layers[line->first]; l; l = l->behind)
        if (l->named && !(l->spec.kind->joins && l->named_line == n->line[UR_GLIMPSE_CORE]))
            return ur_plan_refuse(&plan, m, which, "takes \"join core\" and nothing else of other lines", error);
    return UR_OK;
}

ur_status ur_glimpse_find_lines(ur_glimpse_net *n, const ur_model *m, ur_error *error)
{
    const ur_line_plan plan = plan_of(n);
    UR_TRY(ur_plan_find(&plan, m, n->line, error));
    if (n->soft) return UR_OK;
    UR_TRY(check_apart(n, m, UR_GLIMPSE_PLACE, error));
    return check_apart(n, m, UR_GLIMPSE_BASELINE, error);
}
