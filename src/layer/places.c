/*
 * places: turns a picture into a sequence of its places, row by row, so that a decoder can attend to them: (1, B, rows
 * x columns x channels) → (rows·columns, B, channels + 2). After the channels come the row and the column of the place,
 * each from −1 to 1, or 0 if the picture has only one. A filter sees only a small neighbourhood; these two numbers say
 * where it is (Liu et al., An intriguing failing of convolutional neural networks and the CoordConv solution, NeurIPS
 * 2018).
 */
#include "layer/kind.h"

#include <string.h>

enum { COORDINATES = 2 };

static ur_status resolve_places(ur_layer *l, const ur_layer_sizes *sizes, ur_error *error)
{
    UR_TRY(ur_resolve_picture(l, sizes, error));
    l->width = l->seen.channels + COORDINATES;
    return UR_OK;
}

size_t ur_steps_made(const ur_layer *l) { return l->spec.kind->makes_steps ? l->seen.rows * l->seen.columns : 0; }

/* Exact except for one rounding. */
static real coordinate(size_t at, size_t count)
{
    return count > 1 ? ((real)(2 * at) - (real)(count - 1)) / (real)(count - 1) : 0;
}

static void put_place(const ur_layer *l, size_t place, const real *x, real *y)
{
    size_t channels = l->seen.channels, padded = ur_padded(l->width);
    memcpy(y, x + place * channels, channels * sizeof *y);
    y[channels] = coordinate(place / l->seen.columns, l->seen.rows);
    y[channels + 1] = coordinate(place % l->seen.columns, l->seen.columns);
    memset(y + l->width, 0, (padded - l->width) * sizeof *y);
}

typedef struct ur_places_trace {
    ur_tensor *x, *y;
} ur_places_trace;

static void backward(ur_tape *tape, void *trace)
{
    const ur_places_trace *t = trace;
    size_t channels = t->y->width - COORDINATES, lanes = t->y->lanes;
    real *dx = t->y->gradient ? ur_gradient(tape, t->x) : NULL;
    for (size_t i = 0; dx && i < t->y->steps * lanes; i++)
        for (size_t k = 0; k < channels; k++)
            dx[i % lanes * t->x->row + i / lanes * channels + k] += t->y->gradient[i * t->y->row + k];
}

static ur_tensor *run_places(ur_running *r, const ur_layer *l, ur_tensor *x)
{
    ur_tensor *y = x ? ur_tensor_make(r->tape, ur_steps_made(l), x->lanes, l->width) : NULL;
    if (!y) return NULL;
    for (size_t i = 0; i < y->steps * y->lanes; i++)
        put_place(l, i / y->lanes, x->value + i % y->lanes * x->row, y->value + i * y->row);
    ur_places_trace *trace = ur_tape_record(r->tape, backward, sizeof *trace);
    if (trace) *trace = (ur_places_trace){x, y};
    return y;
}

const ur_layer_kind ur_layer_places = {
    .word = "places", .in_time = true, .makes_steps = true, .sees = true, .resolve = resolve_places};
const ur_layer_run ur_layer_run_places = {.run = run_places};
