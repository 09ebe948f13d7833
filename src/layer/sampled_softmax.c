/*
 * The softmax loss over a sample of the outputs (Jean et al. 2015, "On using very large target vocabulary for neural
 * machine translation"), for training alone. All rows of a window share n candidates: the V outputs are cut into n runs,
 * of ⌊V/n⌋ or ⌈V/n⌉ outputs each, and one output is drawn from each run. A row's loss is that of a softmax over its target,
 * with its own logit, and the candidates that are not its target, with
 *
 *     logit(v) = x·w_v + b_v + log |run of v|
 *
 * as an output is drawn with the probability 1/|run|: so Σ exp is an unbiased estimate of the whole one. With n = V it is
 * the whole one. (Units are numbered by their bytes, not by how often they occur: a distribution over ranks would be one
 * over the alphabet.)
 *
 * The candidates' rows of W, gathered, are a dense layer whose softmax is taken by parts (dense_softmax.c). The target
 * stands apart: its logit is a dot product, its row of dW a scatter.
 */
#include "base/random.h"
#include "kernel/scalar.h"
#include "layer/dense_softmax.h"
#include "layer/scatter.h"

#include <string.h>

typedef struct ur_sampled {
    ur_head head; /* over the candidates */
    const ur_dense *whole;
    ur_dense dense;        /* the candidates */
    ur_param weight, bias; /* gathered */
    int32_t *ids;          /* (candidates): which outputs */
    real *rows;            /* (rows, padded inputs): each target's row of W; in the backward half, its gradient */
    real *slopes;          /* (rows, 16): the gradient of the target's logit, and zeros */
    real *dx, *spread;     /* spread: (members, padded inputs) */
} ur_sampled;

/* ---- the sample --------------------------------------------------------------------------------------------------- */

/* First output of run i. */
static size_t run_begin(const ur_sampled *s, size_t i)
{
    return (size_t)((uint64_t)i * s->whole->outputs / s->dense.outputs);
}

static size_t run_of(const ur_sampled *s, size_t output)
{
    return (size_t)((((uint64_t)output + 1) * s->dense.outputs - 1) / s->whole->outputs);
}

/* − log of the probability with which an output of the run is drawn. */
static real correction(const ur_sampled *s, size_t run)
{
    return (real)ur_log((double)(run_begin(s, run + 1) - run_begin(s, run)));
}

static void draw(const ur_sampled *s, const ur_tape *tape)
{
    for (size_t i = 0; i < s->dense.outputs; i++) {
        size_t begin = run_begin(s, i), count = run_begin(s, i + 1) - begin;
        double u = ur_random_uniform(tape->seed, UR_USE_CANDIDATES, tape->step << 32 | i);
        s->ids[i] = (int32_t)(begin + (size_t)(u * (double)count));
    }
}

/* ---- forward ------------------------------------------------------------------------------------------------------ */

static void gather(const ur_sampled *s, size_t begin, size_t end)
{
    size_t inputs = s->whole->inputs;
    for (size_t i = begin; i < end; i++) {
        size_t id = (size_t)s->ids[i];
        memcpy(s->weight.value + i * inputs, s->whole->weight->value + id * inputs, inputs * sizeof(real));
        s->bias.value[i] = (s->whole->bias ? s->whole->bias->value[id] : 0) + correction(s, i);
    }
}

static real tree(real lane[16])
{
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lane[i] += lane[i + half];
    return lane[0];
}

/* x·w: lane i of 16 is a chain of fma over the numbers i, i + 16, …; then the tree. */
static real dot(const ur_train_kernels *kernels, const real *x, const real *w, size_t row)
{
    real lane[16] = {0};
    for (size_t i = 0; i < row; i += 16) kernels->multiply_add(lane, x + i, w + i, 16);
    return tree(lane);
}

static void target_logit(ur_sampled *s, size_t row)
{
    ur_head *h = &s->head;
    if (h->targets[row] < 0) return;
    size_t target = (size_t)h->targets[row];
    real *w = s->rows + row * h->x->row;
    ur_embed_row(s->whole->weight, h->targets[row], w);
    real logit = dot(h->tape->compute->train, h->x->value + row * h->x->row, w, h->x->row);
    if (s->whole->bias) logit += s->whole->bias->value[target];
    h->hits[row] = logit;
    h->sums[row] = (ur_softmax_sum){1, logit};
}

static void gather_work(void *context, size_t member, size_t members)
{
    ur_sampled *s = context;
    size_t begin, end;
    ur_pool_share(s->dense.outputs, 16, member, members, &begin, &end);
    gather(s, begin, end);
    ur_pool_share(s->head.rows, 1, member, members, &begin, &end);
    for (size_t row = begin; row < end; row++) target_logit(s, row);
}

/* ---- backward ----------------------------------------------------------------------------------------------------- */

/* The target's part of dx, and its row's of dW into `rows`. */
static void target_back(const ur_sampled *s, size_t row, real *spread)
{
    const ur_head *h = &s->head;
    const ur_train_kernels *kernels = h->tape->compute->train;
    real *w = s->rows + row * h->x->row, *slope = s->slopes + 16 * row;
    memset(slope, 0, 16 * sizeof *slope);
    if (h->targets[row] >= 0) {
        kernels->softmax_slope(&h->hits[row], 1, h->sums[row].top, h->scale / (real)h->sums[row].sum, slope);
        slope[0] -= h->scale;
        for (size_t i = 0; i < h->x->row; i++) spread[i] = slope[0];
        if (s->dx) kernels->multiply_add(s->dx + row * h->x->row, w, spread, h->x->row);
        kernels->multiply(w, h->x->value + row * h->x->row, spread, h->x->row);
    } else {
        memset(w, 0, h->x->row * sizeof *w);
    }
}

static void target_back_work(void *context, size_t member, size_t members)
{
    const ur_sampled *s = context;
    size_t begin, end;
    ur_pool_share(s->head.rows, 1, member, members, &begin, &end);
    for (size_t row = begin; row < end; row++) target_back(s, row, s->spread + member * s->head.x->row);
}

/* The candidates are different outputs: their gradients are added in any order. */
static void add_back_work(void *context, size_t member, size_t members)
{
    const ur_sampled *s = context;
    size_t begin, end, inputs = s->whole->inputs;
    ur_pool_share(s->dense.outputs, 16, member, members, &begin, &end);
    for (size_t i = begin; i < end; i++) {
        size_t id = (size_t)s->ids[i];
        real *to = s->whole->weight->gradient + id * inputs;
        const real *from = s->weight.gradient + i * inputs;
        for (size_t k = 0; k < inputs; k++) to[k] += from[k];
        if (s->whole->bias) s->whole->bias->gradient[id] += s->bias.gradient[i];
    }
}

/* Rows by their targets: those that do not count are zeros, and go to the first output. */
static void scatter(const ur_sampled *s, const int32_t *ids, const real *rows, size_t row, size_t width, real *into)
{
    ur_tape *tape = s->head.tape;
    ur_scatter scatter = {.ids = ids,
                          .symbols = s->whole->outputs,
                          .steps = s->head.x->steps,
                          .lanes = s->head.x->lanes,
                          .rows = rows,
                          .row = row,
                          .width = width,
                          .into = into};
    if (tape->status != UR_OK) return;
    ur_status status = ur_scatter_add(tape->compute, &scatter, tape->arena, &tape->error);
    if (status != UR_OK) tape->status = status;
}

static real *cleared(ur_tape *tape, size_t count, size_t size)
{
    real *numbers = ur_tape_alloc(tape, count, size * sizeof(real));
    if (numbers) memset(numbers, 0, count * size * sizeof(real));
    return numbers;
}

static void backward(ur_tape *tape, void *trace)
{
    ur_sampled *s = trace;
    ur_tensor *x = s->head.x;
    s->dx = ur_gradient(tape, x);
    s->spread = ur_tape_alloc(tape, ur_pool_threads(tape->compute->pool), x->row * sizeof(real));
    s->slopes = ur_tape_alloc(tape, s->head.rows, 16 * sizeof(real));
    s->weight.gradient = cleared(tape, s->dense.outputs, s->dense.inputs);
    s->bias.gradient = cleared(tape, s->dense.outputs, 1);
    int32_t *ids = ur_tape_alloc(tape, s->head.rows, sizeof *ids);
    if (!ids) return;
    for (size_t i = 0; i < s->head.rows; i++) ids[i] = s->head.targets[i] < 0 ? 0 : s->head.targets[i];
    ur_pool_run(tape->compute->pool, target_back_work, s);
    ur_head_backward(&s->head, s->dx, false);
    if (tape->status != UR_OK) return;
    ur_pool_run(tape->compute->pool, add_back_work, s);
    scatter(s, ids, s->rows, x->row, s->whole->inputs, s->whole->weight->gradient);
    if (s->whole->bias) scatter(s, ids, s->slopes, 16, 1, s->whole->bias->gradient);
}

/* ---- the operation ------------------------------------------------------------------------------------------------ */

/* The candidates as a layer, and where each row's target is among them. */
static bool make_candidates(ur_sampled *s, ur_tape *tape, const int32_t *targets)
{
    size_t count = s->dense.outputs, rows = s->head.x->steps * s->head.x->lanes;
    int32_t *columns = ur_tape_alloc(tape, rows, sizeof *columns);
    s->ids = ur_tape_alloc(tape, count, sizeof *s->ids);
    s->weight.value = ur_tape_alloc(tape, count, s->whole->inputs * sizeof(real));
    s->bias.value = cleared(tape, ur_padded(count), 1);
    s->rows = ur_tape_alloc(tape, rows, s->head.x->row * sizeof(real));
    if (tape->status != UR_OK) return false;
    draw(s, tape);
    for (size_t i = 0; i < rows; i++) {
        size_t run = targets[i] < 0 ? 0 : run_of(s, (size_t)targets[i]);
        columns[i] = targets[i] >= 0 && s->ids[run] == targets[i] ? (int32_t)run : -1;
    }
    s->head.columns = columns;
    return true;
}

ur_status ur_sampled_softmax_loss(ur_tape *tape, const ur_dense *dense, ur_tensor *x, const int32_t *targets,
                                  size_t candidates, double scale, double *sum)
{
    ur_sampled *s = x ? ur_tape_record(tape, backward, sizeof *s) : NULL;
    if (!s) return tape->status;
    *s = (ur_sampled){.whole = dense,
                      .dense = {.inputs = dense->inputs, .outputs = candidates, .unpacked = true},
                      .head = {.tape = tape, .x = x, .targets = targets, .apart = true, .scale = (real)scale}};
    s->dense.weight = &s->weight;
    s->dense.bias = &s->bias;
    s->head.dense = &s->dense;
    if (!make_candidates(s, tape, targets) || !ur_head_open(&s->head)) return tape->status;
    s->dense.packed_bias = s->bias.value; /* one panel behind the other, as it is */
    ur_pool_run(tape->compute->pool, gather_work, s);
    *sum = ur_head_forward(&s->head);
    return tape->status;
}
