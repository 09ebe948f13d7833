/*
 * Convolution: y(r, c, n) = φ(b(n) + Σ x(r + h − (H − 1)/2, c + w − (W − 1)/2, k)·W(n, k, h, w)) over h, w and k in
 * this order, one chain. Outside the picture x is 0, so the picture keeps its size (LeCun et al. 1989).
 *
 * Backward: dx is the convolution of dy with the filter rotated by 180°. Each row of the filter gets its dW as the
 * product of dy with the places of the picture that the row covers: one chain for every 16 columns of a picture, down
 * its rows. The chains are added picture by picture.
 */
#include "layer/conv.h"

#include <string.h>

/* ---- forward ------------------------------------------------------------------------------------------------------ */

size_t ur_conv_room(const ur_conv *c)
{
    ur_slide s = ur_conv_forward_slide(c);
    return ur_padded(ur_slide_bordered(&s)) + ur_slide_strip(&s);
}

typedef struct ur_conv_job {
    const ur_slide *slide;
    const ur_kernels *kernels;
    const real *from; /* pictures of `given` channels, one every `from_row` numbers */
    real *to, *room;
    size_t from_row, given, to_row, to_width, room_row, count;
    bool add;
} ur_conv_job;

/* Pictures are shared out over threads. Each has its own scratch space. */
static void slide_pictures(void *context, size_t member, size_t members)
{
    const ur_conv_job *j = context;
    size_t i, end, bordered = ur_padded(ur_slide_bordered(j->slide));
    ur_pool_share(j->count, 1, member, members, &i, &end);
    for (; i < end; i++) {
        real *room = j->room + i * j->room_row, *to = j->to ? j->to + i * j->to_row : NULL;
        ur_slide_border(j->slide, j->from + i * j->from_row, j->given, room);
        if (!to) continue;
        ur_slide_over(j->slide, j->kernels, room, room + bordered, to, j->add);
        memset(to + j->to_width, 0, (j->to_row - j->to_width) * sizeof(real));
    }
}

/* Padding must stay zero, and σ(0) is not zero. */
static void activate(const ur_conv *c, const ur_compute *compute, real *y, size_t width, size_t rows)
{
    size_t row = ur_padded(width);
    if (c->activation == UR_LINEAR) return;
    compute->kernels->activate(c->activation, y, rows * row);
    for (size_t r = 0; c->activation == UR_SIGMOID && r < rows; r++)
        memset(y + r * row + width, 0, (row - width) * sizeof(real));
}

void ur_conv_forward(const ur_conv *c, const ur_compute *compute, const real *x, real *y, size_t count, real *room)
{
    ur_slide slide = ur_conv_forward_slide(c);
    size_t places = c->in.rows * c->in.columns;
    ur_conv_job job = {.slide = &slide,
                       .kernels = compute->kernels,
                       .from = x,
                       .to = y,
                       .room = room,
                       .from_row = ur_padded(places * c->in.channels),
                       .given = c->in.channels,
                       .to_row = ur_padded(places * c->outputs),
                       .to_width = places * c->outputs,
                       .room_row = ur_conv_room(c),
                       .count = count};
    ur_pool_run(compute->pool, slide_pictures, &job);
    activate(c, compute, y, places * c->outputs, count);
}

/* ---- backward ----------------------------------------------------------------------------------------------------- */

typedef struct ur_conv_trace {
    const ur_conv *conv;
    ur_tensor *x, *y;
    const real *room; /* the pictures with their borders */
} ur_conv_trace;

/* Copies dy with its borders into `room`. Computes dx too if x needs a gradient. */
static void input_gradient(ur_tape *tape, const ur_conv_trace *t, const ur_slide *back, real *room, size_t room_row)
{
    const ur_conv *c = t->conv;
    bool fresh = false;
    real *dx = ur_gradient_fresh(tape, t->x, &fresh);
    ur_conv_job job = {.slide = back,
                       .kernels = tape->compute->kernels,
                       .from = t->y->gradient,
                       .to = dx,
                       .room = room,
                       .from_row = t->y->row,
                       .given = c->outputs,
                       .to_row = t->x->row,
                       .to_width = t->x->width,
                       .room_row = room_row,
                       .count = t->x->steps * t->x->lanes,
                       .add = !fresh};
    ur_pool_run(tape->compute->pool, slide_pictures, &job);
}

/* The weight gradient by filter rows and blocks of 16 outputs: (H, N, W, C). It is added to dW afterwards. */
typedef struct ur_filter_job {
    const ur_conv *conv;
    const ur_compute *compute;
    ur_weight_gradient gradient; /* for the first picture and the first row of the filter */
    const ur_row_group *groups;
    real *scratch;
    size_t count, x_next, dy_next, group_count, scratch_size;
} ur_filter_job;

static void learn_filter_row(const ur_filter_job *j, size_t h, size_t group, size_t group_end, real *scratch)
{
    const ur_conv *c = j->conv;
    ur_weight_gradient g = j->gradient;
    g.x += h * (c->in.columns + c->wide - 1) * c->in.channels;
    g.dw += h * c->outputs * g.width;
    if (h > 0) g.db = NULL;
    for (size_t i = 0; i < j->count; i++, g.x += j->x_next, g.dy += j->dy_next)
        j->compute->train->weight_gradient(&g, group, group_end, scratch);
}

static void learn_filter(void *context, size_t member, size_t members)
{
    const ur_filter_job *j = context;
    size_t begin, end;
    ur_pool_share(j->conv->high * j->group_count, 1, member, members, &begin, &end);
    for (size_t at = begin, some; at < end; at += some) {
        size_t group = at % j->group_count, left = j->group_count - group;
        some = end - at < left ? end - at : left;
        learn_filter_row(j, at / j->group_count, group, group + some, j->scratch + member * j->scratch_size);
    }
}

/* Adds (H, N, W, C) to the gradient (N, C, H, W). */
static void add_filter(const ur_conv *c, const real *from)
{
    real *dw = c->weight->gradient;
    for (size_t h = 0; h < c->high; h++)
        for (size_t n = 0; n < c->outputs; n++)
            for (size_t w = 0; w < c->wide; w++)
                for (size_t k = 0; k < c->in.channels; k++)
                    dw[((n * c->in.channels + k) * c->high + h) * c->wide + w] += *from++;
}

static const ur_row_group *make_groups(ur_tape *tape, const ur_conv *c, size_t count)
{
    ur_row_group *groups = ur_tape_alloc(tape, count, sizeof *groups);
    for (size_t i = 0; groups && i < count; i++) {
        size_t rest = c->outputs - 16 * i;
        groups[i] = (ur_row_group){.column = 16 * i, .row = 16 * i, .count = rest < 16 ? rest : 16};
    }
    return groups;
}

/* dy is read with its border, from the place where a row runs through zeros into the next row. So its rows are as long
 * as those of the picture with its own border. */
static void weight_gradient(ur_tape *tape, const ur_conv_trace *t, const ur_slide *back, const real *room,
                            size_t room_row)
{
    const ur_conv *c = t->conv;
    size_t groups = ur_padded(c->outputs) / 16, width = c->wide * c->in.channels;
    size_t filter = c->high * c->outputs * width;
    ur_filter_job job = {.conv = c,
                         .compute = tape->compute,
                         .gradient = {.dy = room + back->above * ur_slide_row(back) + back->left * back->in.channels,
                                      .dy_row = back->in.channels,
                                      .x = t->room,
                                      .x_row = c->in.channels,
                                      .width = width,
                                      .steps = c->in.rows,
                                      .lanes = c->in.columns + c->wide - 1,
                                      .dw = ur_tape_alloc(tape, filter, sizeof(real)),
                                      .db = c->bias ? c->bias->gradient : NULL},
                         .groups = make_groups(tape, c, groups),
                         .count = t->x->steps * t->x->lanes,
                         .x_next = ur_conv_room(c),
                         .dy_next = room_row,
                         .group_count = groups,
                         .scratch_size = tape->compute->train->weight_gradient_scratch(width, groups)};
    job.gradient.groups = job.groups;
    job.scratch = ur_tape_alloc(tape, job.scratch_size * ur_pool_threads(tape->compute->pool), sizeof(real));
    if (!job.scratch || !job.groups || !job.gradient.dw) return;
    memset(job.gradient.dw, 0, filter * sizeof(real));
    ur_pool_run(tape->compute->pool, learn_filter, &job);
    add_filter(c, job.gradient.dw);
}

static void backward(ur_tape *tape, void *trace)
{
    const ur_conv_trace *t = trace;
    real *dy = t->y->gradient;
    ur_slide back = ur_conv_back_slide(t->conv);
    size_t room_row = ur_padded(ur_slide_bordered(&back)) + ur_slide_strip(&back);
    if (!dy) return;
    if (t->conv->activation != UR_LINEAR)
        tape->compute->train->activate_back(t->conv->activation, t->y->value, dy, dy, ur_tensor_size(t->y));
    real *room = ur_tape_alloc(tape, t->x->steps * t->x->lanes, room_row * sizeof(real));
    if (!room) return;
    input_gradient(tape, t, &back, room, room_row);
    weight_gradient(tape, t, &back, room, room_row);
}

ur_tensor *ur_conv_layer(ur_tape *tape, const ur_conv *c, ur_tensor *x)
{
    size_t count = x ? x->steps * x->lanes : 0;
    ur_tensor *y = x ? ur_tensor_make(tape, x->steps, x->lanes, c->in.rows * c->in.columns * c->outputs) : NULL;
    real *room = y ? ur_tape_alloc(tape, count, ur_conv_room(c) * sizeof(real)) : NULL;
    if (!room) return NULL;
    ur_conv_forward(c, tape->compute, x->value, y->value, count, room);
    ur_conv_trace *trace = ur_tape_record(tape, backward, sizeof *trace);
    if (trace) *trace = (ur_conv_trace){c, x, y, room};
    return y;
}
