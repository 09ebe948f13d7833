/* The strokes of a painting: runs the lines of the network one after another; see draw.h. */
#include "task/draw/draw.h"

#include "layer/latent.h"
#include "tape/operations.h"

#include <string.h>

/* Runs a line for one stroke, on x or on the lines that it joins. */
static ur_tensor *step(ur_painting *p, ur_draw_line which, size_t t, ur_tensor *x)
{
    size_t line = p->net->line[which];
    const ur_line_call call = {
        .x = x, .kept = which == UR_DRAW_READER ? p->kept : NULL, .states = t ? &p->values[line].states : NULL};
    bool done = ur_line_step(p->model, p->tape, line, &call, p->values);
    return done ? p->values[line].y : NULL;
}

static ur_tensor *make_constant(ur_painting *p, size_t width, real value)
{
    ur_tensor *x = ur_tensor_make(p->tape, 1, p->lanes, width);
    if (!x) return NULL;
    x->wanted = false;
    memset(x->value, 0, ur_tensor_size(x) * sizeof(real));
    for (size_t b = 0; b < p->lanes; b++)
        for (size_t i = 0; i < width; i++) x->value[b * x->row + i] = value;
    return x;
}

bool ur_painting_begin(ur_painting *p)
{
    size_t decoder = p->net->line[UR_DRAW_DECODER];
    p->values[decoder] =
        (ur_value){.y = make_constant(p, p->model->lines[decoder].width, 0), .shape = {.steps = 1, .lanes = p->lanes}};
    p->canvas = step(p, UR_DRAW_CANVAS, 0, make_constant(p, 1, 1));
    return p->canvas != NULL;
}

/* Computes the reader's product with the picture once, if the reader begins with a dense layer that sees the whole
 * picture. */
static bool keep_picture(ur_painting *p, ur_tensor *picture)
{
    const ur_layer *first = &p->model->layers[p->model->lines[p->net->line[UR_DRAW_READER]].first];
    if (p->net->read_size || !ur_is_dense(first) || first->dense.weights != UR_WEIGHTS_F32) return true;
    p->kept = ur_dense_keep(p->tape, &first->dense, picture);
    return p->kept != NULL;
}

/* The reader's input: the picture and what the canvas lacks; only what it lacks, if the product with the picture is
 * kept; or what the grid sees of both. */
static ur_tensor *look(ur_painting *p, size_t t, ur_tensor *picture)
{
    const ur_draw_net *n = p->net;
    const ur_grid grid = {n->rows, n->columns, 2, n->read_size};
    if (t == 0 && !keep_picture(p, picture)) return NULL;
    ur_tensor *seen = ur_draw_compare(p->tape, picture, p->canvas, !p->kept);
    return n->read_size ? ur_grid_read(p->tape, &grid, step(p, UR_DRAW_LOOK, t, NULL), seen) : seen;
}

static ur_tensor *encode(ur_painting *p, size_t t, ur_tensor *picture, const real *noise, double scale, double *kl)
{
    ur_tensor *seen = step(p, UR_DRAW_READER, t, look(p, t, picture));
    ur_tensor *said = seen ? step(p, UR_DRAW_ENCODER, t, NULL) : NULL;
    if (!said || ur_latent_kl(p->tape, said, scale, kl) != UR_OK) return NULL;
    return ur_latent_draw(p->tape, said, noise);
}

static ur_tensor *paint(ur_painting *p, size_t t)
{
    const ur_draw_net *n = p->net;
    const ur_grid grid = {n->rows, n->columns, 1, n->write_size};
    ur_tensor *patch = step(p, UR_DRAW_WRITE, t, NULL);
    return n->write_size && patch ? ur_grid_write(p->tape, &grid, step(p, UR_DRAW_PLACE, t, NULL), patch) : patch;
}

bool ur_painting_stroke(ur_painting *p, size_t t, ur_tensor *picture, const real *noise, double scale, double *kl)
{
    ur_tensor *z = picture ? encode(p, t, picture, noise, scale, kl)
                           : ur_tensor_from(p->tape, noise, 1, p->lanes, p->net->latent, false);
    if (!z || !step(p, UR_DRAW_DECODER, t, z)) return false;
    p->canvas = p->values[p->net->line[UR_DRAW_CANVAS]].y = ur_add(p->tape, p->canvas, paint(p, t));
    return p->canvas != NULL;
}
