/*
 * The loss of a sequence of labels under a crf: log Z − log Z(given). Z sums exp(score) over all sequences. Z(given)
 * sums over those that have the given labels: one sequence if all labels are given, more if a step has −1. Both use the
 * forward algorithm. The sums α_t are scaled to 1 at each step (Rabiner 1989):
 *
 *   x̂_t(j) = exp(x_t(j) − m_t),  m_t the largest; start is added to x_1, end to x_n; 0 for a label that is not allowed
 *   α̂_t(j) = x̂_t(j) Σ_i α_{t−1}(i) E(i, j),  E = exp(transitions);  c_t = Σ_j α̂_t(j);  α_t = α̂_t / c_t
 *   log Z  = Σ_t log c_t + m_t
 *
 * The backward algorithm gives the probabilities of the labels, which are the gradient:
 *
 *   β_{t−1}(i) = Σ_j E(i, j) g_t(j),  g_t(j) = x̂_t(j) β_t(j) / c_t,  β_n = 1
 *   ∂log Z/∂x_t(j) = α_t(j) β_t(j);   ∂log Z/∂transitions(i, j) = Σ_t α_{t−1}(i) E(i, j) g_t(j)
 *
 * Everything is in double. Lanes are added up in shards of 16, in the order of the lanes.
 */
#include "kernel/scalar.h"
#include "layer/crf.h"
#include "layer/loss.h"

#include <string.h>

/* Working memory of one shard, all of it in double. */
typedef struct ur_chain {
    size_t labels;
    const double *pairs;               /* E (L, L) */
    double *x, *alpha, *share;         /* (T, L) each; share is Σ of sign·(α β) */
    double *scale;                     /* c (T) */
    double *beta, *back;               /* (L) β and g */
    double *d_pairs, *d_start, *d_end; /* gradients: (L, L), (L), (L) */
} ur_chain;

typedef struct ur_crf_job {
    const ur_crf *crf;
    const ur_tensor *y;
    const ur_targets *targets;
    double *pairs; /* E */
    double *room;  /* `size` numbers for each shard */
    size_t size;
    double *sum;    /* one for each shard */
    real *d, scale; /* NULL if no gradient is needed */
} ur_crf_job;

/* One lane that is being worked on. */
typedef struct ur_chain_lane {
    const ur_crf_job *job;
    size_t lane, length;
    bool given; /* only the given labels are allowed */
} ur_chain_lane;

/* The labels allowed at step t: [*begin, *end). */
static void allow(const ur_chain_lane *l, size_t t, size_t *begin, size_t *end)
{
    int32_t id = l->given ? l->job->targets->ids[t * l->job->y->lanes + l->lane] : -1;
    *begin = id < 0 ? 0 : (size_t)id;
    *end = id < 0 ? l->job->crf->labels : *begin + 1;
}

/* Computes x̂_t and returns m_t. */
static double scale_scores(const ur_chain_lane *l, size_t t, double *x)
{
    const ur_crf *crf = l->job->crf;
    const real *y = l->job->y->value + (t * l->job->y->lanes + l->lane) * l->job->y->row;
    size_t begin, end;
    double top = -INFINITY;
    allow(l, t, &begin, &end);
    memset(x, 0, crf->labels * sizeof *x);
    for (size_t j = begin; j < end; j++) {
        x[j] = (double)y[j];
        if (t == 0) x[j] += (double)crf->start->value[j];
        if (t + 1 == l->length) x[j] += (double)crf->end->value[j];
        if (x[j] > top) top = x[j];
    }
    for (size_t j = begin; j < end; j++) x[j] = ur_exp(x[j] - top);
    return top;
}

/* Computes α_t and returns c_t. */
static double step_forward(const ur_chain *c, size_t t)
{
    size_t labels = c->labels;
    const double *x = c->x + t * labels, *before = c->alpha + (t ? t - 1 : 0) * labels;
    double *alpha = c->alpha + t * labels, sum = 0;
    for (size_t j = 0; j < labels; j++) alpha[j] = t ? 0 : 1;
    for (size_t i = 0; t && i < labels; i++)
        for (size_t j = 0; before[i] > 0 && j < labels; j++) alpha[j] += before[i] * c->pairs[i * labels + j];
    for (size_t j = 0; j < labels; j++) sum += alpha[j] *= x[j];
    for (size_t j = 0; j < labels; j++) alpha[j] /= sum;
    return sum;
}

/* log Z, or log Z(given). */
static double sum_sequences(const ur_chain *c, const ur_chain_lane *l)
{
    double sum = 0;
    for (size_t t = 0; t < l->length; t++) {
        double top = scale_scores(l, t, c->x + t * c->labels);
        c->scale[t] = step_forward(c, t);
        sum += ur_log(c->scale[t]) + top;
    }
    return sum;
}

static void add_shares(const ur_chain *c, size_t t, double sign)
{
    for (size_t j = 0; j < c->labels; j++)
        c->share[t * c->labels + j] += sign * c->alpha[t * c->labels + j] * c->beta[j];
}

/* From β_t to β_{t−1}. Adds the gradient of the transitions between the two steps. */
static void step_backward(const ur_chain *c, size_t t, double sign)
{
    size_t labels = c->labels;
    const double *x = c->x + t * labels, *alpha = c->alpha + (t - 1) * labels;
    for (size_t j = 0; j < labels; j++) c->back[j] = x[j] * c->beta[j] / c->scale[t];
    for (size_t i = 0; i < labels; i++) {
        const double *pairs = c->pairs + i * labels;
        double *d = c->d_pairs + i * labels, sum = 0, share = sign * alpha[i];
        for (size_t j = 0; j < labels; j++) {
            double way = pairs[j] * c->back[j];
            sum += way;
            d[j] += share * way;
        }
        c->beta[i] = sum;
    }
}

/* Adds sign·∂log Z to `share` and to the gradient of the transitions. */
static void go_back(const ur_chain *c, const ur_chain_lane *l, double sign)
{
    for (size_t j = 0; j < c->labels; j++) c->beta[j] = 1;
    for (size_t t = l->length; t-- > 0;) {
        add_shares(c, t, sign);
        if (t) step_backward(c, t, sign);
    }
}

/* ---- a lane ------------------------------------------------------------------------------------------------------- */

/* The shares are the gradient of x. The first step's are also the gradient of start, the last step's that of end. */
static void give_gradient(const ur_chain *c, const ur_chain_lane *l)
{
    const ur_crf_job *job = l->job;
    for (size_t t = 0; t < job->y->steps; t++) {
        real *d = job->d + (t * job->y->lanes + l->lane) * job->y->row;
        memset(d, 0, job->y->row * sizeof *d);
        for (size_t j = 0; t < l->length && j < c->labels; j++)
            d[j] = (real)((double)job->scale * c->share[t * c->labels + j]);
    }
    const double *last = c->share + (l->length - 1) * c->labels;
    for (size_t j = 0; j < c->labels; j++) {
        c->d_start[j] += c->share[j];
        c->d_end[j] += last[j];
    }
}

static double cost_lane(const ur_chain *c, ur_chain_lane l)
{
    if (l.job->d) memset(c->share, 0, l.length * c->labels * sizeof *c->share);
    double all = sum_sequences(c, &l);
    if (l.job->d) go_back(c, &l, 1);
    l.given = true;
    double given = sum_sequences(c, &l);
    if (l.job->d) go_back(c, &l, -1);
    if (l.job->d) give_gradient(c, &l);
    return all - given;
}

/* ---- shards ------------------------------------------------------------------------------------------------------- */

static size_t room_of(size_t steps, size_t labels) { return 3 * steps * labels + steps + 4 * labels + labels * labels; }

static ur_chain chain_of(const ur_crf_job *job, size_t shard)
{
    size_t labels = job->crf->labels, steps = job->y->steps;
    double *at = job->room + shard * job->size;
    ur_chain c = {.labels = labels, .pairs = job->pairs, .d_pairs = at, .d_start = at + labels * labels};
    c.d_end = c.d_start + labels;
    c.beta = c.d_end + labels;
    c.back = c.beta + labels;
    c.x = c.back + labels;
    c.alpha = c.x + steps * labels;
    c.share = c.alpha + steps * labels;
    c.scale = c.share + steps * labels;
    memset(at, 0, (labels * labels + 2 * labels) * sizeof *at);
    return c;
}

static void work(void *context, size_t member, size_t members)
{
    const ur_crf_job *job = context;
    size_t lanes = job->y->lanes, shard, end;
    ur_pool_share((lanes + UR_SHARD - 1) / UR_SHARD, 1, member, members, &shard, &end);
    for (; shard < end; shard++) {
        const ur_chain c = chain_of(job, shard);
        size_t lane = shard * UR_SHARD, lane_end = lanes - lane < UR_SHARD ? lanes : lane + UR_SHARD;
        double sum = 0;
        for (; lane < lane_end; lane++) {
            const int32_t *lengths = job->targets->lengths;
            sum += cost_lane(&c, (ur_chain_lane){job, lane, lengths ? (size_t)lengths[lane] : job->y->steps, false});
        }
        job->sum[shard] = sum;
    }
}

static void add_slopes(const ur_crf_job *job, const ur_param *param, size_t offset, size_t shards)
{
    for (size_t i = 0; i < param->size; i++) {
        double sum = 0;
        for (size_t s = 0; s < shards; s++) sum += job->room[s * job->size + offset + i];
        param->gradient[i] += (real)((double)job->scale * sum);
    }
}

static ur_status add_crf(ur_tape *tape, ur_tensor *y, const ur_targets *targets, double scale, double *sum)
{
    if (!y) return tape->status;
    const ur_crf *crf = targets->crf;
    size_t labels = crf->labels, shards = (y->lanes + UR_SHARD - 1) / UR_SHARD;
    bool fresh;
    ur_crf_job job = {crf, y, targets, .size = room_of(y->steps, labels), .scale = (real)scale};
    job.pairs = ur_tape_alloc(tape, labels * labels, sizeof(double));
    job.room = ur_tape_alloc(tape, shards * job.size, sizeof(double));
    job.sum = ur_tape_alloc(tape, shards, sizeof(double));
    job.d = tape->recording ? ur_gradient_fresh(tape, y, &fresh) : NULL;
    if (tape->status != UR_OK) return tape->status;
    for (size_t i = 0; i < labels * labels; i++) job.pairs[i] = ur_exp((double)crf->transitions->value[i]);
    ur_pool_run(tape->compute->pool, work, &job);
    *sum = 0;
    for (size_t i = 0; i < shards; i++) *sum += job.sum[i];
    if (!job.d) return UR_OK;
    add_slopes(&job, crf->transitions, 0, shards);
    add_slopes(&job, crf->start, labels * labels, shards);
    add_slopes(&job, crf->end, labels * labels + labels, shards);
    return UR_OK;
}

/* ---- the loss ----------------------------------------------------------------------------------------------------- */

/* A single row says nothing of its label without its neighbours, so this gives the softmax of the row. */
static void decode_crf(const real *y, size_t width, real *out) { ur_loss_softmax.decode(y, width, out); }

const ur_loss_kind ur_loss_crf = {
    .word = "crf", .layer = true, .take = ur_take_ids, .loss = add_crf, .decode = decode_crf};
