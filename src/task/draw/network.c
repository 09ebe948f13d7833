/* The lines of the network: their sizes, and how they are written. */
#include "task/draw/draw.h"
#include "task/line_plan.h"

/* The plan of the lines, with the sizes that data and settings fix. */
static ur_line_plan plan_of(const ur_draw_net *n)
{
    const size_t pixels = n->rows * n->columns, side = n->read_size;
    return (ur_line_plan){
        .task = "draw",
        .who = "DRAW has",
        .count = UR_DRAW_LINES,
        .line = {[UR_DRAW_CANVAS] = {.name = "canvas", .sizes = {.features = 1, .outputs = pixels}},
                 [UR_DRAW_LOOK] = {.name = "look", .left_out = !side, .sizes = {.outputs = UR_GRID_NUMBERS}},
                 [UR_DRAW_READER] = {.name = "reader",
                                     .sizes = {.rows = side ? side : n->rows,
                                               .columns = side ? side : n->columns,
                                               .channels = 2}},
                 [UR_DRAW_ENCODER] = {.name = "encoder", .sizes = {.outputs = 2 * n->latent}},
                 [UR_DRAW_DECODER] = {.name = "decoder", .sizes = {.features = n->latent}},
                 [UR_DRAW_PLACE] = {.name = "place", .left_out = !n->write_size, .sizes = {.outputs = UR_GRID_NUMBERS}},
                 [UR_DRAW_WRITE] = {.name = "write",
                                    .sizes = {.outputs = n->write_size ? n->write_size * n->write_size : pixels}}}};
}

static ur_status write_network(const ur_draw_net *n, const ur_run_settings *run, char *line, ur_error *error)
{
    ur_net_writing w = ur_net_begin(line);
    ur_net_cells cells = {.cell = run->cell, .layers = run->layers};
    UR_TRY(ur_run_width(run, &cells.width, error));
    ur_net_put_line(&w, "decoder");
    ur_net_put_cells(&w, &cells);
    ur_net_put_line(&w, "reader");
    ur_net_put(&w, "dense %zu relu", cells.width);
    ur_net_put_line(&w, "encoder");
    ur_net_put(&w, "join reader > join decoder");
    ur_net_put_cells(&w, &cells);
    ur_net_put(&w, "dense");
    if (n->read_size) ur_net_put_line(&w, "look"), ur_net_put(&w, "join decoder > dense");
    if (n->write_size) ur_net_put_line(&w, "place"), ur_net_put(&w, "join decoder > dense");
    ur_net_put_line(&w, "write");
    ur_net_put(&w, "join decoder > dense");
    ur_net_put_line(&w, "canvas");
    ur_net_put(&w, "dense nobias");
    return ur_net_end(&w, error);
}

/* The reader takes a picture of two channels. */
static ur_status check_seen(const ur_draw_net *n, ur_error *error)
{
    enum { SEEN_MOST = UR_PICTURE_MAX / 2 };
    size_t rows = n->read_size ? n->read_size : n->rows, columns = n->read_size ? n->read_size : n->columns;
    if (rows * columns <= SEEN_MOST) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE,
                   "%zu x %zu places are too many to be read at once: at most %d; `read-size` 5, say, reads fewer",
                   rows, columns, SEEN_MOST);
}

ur_status ur_draw_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    const ur_draw_net *n = &((const ur_draw *)data)->net;
    const ur_line_plan plan = plan_of(n);
    UR_TRY(check_seen(n, error));
    if (!*request->line) UR_TRY(write_network(n, &settings->run, request->line, error));
    return ur_plan_sizes(&plan, request, error);
}

ur_status ur_draw_find_lines(ur_draw_net *n, const ur_model *m, ur_error *error)
{
    const ur_line_plan plan = plan_of(n);
    return ur_plan_find(&plan, m, n->line, error);
}
