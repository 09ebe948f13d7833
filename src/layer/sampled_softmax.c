/*
 * The softmax loss over a sample of the outputs (Jean et al. 2015, "On using very large target vocabulary for neural
 * machine translation"), for training alone. All rows of a window share n candidates, all different. Output v is among
 * them with probability π_v. The loss of a row is that of a softmax over its target, with its own logit, and the
 * candidates other than its target, with
 *
 *     logit(v) = x·w_v + b_v − log π_v
 *
 * so that Σ exp is an unbiased estimate of the sum over all outputs. With n = V it is that sum. π_v = min(1, λ·√(count
 * + 1)): the most frequent outputs are always candidates. Without counts all outputs are equally probable.
 *
 * The draw is systematic: the π lie side by side on a line of length n, in units of 2⁻³², and the points u, u + 1, u +
 * 2 … with one random u hit n different outputs.
 *
 * The candidates' rows of W are gathered into a dense layer whose softmax is computed by parts (dense_softmax.c). The
 * target is apart: its logit is a dot product, and its row of dW is added by a scatter.
 */
#include "base/random.h"
#include "kernel/scalar.h"
#include "layer/dense_softmax.h"
#include "layer/scatter.h"

#include <math.h>
#include <string.h>

typedef struct ur_sampled {
    ur_head head; /* over the candidates */
    const ur_dense *whole;
    ur_dense dense;        /* over the candidates */
    ur_param weight, bias; /* gathered for the candidates */
    const ur_sampler *sampler;
    uint32_t offset;   /* u */
    int32_t *ids;      /* (candidates) the outputs that were drawn, in order */
    real *rows;        /* (rows, padded inputs): each target's row of W; in the backward half, its gradient */
    real *slopes;      /* (rows, 16): the gradient of the target's logit, followed by zeros */
    real *dx, *spread; /* spread: (members, padded inputs) */
} ur_sampled;

/* ---- the sample --------------------------------------------------------------------------------------------------- */

static const uint64_t ONE = (uint64_t)1 << 32; /* a probability of 1 */

static double weight_of(const uint64_t *counts, size_t i) { return counts ? sqrt((double)counts[i] + 1) : 1; }

/* λ with Σ min(1, λ·weight) = candidates. Outputs that reach 1 are taken out until no other output does. */
static double factor_of(const uint64_t *counts, size_t outputs, size_t candidates)
{
    double factor = 0;
    for (size_t certain = 0, before = SIZE_MAX; certain != before;) {
        double rest = 0;
        before = certain;
        certain = 0;
        for (size_t i = 0; i < outputs; i++) {
            if (factor > 0 && factor * weight_of(counts, i) >= 1)
                certain++;
            else
                rest += weight_of(counts, i);
        }
        if (certain >= candidates || !(rest > 0)) return factor;
        factor = (double)(candidates - certain) / rest;
    }
    return factor;
}

void ur_sampler_fill(ur_sampler *s, const uint64_t *counts)
{
    uint64_t sum = 0, all = (uint64_t)s->candidates * ONE;
    double factor = factor_of(counts, s->outputs, s->candidates);
    s->place[0] = 0;
    for (size_t i = 0; i < s->outputs; i++) {
        double share = factor * weight_of(counts, i);
        uint64_t most = all - sum, width = share < 1 ? (uint64_t)(share * (double)ONE) : ONE;
        s->place[i + 1] = sum += width < most ? width : most;
    }
    /* Give what rounding has left over to the first outputs whose probability is below 1. */
    uint64_t left = all - sum, given = 0;
    for (size_t i = 0; i < s->outputs; i++) {
        uint64_t width = s->place[i + 1] - (s->place[i] - given), room = ONE - width, more = room < left ? room : left;
        given += more;
        left -= more;
        s->place[i + 1] += given;
    }
}

/* −log of the probability with which an output is drawn. */
static real correction(const ur_sampler *s, size_t output)
{
    return (real)-ur_log((double)(s->place[output + 1] - s->place[output]) / (double)ONE);
}

static void draw(ur_sampled *s, const ur_tape *tape)
{
    uint32_t words[4];
    ur_random_words(tape->seed, UR_USE_CANDIDATES, tape->step, words);
    s->offset = words[0];
    for (size_t i = 0, output = 0; i < s->sampler->candidates; i++) {
        while (s->sampler->place[output + 1] <= (uint64_t)i * ONE + s->offset) output++;
        s->ids[i] = (int32_t)output;
    }
}

/* The index of an output among the candidates; −1 if it is not one. */
static int32_t candidate_of(const ur_sampled *s, int32_t output)
{
    uint64_t begin = s->sampler->place[output], end = s->sampler->place[output + 1];
    uint64_t i = begin <= s->offset ? 0 : (begin - s->offset + ONE - 1) / ONE;
    return i * ONE + s->offset < end ? (int32_t)i : -1;
}

/* ---- forward ------------------------------------------------------------------------------------------------------ */

static void gather(const ur_sampled *s, size_t begin, size_t end)
{
    size_t inputs = s->whole->inputs;
    for (size_t i = begin; i < end; i++) {
        size_t id = (size_t)s->ids[i];
        memcpy(s->weight.value + i * inputs, s->whole->weight->value + id * inputs, inputs * sizeof(real));
        s->bias.value[i] = (s->whole->bias ? s->whole->bias->value[id] : 0) + correction(s->sampler, id);
    }
}

static real tree(real lane[16])
{
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lane[i] += lane[i + half];
    return lane[0];
}

/* x·w: element i of a vector is a chain of fma over the numbers i, i + 16, …; then the tree. */
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

/* Adds the target's part of dx. Replaces its row of W in `rows` by the gradient of this row. */
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

/* The candidates are all different, so their gradients can be added in any order. */
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

/* Adds up rows by their targets. Rows that do not count are zeros, and go to the first output. */
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

/* Makes the candidates as a layer, and finds each row's target among them. */
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
    for (size_t i = 0; i < rows; i++) columns[i] = targets[i] < 0 ? -1 : candidate_of(s, targets[i]);
    s->head.columns = columns;
    return true;
}

ur_status ur_sampled_softmax_loss(ur_tape *tape, const ur_dense *dense, ur_tensor *x, const int32_t *targets,
                                  const ur_sampler *sampler, double scale, double *sum)
{
    ur_sampled *s = x ? ur_tape_record(tape, backward, sizeof *s) : NULL;
    if (!s) return tape->status;
    *s = (ur_sampled){
        .whole = dense,
        .sampler = sampler,
        .dense = {.inputs = dense->inputs, .outputs = sampler->candidates, .unpacked = true},
        .head = {
            .tape = tape, .x = x, .targets = targets, .apart = true, .scale = (real)scale, .most = UR_KEPT_LOGITS}};
    s->dense.weight = &s->weight;
    s->dense.bias = &s->bias;
    s->head.dense = &s->dense;
    if (!make_candidates(s, tape, targets) || !ur_head_open(&s->head)) return tape->status;
    /* The bias is one panel after another, so it needs no packing. */
    s->dense.packed_bias = s->bias.value;
    ur_pool_run(tape->compute->pool, gather_work, s);
    *sum = ur_head_forward(&s->head);
    return tape->status;
}
