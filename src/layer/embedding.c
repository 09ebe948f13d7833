/* Embedding: a row of a table for each id. */
#include "layer/layers.h"
#include "layer/scatter.h"

#include <string.h>

void ur_embed_row(const ur_param *weight, int32_t id, real *out)
{
    size_t width = weight->shape[1];
    memcpy(out, weight->value + (size_t)id * width, width * sizeof(real));
    memset(out + width, 0, (ur_padded(width) - width) * sizeof(real));
}

typedef struct ur_rows_trace {
    const ur_param *weight;
    ur_tensor *y;
} ur_rows_trace;

static void rows_backward(ur_tape *tape, void *trace)
{
    const ur_rows_trace *r = trace;
    (void)tape;
    for (size_t i = 0; r->y->gradient && i < r->y->steps; i++) {
        const real *from = r->y->gradient + i * r->y->row;
        real *to = r->weight->gradient + i * r->y->width;
        for (size_t k = 0; k < r->y->width; k++) to[k] += from[k];
    }
}

ur_tensor *ur_embed_rows(ur_tape *tape, const ur_param *weight)
{
    ur_tensor *y = ur_tensor_from(tape, weight->value, weight->shape[0], 1, weight->shape[1], true);
    ur_rows_trace *trace = y ? ur_tape_record(tape, rows_backward, sizeof *trace) : NULL;
    if (trace) *trace = (ur_rows_trace){weight, y};
    return y;
}

typedef struct ur_embed_trace {
    const ur_param *weight;
    const int32_t *ids;
    ur_tensor *y;
} ur_embed_trace;

static void backward(ur_tape *tape, void *trace)
{
    const ur_embed_trace *e = trace;
    if (!e->y->gradient) return;
    ur_scatter s = {.ids = e->ids,
                    .symbols = e->weight->shape[0],
                    .steps = e->y->steps,
                    .lanes = e->y->lanes,
                    .rows = e->y->gradient,
                    .row = e->y->row,
                    .width = e->weight->shape[1],
                    .into = e->weight->gradient};
    ur_status status = ur_scatter_add(tape->compute, &s, tape->arena, &tape->error);
    if (status != UR_OK) tape->status = status;
}

ur_tensor *ur_embed(ur_tape *tape, const ur_param *weight, const int32_t *ids, size_t steps, size_t lanes)
{
    ur_tensor *y = ur_tensor_make(tape, steps, lanes, weight->shape[1]);
    if (!y) return NULL;
    for (size_t i = 0; i < steps * lanes; i++) ur_embed_row(weight, ids[i], y->value + i * y->row);
    ur_embed_trace *trace = ur_tape_record(tape, backward, sizeof *trace);
    if (trace) *trace = (ur_embed_trace){weight, ids, y};
    return y;
}
