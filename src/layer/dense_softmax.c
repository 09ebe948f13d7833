/*
 * A dense layer and the softmax loss as one operation, for so many outputs that the logits (T·B, V) should not be
 * stored whole. V is taken in parts of UR_SOFTMAX_PART outputs, each with its own logits (T·B, part) and packed
 * weights.
 *
 *   forward    part by part: logits, and each row's top and Σ exp so far (kernel/softmax.h); from these the loss
 *   backward   part by part: the logits become gradients in place; dW and db of the part; dx is added to
 *
 * Only a limited number of logits is kept from the forward to the backward half. If the logits of a shard of 16 lanes
 * fit, the shards are done one after the other, both halves of each at once, and no product is computed twice.
 * Otherwise the logits of the first parts are kept, and those of the others are computed again.
 *
 * Each sum is the same as in ur_dense_layer and ur_softmax_loss, so the bits are the same, however many logits are
 * kept.
 *
 * Threads share the outputs of a part: the thread that packs a panel of weights also computes its logits, its gradients
 * and its rows of dW. Only the sums of the rows and dx need all of a part; before and after them the threads wait for
 * each other.
 */
#include "layer/dense_softmax.h"

#include "kernel/pack.h"
#include "kernel/softmax.h"

#include <string.h>

/* Rows are not a power of two apart, because such rows would compete for a few sets of the cache. */
enum { PART = UR_SOFTMAX_PART, PART_PANELS = PART / 16, PART_ROW = PART + 16, GRAIN = 4 };

/* A logit that does not count. It is far below any other, but finite: with −∞, a row of nothing else would give NaN. */
static const real LEFT_OUT = (real)-1e30;

/* What the backward half needs in addition to the head. */
typedef struct ur_head_back {
    const ur_head *head;
    real *dx;            /* NULL if no gradient is needed */
    bool fresh;          /* dx holds nothing yet */
    size_t scratch_size; /* for each member */
} ur_head_back;

/* A part of the outputs, and a member's panels in the part. */
typedef struct ur_head_part {
    real *logits;
    bool kept;
    size_t first, width; /* the first output and their number */
    size_t panels;       /* of the part */
    size_t panel, panel_end;
} ur_head_part;

static ur_head_part part_at(const ur_head *h, size_t first, size_t member, size_t members)
{
    size_t left = h->dense->outputs - first, place = first / PART < h->kept ? first / PART : h->kept;
    ur_head_part p = {.first = first, .width = left < PART ? left : PART, .kept = place < h->kept};
    p.logits = h->logits + place * h->rows * PART_ROW;
    p.panels = ur_padded(p.width) / 16;
    ur_pool_share(p.panels, GRAIN, member, members, &p.panel, &p.panel_end);
    return p;
}

/* How many outputs of the part are a member's own, from its first panel on. */
static size_t own_outputs(const ur_head_part *p)
{
    size_t end = 16 * p->panel_end;
    return (end < p->width ? end : p->width) - 16 * p->panel;
}

static const real *weights_from(const ur_head *h, size_t output)
{
    return h->dense->weight->value + output * h->dense->inputs;
}

static void member_logits(const ur_head *h, const ur_head_part *p)
{
    const ur_dense *d = h->dense;
    if (!d->forward) {
        ur_gate_rows rows = {.units = own_outputs(p), .gates = 1};
        ur_pack_forward(h->forward + 16 * p->panel * d->inputs, weights_from(h, p->first + 16 * p->panel), &rows,
                        d->inputs);
    }
    ur_product product = {.a = h->x->value,
                          .a_row = h->x->row,
                          .inner = d->inputs,
                          .outer = 1,
                          .b = d->forward ? d->forward + p->first * d->inputs : h->forward,
                          .bias = d->packed_bias + p->first,
                          .start = UR_START_BIAS,
                          .c = p->logits,
                          .c_row = PART_ROW,
                          .group = p->panels};
    h->tape->compute->kernels->product(&product, 0, h->rows, p->panel, p->panel_end);
}

/* ---- forward ------------------------------------------------------------------------------------------------------ */

/* The number of the row's target among `count` outputs from `first` on; NULL if the target is not among them. */
static real *target_in(const ur_head *h, real *numbers, size_t row, size_t first, size_t count)
{
    size_t column = (size_t)h->columns[row];
    return h->columns[row] >= 0 && column >= first && column - first < count ? numbers + (column - first) : NULL;
}

static void join_part(ur_head *h, const ur_head_part *p, size_t row)
{
    real *logits = p->logits + row * PART_ROW, *target = target_in(h, logits, row, p->first, p->width);
    if (h->targets[row] < 0) return;
    if (target && h->apart) *target = LEFT_OUT;
    if (target && !h->apart) h->hits[row] = *target;
    h->sums[row] = ur_softmax_join(h->sums[row], h->tape->compute->train->softmax_part(logits, p->width));
}

static void forward_work(void *context, size_t member, size_t members)
{
    ur_head *h = context;
    size_t row, row_end;
    ur_pool_share(h->rows, 1, member, members, &row, &row_end);
    for (size_t first = 0; first < h->dense->outputs; first += PART) {
        ur_head_part p = part_at(h, first, member, members);
        if (p.panel < p.panel_end) member_logits(h, &p);
        ur_pool_barrier(h->tape->compute->pool);
        for (size_t r = row; r < row_end; r++) join_part(h, &p, r);
        ur_pool_barrier(h->tape->compute->pool);
    }
}

/* Adds up the rows of a shard in the order (step, lane), as one chain; then the shards in order. */
static double add_up(const ur_head *h)
{
    double all = 0;
    size_t steps = h->x->steps, lanes = h->x->lanes;
    for (size_t lane = 0; lane < lanes; lane += UR_SHARD) {
        size_t end = lanes - lane < UR_SHARD ? lanes : lane + UR_SHARD;
        double shard = 0;
        for (size_t t = 0; t < steps; t++)
            for (size_t r = t * lanes + lane; r < t * lanes + end; r++)
                shard += h->targets[r] < 0 ? 0 : ur_softmax_cost(h->sums[r], h->hits[r]);
        all += shard;
    }
    return all;
}

/* ---- backward ----------------------------------------------------------------------------------------------------- */

/* Turns a member's logits into gradients. */
static void member_slopes(const ur_head *h, const ur_head_part *p)
{
    size_t begin = 16 * p->panel, count = own_outputs(p);
    for (size_t row = 0; row < h->rows; row++) {
        real *d = p->logits + row * PART_ROW + begin;
        if (h->targets[row] < 0) {
            memset(d, 0, ur_padded(count) * sizeof(real));
            continue;
        }
        real *target = target_in(h, d, row, p->first + begin, count);
        h->tape->compute->train->softmax_slope(d, count, h->sums[row].top, h->scale / (real)h->sums[row].sum, d);
        /* If the target is apart, its own logit among the outputs may lie above the top. Whatever came out for it does
         * not count. */
        if (target) *target = h->apart ? 0 : *target - h->scale;
    }
}

static void member_weight_gradient(const ur_head *h, const ur_head_part *p, real *scratch)
{
    ur_row_group groups[PART_PANELS];
    for (size_t i = 0; i < p->panels; i++) {
        size_t rest = p->width - 16 * i;
        groups[i] = (ur_row_group){.column = 16 * i, .row = p->first + 16 * i, .count = rest < 16 ? rest : 16};
    }
    ur_weight_gradient g = {.dy = p->logits,
                            .dy_row = PART_ROW,
                            .x = h->x->value,
                            .x_row = h->x->row,
                            .width = h->x->width,
                            .steps = h->x->steps,
                            .lanes = h->x->lanes,
                            .groups = groups,
                            .dw = h->dense->weight->gradient,
                            .db = h->dense->bias ? h->dense->bias->gradient : NULL};
    h->tape->compute->train->weight_gradient(&g, p->panel, p->panel_end, scratch);
}

static void pack_back_row(real *packed, size_t depth, const real *w, size_t inputs)
{
    size_t whole = inputs / 16 * 16;
    for (size_t i = 0; i < whole; i += 16) memcpy(packed + i * depth, w + i, 16 * sizeof(real));
    if (whole == inputs) return;
    memset(packed + whole * depth, 0, 16 * sizeof(real));
    memcpy(packed + whole * depth, w + whole, (inputs - whole) * sizeof(real));
}

/* Packs the weights of a member's outputs for dx: (input panel, output of the part, 16). */
static void member_pack_back(const ur_head_back *b, const ur_head_part *p)
{
    const ur_head *h = b->head;
    size_t inputs = h->dense->inputs, depth = 16 * p->panels, begin = 16 * p->panel, end = begin + own_outputs(p);
    for (size_t k = begin; k < end; k++)
        pack_back_row(b->head->back + 16 * k, depth, weights_from(h, p->first + k), inputs);
    for (size_t k = end; k < 16 * p->panel_end; k++)
        for (size_t i = 0; i < inputs; i += 16) memset(b->head->back + i * depth + 16 * k, 0, 16 * sizeof(real));
}

static void input_gradient(const ur_head_back *b, const ur_head_part *p, size_t row, size_t row_end)
{
    const ur_head *h = b->head;
    ur_product product = {.a = p->logits,
                          .a_row = PART_ROW,
                          .inner = 16 * p->panels,
                          .outer = 1,
                          .b = b->head->back,
                          .start = b->fresh && p->first == 0 ? UR_START_ZERO : UR_START_HERE,
                          .c = b->dx,
                          .c_row = h->x->row,
                          .group = h->x->row / 16};
    if (row < row_end) h->tape->compute->kernels->product(&product, row, row_end, 0, product.group);
}

static void backward_work(void *context, size_t member, size_t members)
{
    const ur_head_back *b = context;
    const ur_head *h = b->head;
    size_t row, row_end;
    ur_pool_share(h->rows, 6, member, members, &row, &row_end);
    for (size_t first = 0; first < h->dense->outputs; first += PART) {
        ur_head_part p = part_at(h, first, member, members);
        if (p.panel < p.panel_end) {
            if (!p.kept) member_logits(h, &p);
            member_slopes(h, &p);
            member_weight_gradient(h, &p, b->head->scratch + member * b->scratch_size);
            if (b->dx) member_pack_back(b, &p);
        }
        /* Wait even if there is no dx: the threads share out the last part differently. */
        ur_pool_barrier(h->tape->compute->pool);
        if (b->dx) input_gradient(b, &p, row, row_end);
        ur_pool_barrier(h->tape->compute->pool);
    }
}

void ur_head_backward(ur_head *h, real *dx, bool fresh)
{
    ur_tape *tape = h->tape;
    size_t members = ur_pool_threads(tape->compute->pool), most = (PART_PANELS / GRAIN + members - 1) / members * GRAIN;
    ur_head_back b = {.head = h,
                      .dx = dx,
                      .fresh = fresh,
                      .scratch_size = tape->compute->train->weight_gradient_scratch(h->x->width, most)};
    if (dx && !h->back) h->back = ur_tape_alloc(tape, h->x->row, PART * sizeof(real));
    if (!h->scratch) h->scratch = ur_tape_alloc(tape, b.scratch_size * members, sizeof(real));
    if (tape->status == UR_OK) ur_pool_run(tape->compute->pool, backward_work, &b);
}

/* ---- the operation ------------------------------------------------------------------------------------------------ */

static void begin_rows(ur_head *h)
{
    for (size_t i = 0; i < h->rows; i++) h->sums[i] = ur_softmax_none();
}

bool ur_head_open(ur_head *h)
{
    size_t part, size, parts = (h->dense->outputs + PART - 1) / PART;
    h->rows = h->x->steps * h->x->lanes;
    if (!ur_mul_fits(h->rows, PART_ROW, &part)) part = SIZE_MAX;
    h->kept = h->tape->recording ? h->most / part : 0;
    if (h->kept >= parts) h->kept = parts;
    if (!ur_mul_fits(part, h->kept < parts ? h->kept + 1 : parts, &size)) size = SIZE_MAX;
    h->sums = ur_tape_alloc(h->tape, h->rows, sizeof *h->sums);
    h->hits = ur_tape_alloc(h->tape, h->rows, sizeof *h->hits);
    h->logits = ur_tape_alloc(h->tape, size, sizeof(real));
    if (!h->dense->forward) h->forward = ur_tape_alloc(h->tape, h->dense->inputs, PART * sizeof(real));
    if (h->tape->status != UR_OK) return false;
    begin_rows(h);
    return true;
}

double ur_head_forward(ur_head *h)
{
    ur_pool_run(h->tape->compute->pool, forward_work, h);
    return add_up(h);
}

static void backward(ur_tape *tape, void *trace)
{
    ur_head *h = trace;
    bool fresh;
    real *dx = ur_gradient_fresh(tape, h->x, &fresh);
    ur_head_backward(h, dx, fresh);
}

/* ---- by shards ---------------------------------------------------------------------------------------------------- */

/* Copies the rows (t, b) of the shard from the batch, or back to it if `there`. */
static void move_rows(real *shard, real *all, const ur_tensor *x, size_t lane, size_t lanes, bool there)
{
    for (size_t t = 0; t < x->steps; t++) {
        real *a = all + (t * x->lanes + lane) * x->row, *s = shard + t * lanes * x->row;
        memcpy(there ? a : s, there ? s : a, lanes * x->row * sizeof(real));
    }
}

/* Loss and gradients of one shard. Its head has space for all logits of the shard. */
static double shard_loss(ur_head *h, ur_tensor *all, int32_t *targets, const int32_t *all_targets, size_t lane,
                         real *dx, bool fresh)
{
    ur_tensor *x = h->x;
    real *dx_all = all->gradient;
    x->lanes = all->lanes - lane < UR_SHARD ? all->lanes - lane : UR_SHARD;
    h->rows = x->steps * x->lanes;
    for (size_t t = 0; t < x->steps; t++)
        memcpy(targets + t * x->lanes, all_targets + t * all->lanes + lane, x->lanes * sizeof *targets);
    move_rows(x->value, all->value, all, lane, x->lanes, false);
    if (dx && !fresh) move_rows(dx, dx_all, all, lane, x->lanes, false);
    begin_rows(h);
    double sum = ur_head_forward(h);
    ur_head_backward(h, dx, fresh);
    if (dx) move_rows(dx, dx_all, all, lane, x->lanes, true);
    return sum;
}

/* The logits of a shard fit, so its gradients are computed at once, and no product is computed twice. */
static ur_status by_shards(const ur_head *whole, double *sum)
{
    ur_head h = *whole;
    ur_tensor *all = whole->x;
    bool fresh;
    h.x = ur_tensor_make(h.tape, all->steps, UR_SHARD, all->width);
    real *dx =
        ur_gradient_fresh(h.tape, all, &fresh) && h.x ? ur_tape_alloc(h.tape, ur_tensor_size(h.x), sizeof *dx) : NULL;
    int32_t *targets = ur_tape_alloc(h.tape, all->steps, UR_SHARD * sizeof *targets);
    if (h.tape->status != UR_OK || !ur_head_open(&h)) return h.tape->status;
    h.targets = h.columns = targets;
    *sum = 0;
    for (size_t lane = 0; lane < all->lanes; lane += UR_SHARD)
        *sum += shard_loss(&h, all, targets, whole->targets, lane, dx, fresh);
    return h.tape->status;
}

static bool shard_fits(const ur_head *h)
{
    size_t parts = (h->dense->outputs + PART - 1) / PART, logits;
    if (!ur_mul_fits(h->x->steps * UR_SHARD, parts * PART_ROW, &logits)) return false;
    return h->tape->recording && h->x->lanes > UR_SHARD && logits <= h->most;
}

ur_status ur_dense_softmax_loss(ur_tape *tape, const ur_dense *dense, ur_tensor *x, const int32_t *targets,
                                double scale, double *sum)
{
    return ur_dense_softmax_loss_within(tape, dense, x, targets, scale, UR_KEPT_LOGITS, sum);
}

ur_status ur_dense_softmax_loss_within(ur_tape *tape, const ur_dense *dense, ur_tensor *x, const int32_t *targets,
                                       double scale, size_t most, double *sum)
{
    if (!x) return tape->status;
    ur_head h = {.tape = tape,
                 .dense = dense,
                 .x = x,
                 .targets = targets,
                 .columns = targets,
                 .scale = (real)scale,
                 .most = most};
    if (shard_fits(&h)) return by_shards(&h, sum);
    if (!ur_head_open(&h)) return tape->status;
    *sum = ur_head_forward(&h);
    ur_head *trace = ur_tape_record(tape, backward, sizeof *trace);
    if (trace) *trace = h;
    return tape->status;
}
