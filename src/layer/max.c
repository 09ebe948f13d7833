/*
 * max: (T, B, W) → (1, B, W), the largest value of each number over the lane's own steps. The gradient goes to the
 * first step that has it. A NaN wins, so that it shows. The layer needs all steps at once, so it cannot be stepped.
 */
#include "layer/kind.h"

#include <string.h>

typedef struct ur_max_trace {
    ur_tensor *x, *y;
    const uint32_t *at; /* (B, row): the step that has the largest value */
} ur_max_trace;

static void backward(ur_tape *tape, void *trace)
{
    const ur_max_trace *m = trace;
    ur_tensor *x = m->x;
    real *dx = m->y->gradient ? ur_gradient(tape, x) : NULL;
    for (size_t b = 0; dx && b < x->lanes; b++)
        for (size_t i = 0; i < x->width; i++)
            dx[(m->at[b * x->row + i] * x->lanes + b) * x->row + i] += m->y->gradient[b * x->row + i];
}

/* Finds the largest values of lane b, and the step of each. */
static void find_largest(const ur_tensor *x, size_t b, size_t length, real *y, uint32_t *at)
{
    memcpy(y, x->value + b * x->row, x->row * sizeof *y);
    memset(at, 0, x->row * sizeof *at);
    for (uint32_t t = 1; t < length; t++) {
        const real *row = x->value + (t * x->lanes + b) * x->row;
        for (size_t i = 0; i < x->row; i++) {
            if (!(row[i] > y[i]) && !(isnan(row[i]) && !isnan(y[i]))) continue;
            y[i] = row[i];
            at[i] = t;
        }
    }
}

static ur_tensor *run_max(ur_running *r, const ur_layer *l, ur_tensor *x)
{
    (void)l;
    ur_tensor *y = x ? ur_tensor_make(r->tape, 1, x->lanes, x->width) : NULL;
    uint32_t *at = y ? ur_tape_alloc(r->tape, x->lanes * x->row, sizeof *at) : NULL;
    if (!at) return NULL;
    for (size_t b = 0; b < x->lanes; b++)
        find_largest(x, b, r->lengths ? (size_t)r->lengths[b] : x->steps, y->value + b * x->row, at + b * x->row);
    ur_max_trace *trace = ur_tape_record(r->tape, backward, sizeof *trace);
    if (trace) *trace = (ur_max_trace){x, y, at};
    return y;
}

const ur_layer_kind ur_layer_max = {
    .word = "max", .in_time = true, .ends_time = true, .resolve = ur_resolve_same_width};
const ur_layer_run ur_layer_run_max = {.run = run_max};
