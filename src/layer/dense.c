/* Dense: y = φ(x Wᵀ + b). */
#include "layer/layers.h"

#include <string.h>

static ur_gate_rows rows_of(const ur_dense *d) { return (ur_gate_rows){.units = d->outputs, .gates = 1}; }

size_t ur_dense_packed_size(const ur_dense *d, bool training)
{
    ur_gate_rows rows = rows_of(d);
    if (d->unpacked) return ur_padded(d->outputs);
    return ur_padded(d->outputs) + ur_packed_weights_size(&rows, d->inputs, d->weights) +
           (training ? ur_packed_back_size(&rows, d->inputs) : 0);
}

void ur_dense_place(ur_dense *d, real *memory, bool training)
{
    ur_gate_rows rows = rows_of(d);
    d->packed_bias = memory;
    d->forward = d->unpacked ? NULL : memory + ur_padded(d->outputs);
    d->back = training && d->forward ? d->forward + ur_packed_weights_size(&rows, d->inputs, d->weights) : NULL;
}

static void pack_forward(ur_dense *d, const ur_gate_rows *rows)
{
    memset(d->packed_bias, 0, ur_padded(d->outputs) * sizeof(real));
    if (d->bias) ur_pack_bias(d->packed_bias, d->bias->value, rows);
    if (d->forward) ur_pack_weights(d->forward, d->weight->value, rows, d->inputs, d->weights);
}

void ur_dense_pack(ur_dense *d, ur_turn *turn)
{
    ur_gate_rows rows = rows_of(d);
    if (ur_turn_is_mine(turn)) pack_forward(d, &rows);
    if (d->back && ur_turn_is_mine(turn)) ur_pack_back(d->back, d->weight->value, &rows, d->inputs);
}

/* ---- without packed weights --------------------------------------------------------------------------------------- */

/* Depth of the piece of a panel that is packed at once. The piece is on the stack, because this path may not
 * allocate. */
enum { UR_DEPTH = 256 };

typedef struct ur_unpacked_job {
    const ur_dense *dense;
    const ur_kernels *kernels;
    ur_product product;
    size_t rows;
} ur_unpacked_job;

/* Packs outputs 16·panel … and inputs k … k + depth in the order in which the product reads them. */
static void pack_piece(real *packed, const ur_dense *d, size_t panel, size_t k, size_t depth)
{
    size_t count = d->outputs - 16 * panel < 16 ? d->outputs - 16 * panel : 16;
    const real *w = d->weight->value + 16 * panel * d->inputs + k;
    memset(packed, 0, 16 * depth * sizeof(real));
    for (size_t n = 0; n < count; n++)
        for (size_t i = 0; i < depth; i++) packed[16 * i + n] = w[n * d->inputs + i];
}

static void unpacked_work(void *context, size_t member, size_t members)
{
    const ur_unpacked_job *job = context;
    const ur_dense *d = job->dense;
    real packed[16 * UR_DEPTH];
    size_t panel, end;
    ur_pool_share(ur_padded(d->outputs) / 16, 4, member, members, &panel, &end);
    for (; panel < end; panel++)
        for (size_t k = 0; k < d->inputs; k += UR_DEPTH) {
            ur_product p = job->product;
            p.inner = d->inputs - k < UR_DEPTH ? d->inputs - k : UR_DEPTH;
            p.a += k;
            p.b = packed;
            p.bias += 16 * panel;
            p.c += 16 * panel;
            p.group = 1;
            p.start = k ? UR_START_HERE : UR_START_BIAS;
            pack_piece(packed, d, panel, k, p.inner);
            job->kernels->product(&p, 0, job->rows, 0, 1);
        }
}

/* ---- forward and backward ----------------------------------------------------------------------------------------- */

/* Which of the (T, B) rows count; all of them if live is NULL. */
typedef struct ur_dense_rows {
    size_t steps, lanes;
    const unsigned char *live;
} ur_dense_rows;

static void forward(const ur_dense *d, const ur_compute *compute, const real *x, real *y, const ur_dense_rows *at,
                    ur_product_start start)
{
    size_t rows = at->steps * at->lanes;
    size_t row = ur_padded(d->outputs);
    ur_product p = {.a = x,
                    .a_row = ur_padded(d->inputs),
                    .inner = d->inputs,
                    .outer = 1,
                    .b = d->forward,
                    .weights = d->weights,
                    .bias = d->packed_bias,
                    .start = start,
                    .c = y,
                    .c_row = row,
                    .group = row / 16};
    ur_unpacked_job job = {d, compute->kernels, p, rows};
    if (d->forward)
        ur_compute_live_product(compute, &p, at->live, at->steps, at->lanes, row / 16);
    else
        ur_pool_run(compute->pool, unpacked_work, &job);
    if (d->activation == UR_LINEAR) return;
    compute->kernels->activate(d->activation, y, rows * row);
    if (d->activation == UR_SIGMOID) /* Padding must stay zero, and σ(0) is not zero. */
        for (size_t r = 0; r < rows; r++) memset(y + r * row + d->outputs, 0, (row - d->outputs) * sizeof(real));
}

void ur_dense_forward(const ur_dense *d, const ur_compute *compute, const real *x, real *y, size_t rows, bool add)
{
    forward(d, compute, x, y, &(ur_dense_rows){1, rows, NULL}, add ? UR_START_HERE : UR_START_BIAS);
}

typedef struct ur_dense_trace {
    const ur_dense *dense;
    ur_tensor *x, *y;
    const unsigned char *live;
    bool stepped;
} ur_dense_trace;

static void make_input_gradient(const ur_dense *d, const ur_compute *compute, const real *dy, real *dx,
                                const ur_dense_rows *at, bool add)
{
    const ur_gate_rows shape = rows_of(d);
    const ur_product p = {.a = dy,
                          .a_row = ur_padded(d->outputs),
                          .b = d->back,
                          .start = add ? UR_START_HERE : UR_START_ZERO,
                          .c = dx,
                          .c_row = ur_padded(d->inputs),
                          .group = ur_padded(d->inputs) / 16};
    ur_product products[2];
    size_t count = ur_back_products(products, &p, &shape, 16);
    for (size_t i = 0; i < count; i++)
        ur_compute_live_product(compute, &products[i], at->live, at->steps, at->lanes, p.group);
}

void ur_dense_input_gradient(const ur_dense *d, const ur_compute *compute, const real *dy, real *dx, size_t rows,
                             bool add)
{
    make_input_gradient(d, compute, dy, dx, &(ur_dense_rows){1, rows, NULL}, add);
}

static void input_gradient(ur_tape *tape, const ur_dense_trace *d, const real *dy)
{
    bool fresh;
    real *dx = ur_gradient_fresh(tape, d->x, &fresh);
    if (dx)
        make_input_gradient(d->dense, tape->compute, dy, dx, &(ur_dense_rows){d->x->steps, d->x->lanes, d->live},
                            !fresh);
}

void ur_dense_weight_gradient(ur_tape *tape, const ur_dense *d, const ur_weight_gradient *of, bool stepped)
{
    size_t count = ur_padded(d->outputs) / 16;
    ur_row_group *groups = ur_tape_alloc(tape, count, sizeof *groups);
    if (!groups) return;
    for (size_t i = 0; i < count; i++) {
        size_t rest = d->outputs - 16 * i;
        groups[i] = (ur_row_group){.column = 16 * i, .row = 16 * i, .count = rest < 16 ? rest : 16};
    }
    ur_weight_gradient g = *of;
    g.dy_row = ur_padded(d->outputs);
    g.x_row = ur_padded(d->inputs);
    g.width = d->inputs;
    g.groups = groups;
    g.dw = d->weight->gradient;
    g.db = d->bias ? d->bias->gradient : NULL;
    ur_tape_weight_gradient(tape, &g, count, stepped);
}

static void weight_gradient(ur_tape *tape, const ur_dense_trace *d, const real *dy)
{
    const ur_weight_gradient g = {
        .dy = dy, .live = d->live, .x = d->x->value, .steps = d->x->steps, .lanes = d->x->lanes};
    ur_dense_weight_gradient(tape, d->dense, &g, d->stepped);
}

static void backward(ur_tape *tape, void *trace)
{
    const ur_dense_trace *d = trace;
    real *dy = d->y->gradient;
    if (!dy) return;
    if (d->dense->activation != UR_LINEAR)
        tape->compute->train->activate_back(d->dense->activation, d->y->value, dy, dy, ur_tensor_size(d->y));
    input_gradient(tape, d, dy);
    weight_gradient(tape, d, dy);
}

ur_tensor *ur_dense_layer(ur_tape *tape, const ur_dense *dense, ur_tensor *x)
{
    return ur_dense_live_layer(tape, dense, x, NULL);
}

ur_tensor *ur_dense_live_layer(ur_tape *tape, const ur_dense *dense, ur_tensor *x, const unsigned char *live)
{
    ur_tensor *y = x ? ur_tensor_make(tape, x->steps, x->lanes, dense->outputs) : NULL;
    if (!y) return NULL;
    forward(dense, tape->compute, x->value, y->value, &(ur_dense_rows){x->steps, x->lanes, live}, UR_START_BIAS);
    ur_dense_trace *trace = ur_tape_record(tape, backward, sizeof *trace);
    if (trace) *trace = (ur_dense_trace){dense, x, y, live, tape->stepped};
    return y;
}
