/* The lines of the network: written, found, and measured. */
#include "task/draw/draw.h"

#include "net/line.h"

#include <stdio.h>
#include <string.h>

static const char *const NAMES[UR_DRAW_LINES] = {"canvas", "look", "reader", "encoder", "decoder", "place", "write"};

static bool is_needed(const ur_draw_net *n, ur_draw_line which)
{
    return (which != UR_DRAW_LOOK || n->read_size) && (which != UR_DRAW_PLACE || n->write_size);
}

/* Numbers that a stroke adds to the canvas, as the line `write` gives them. */
static size_t written(const ur_draw_net *n)
{
    return n->write_size ? n->write_size * n->write_size : n->rows * n->columns;
}

/* What the data fix of a line. */
static ur_sizes sizes_of(const ur_draw_net *n, ur_draw_line which)
{
    switch (which) {
    case UR_DRAW_CANVAS:
        return (ur_sizes){.features = 1, .outputs = n->rows * n->columns};
    case UR_DRAW_READER:
        return (ur_sizes){.rows = n->read_size ? n->read_size : n->rows,
                          .columns = n->read_size ? n->read_size : n->columns,
                          .channels = 2};
    case UR_DRAW_ENCODER:
        return (ur_sizes){.outputs = 2 * n->latent};
    case UR_DRAW_DECODER:
        return (ur_sizes){.features = n->latent};
    case UR_DRAW_WRITE:
        return (ur_sizes){.outputs = written(n)};
    case UR_DRAW_LOOK:
    case UR_DRAW_PLACE:
    case UR_DRAW_LINES:
        break;
    }
    return (ur_sizes){.outputs = UR_GRID_NUMBERS};
}

/* ---- Written ------------------------------------------------------------------------------------------------------ */

/* CELL H xL */
static void write_cell(const ur_run_settings *run, char *text, size_t size)
{
    char many[32] = "";
    if (run->layers > 1) snprintf(many, sizeof many, " x%zu", run->layers);
    snprintf(text, size, "%s %.12s%s", run->cell, run->hidden, many);
}

static ur_status write_network(const ur_draw_net *n, const ur_run_settings *run, char *line, size_t size,
                               ur_error *error)
{
    char cell[96];
    if (strchr(run->hidden, ','))
        return ur_fail(error, UR_ERR_USAGE, "`hidden` %s: give one width, or the whole network as `net`", run->hidden);
    write_cell(run, cell, sizeof cell);
    snprintf(line, size,
             "decoder: %s; reader: dense %.12s relu; encoder: join reader > join decoder > %s > dense; %s%s"
             "write: join decoder > dense; canvas: dense nobias",
             cell, run->hidden, cell, n->read_size ? "look: join decoder > dense; " : "",
             n->write_size ? "place: join decoder > dense; " : "");
    return UR_OK;
}

static ur_draw_line find_name(const char *name)
{
    ur_draw_line which = UR_DRAW_CANVAS;
    while (which < UR_DRAW_LINES && strcmp(name, NAMES[which]) != 0) which++;
    return which;
}

/* Each line by its name, whatever their order. */
static ur_status put_sizes(const ur_draw_net *n, ur_net_request *request, ur_error *error)
{
    ur_net_spec spec;
    UR_TRY(ur_net_parse(request->line, &spec, error));
    request->sizes.lines = request->lines;
    for (size_t i = 0; i < spec.line_count; i++) {
        ur_draw_line which = find_name(spec.lines[i].name);
        if (which == UR_DRAW_LINES || !is_needed(n, which))
            return ur_fail(error, UR_ERR_USAGE,
                           "network line \"%.200s\": DRAW has no use for a line \"%s\" (unroll help train draw)",
                           request->line, spec.lines[i].name);
        request->lines[i] = sizes_of(n, which);
    }
    return UR_OK;
}

ur_status ur_draw_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    const ur_draw_net *n = &((const ur_draw *)data)->net;
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
    return ur_fail(error, UR_ERR_USAGE, "network line \"%.200s\": its line \"%s\" %s (unroll help train draw)", m->net,
                   name, wants);
}

static ur_status find_line(ur_draw_net *n, const ur_model *m, ur_draw_line which, ur_error *error)
{
    size_t i = 0;
    while (i < m->line_count && strcmp(m->spec.lines[i].name, NAMES[which]) != 0) i++;
    if (i == m->line_count) return refuse(m, NAMES[which], "is missing", error);
    n->line[which] = i;
    return UR_OK;
}

/* Inputs and outputs of a line; 0: any. */
static ur_status check_line(const ur_draw_net *n, const ur_model *m, ur_draw_line which, ur_error *error)
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

ur_status ur_draw_find_lines(ur_draw_net *n, const ur_model *m, ur_error *error)
{
    for (ur_draw_line which = UR_DRAW_CANVAS; which < UR_DRAW_LINES; which++) {
        if (!is_needed(n, which)) continue;
        UR_TRY(find_line(n, m, which, error));
        UR_TRY(check_line(n, m, which, error));
    }
    return UR_OK;
}
