/*
 * last: the row of each lane's last step. In columns that were computed from the end (bi), the last step is step 0.
 */
#include "layer/kind.h"

#include <string.h>

typedef struct ur_last_trace {
    const int32_t *lengths;
    ur_tensor *x, *y;
    size_t begin, end;
} ur_last_trace;

/* Where lane b's last row begins. */
static size_t last_row(const ur_tensor *x, const int32_t *lengths, size_t b)
{
    size_t t = (lengths ? (size_t)lengths[b] : x->steps) - 1;
    return (t * x->lanes + b) * x->row;
}

static void backward(ur_tape *tape, void *trace)
{
    const ur_last_trace *l = trace;
    real *dx = l->y->gradient ? ur_gradient(tape, l->x) : NULL;
    for (size_t b = 0; dx && b < l->x->lanes; b++) {
        const real *dy = l->y->gradient + b * l->y->row;
        real *last = dx + last_row(l->x, l->lengths, b), *first = dx + b * l->x->row;
        for (size_t i = 0; i < l->y->row; i++) *((i >= l->begin && i < l->end ? first : last) + i) += dy[i];
    }
}

ur_tensor *ur_last(ur_tape *tape, ur_tensor *x, const int32_t *lengths, size_t begin, size_t end)
{
    ur_tensor *y = x ? ur_tensor_make(tape, 1, x->lanes, x->width) : NULL;
    if (!y) return NULL;
    for (size_t b = 0; b < x->lanes; b++) {
        real *to = y->value + b * y->row;
        memcpy(to, x->value + last_row(x, lengths, b), y->row * sizeof(real));
        memcpy(to + begin, x->value + b * x->row + begin, (end - begin) * sizeof(real));
    }
    ur_last_trace *trace = ur_tape_record(tape, backward, sizeof *trace);
    if (trace) *trace = (ur_last_trace){lengths, x, y, begin, end};
    return y;
}

/* ---- the kind ----------------------------------------------------------------------------------------------------- */

static ur_tensor *run_last(ur_running *r, const ur_layer *l, ur_tensor *x)
{
    (void)l;
    return ur_last(r->tape, x, r->lengths, r->turned, r->turned_end);
}

const ur_layer_kind ur_layer_last = {
    .word = "last", .in_time = true, .ends_time = true, .resolve = ur_resolve_same_width, .step = ur_step_nothing};
const ur_layer_run ur_layer_run_last = {.run = run_last};
