/* The lines of the network: written, found, and measured. */
#include "net/line.h"
#include "task/glimpse/glimpse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const NAMES[UR_GLIMPSE_LINES] = {"glimpse", "where", "core", "place", "baseline", "answer"};

static bool is_needed(const ur_glimpse_net *n, ur_glimpse_line which)
{
    return which != UR_GLIMPSE_BASELINE || !n->soft;
}

/* What the data fix of a line; 0: nothing. */
static ur_sizes sizes_of(const ur_glimpse_net *n, ur_glimpse_line which)
{
    switch (which) {
    case UR_GLIMPSE_SEEN:
        return (ur_sizes){.rows = n->size, .columns = n->size, .channels = n->scales};
    case UR_GLIMPSE_WHERE:
        return (ur_sizes){.features = ur_glimpse_numbers(n)};
    case UR_GLIMPSE_PLACE:
        return (ur_sizes){.outputs = ur_glimpse_numbers(n)};
    case UR_GLIMPSE_BASELINE:
        return (ur_sizes){.outputs = 1};
    case UR_GLIMPSE_ANSWER:
        return (ur_sizes){.outputs = n->labels};
    case UR_GLIMPSE_CORE:
    case UR_GLIMPSE_LINES:
        break;
    }
    return (ur_sizes){0};
}

/* ---- Written ------------------------------------------------------------------------------------------------------ */

/* CELL H xL; a plain cell with relu, which forgets nothing by itself. */
static void write_cell(const ur_run_settings *run, char *text, size_t size)
{
    char many[32] = "";
    if (run->layers > 1) snprintf(many, sizeof many, " x%zu", run->layers);
    snprintf(text, size, "%s %.12s%s%s", run->cell, run->hidden, many, strcmp(run->cell, "rnn") == 0 ? " relu" : "");
}

static ur_status write_network(const ur_glimpse_net *n, const ur_run_settings *run, char *line, size_t size,
                               ur_error *error)
{
    char cell[96];
    const unsigned long long half = (strtoull(run->hidden, NULL, 10) + 1) / 2;
    if (strchr(run->hidden, ','))
        return ur_fail(error, UR_ERR_USAGE, "`hidden` %s: give one width, or the whole network as `net`", run->hidden);
    write_cell(run, cell, sizeof cell);
    snprintf(line, size,
             "glimpse: dense %llu relu; where: dense %llu relu; core: join glimpse > join where > dense %.12s relu > "
             "%s; place: join core > dense %llu relu > dense; %sanswer: join core > dense",
             half, half, run->hidden, cell, half, n->soft ? "" : "baseline: join core > dense; ");
    return UR_OK;
}

static ur_glimpse_line find_name(const char *name)
{
    ur_glimpse_line which = UR_GLIMPSE_SEEN;
    while (which < UR_GLIMPSE_LINES && strcmp(name, NAMES[which]) != 0) which++;
    return which;
}

/* Each line by its name, whatever their order. */
static ur_status put_sizes(const ur_glimpse_net *n, ur_net_request *request, ur_error *error)
{
    ur_net_spec spec;
    UR_TRY(ur_net_parse(request->line, &spec, error));
    request->sizes.lines = request->lines;
    for (size_t i = 0; i < spec.line_count; i++) {
        ur_glimpse_line which = find_name(spec.lines[i].name);
        if (which == UR_GLIMPSE_LINES || !is_needed(n, which))
            return ur_fail(
                error, UR_ERR_USAGE,
                "network line \"%.200s\": glimpses have no use for a line \"%s\" (unroll help train glimpse)",
                request->line, spec.lines[i].name);
        request->lines[i] = sizes_of(n, which);
    }
    return UR_OK;
}

ur_status ur_glimpse_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    const ur_glimpse_net *n = &((const ur_glimpse *)data)->net;
    const ur_run_settings *run = &settings->run;
    if (!run->net) UR_TRY(write_network(n, run, request->line, sizeof request->line, error));
    if (run->net && strlen(run->net) >= sizeof request->line)
        return ur_fail(error, UR_ERR_USAGE, "the network line is longer than %d bytes", UR_LINE_TEXT_MAX);
    if (run->net) memcpy(request->line, run->net, strlen(run->net) + 1);
    return put_sizes(n, request, error);
}

/* ---- Found -------------------------------------------------------------------------------------------------------- */

static ur_status refuse(const ur_model *m, const char *name, const char *wants, ur_error *error)
{
    return ur_fail(error, UR_ERR_USAGE, "network line \"%.300s\": its line \"%s\" %s (unroll help train glimpse)",
                   m->net, name, wants);
}

static ur_status find_line(ur_glimpse_net *n, const ur_model *m, ur_glimpse_line which, ur_error *error)
{
    size_t i = 0;
    while (i < m->line_count && strcmp(m->spec.lines[i].name, NAMES[which]) != 0) i++;
    if (i == m->line_count) return refuse(m, NAMES[which], "is missing", error);
    if (which == UR_GLIMPSE_ANSWER && i + 1 < m->line_count) return refuse(m, NAMES[which], "is the last one", error);
    n->line[which] = i;
    return UR_OK;
}

/* Inputs and outputs of a line; 0: any. */
static ur_status check_line(const ur_glimpse_net *n, const ur_model *m, ur_glimpse_line which, ur_error *error)
{
    const ur_line *line = &m->lines[n->line[which]];
    const ur_sizes sizes = sizes_of(n, which);
    size_t features = sizes.rows ? sizes.rows * sizes.columns * sizes.channels : sizes.features;
    char wants[96];
    if (line->features != features || line->symbols) {
        snprintf(wants, sizeof wants, features ? "takes %zu numbers" : "begins with \"join\"", features);
        return refuse(m, NAMES[which], wants, error);
    }
    snprintf(wants, sizeof wants, "gives %zu numbers", sizes.outputs);
    return sizes.outputs && line->width != sizes.outputs ? refuse(m, NAMES[which], wants, error) : UR_OK;
}

/* Where to look next is learnt by trial: no gradient of that may go anywhere but into its own line (look.c). */
static ur_status check_apart(const ur_glimpse_net *n, const ur_model *m, ur_glimpse_line which, ur_error *error)
{
    if (n->soft || (which != UR_GLIMPSE_PLACE && which != UR_GLIMPSE_BASELINE)) return UR_OK;
    const ur_line *line = &m->lines[n->line[which]];
    for (const ur_layer *l = &m->layers[line->first]; l; l = l->behind)
        if (l->named && !(l->spec.kind->joins && l->named_line == n->line[UR_GLIMPSE_CORE]))
            return refuse(m, NAMES[which], "takes \"join core\" and nothing else of other lines", error);
    return UR_OK;
}

ur_status ur_glimpse_find_lines(ur_glimpse_net *n, const ur_model *m, ur_error *error)
{
    for (ur_glimpse_line which = UR_GLIMPSE_SEEN; which < UR_GLIMPSE_LINES; which++) {
        if (!is_needed(n, which)) continue;
        UR_TRY(find_line(n, m, which, error));
        UR_TRY(check_line(n, m, which, error));
        UR_TRY(check_apart(n, m, which, error));
    }
    return UR_OK;
}
