/*
 * The loss of a sequence of labels under CTC: −log p(y), see ctc.h. A path that spells y moves through the states 0 … S
 * − 1, S = 2L + 1: the blank, y_1, the blank, y_2 … y_L, the blank. From a state the path stays, goes to the next
 * state, or skips a blank between two labels that differ. In logarithms (Graves et al. 2006, equations 6 to 11):
 *
 *   a_t(s) = log p_t(s) + log(e^a_{t−1}(s) + e^a_{t−1}(s − 1) [+ e^a_{t−1}(s − 2)])
 *   b_t(s) = log(e^c_t(s) + e^c_t(s + 1) [+ e^c_t(s + 2)]),   c_t(s) = log p_{t+1}(s) + b_{t+1}(s);
 *            b_T = 0 for the last two
 *   log p(y) = log(e^a_T(S − 1) + e^a_T(S − 2))
 *   ∂(−log p)/∂x_t(k) = p_t(k) − Σ of e^(a_t(s) + b_t(s) − log p) over the states s of label k
 *
 * Everything is in double. Threads share out the lanes. The losses of the lanes are added up in shards of 16, in the
 * order of the lanes.
 */
#include "kernel/scalar.h"
#include "layer/ctc.h"
#include "layer/loss.h"

#include <string.h>

typedef struct ur_ctc_job {
    const ur_tensor *y;
    const ur_targets *targets;
    size_t states; /* of the longest target */
    double *room;  /* `size` numbers for each thread */
    size_t size;
    double *cost;   /* (B) loss of each lane */
    real *d, scale; /* NULL if no gradient is needed */
} ur_ctc_job;

/* One lane that is being worked on. */
typedef struct ur_ctc_lane {
    const ur_ctc_job *job;
    size_t lane, steps, states;
    double *forward;       /* a (T, S) */
    double *behind, *next; /* (S) b, and space for b of the step before */
    double *norm;          /* log Σ e^x (T) */
    double *share;         /* (K + 1) probability of each label at a step, given the target */
} ur_ctc_lane;

static const real *row_of(const ur_ctc_lane *l, size_t t)
{
    return l->job->y->value + (t * l->job->y->lanes + l->lane) * l->job->y->row;
}

/* The output that belongs to a state. */
static size_t output_of(const ur_ctc_lane *l, size_t s)
{
    if (s % 2 == 0) return l->job->y->width - 1;
    return (size_t)l->job->targets->ids[s / 2 * l->job->y->lanes + l->lane];
}

static double log_p(const ur_ctc_lane *l, size_t t, size_t s)
{
    return (double)row_of(l, t)[output_of(l, s)] - l->norm[t];
}

/* Whether a path may go from s − 2 to s. */
static bool may_leap(const ur_ctc_lane *l, size_t s)
{
    return s % 2 == 1 && s > 1 && output_of(l, s) != output_of(l, s - 2);
}

static double find_norm(const real *x, size_t width)
{
    double top = (double)x[0], sum = 0;
    for (size_t k = 1; k < width; k++) top = (double)x[k] > top ? (double)x[k] : top;
    for (size_t k = 0; k < width; k++) sum += ur_exp((double)x[k] - top);
    return top + ur_log(sum);
}

static double add_logs(double a, double b, double c)
{
    double top = a > b ? a : b;
    top = c > top ? c : top;
    if (!(top > -INFINITY)) return -INFINITY;
    return top + ur_log(ur_exp(a - top) + ur_exp(b - top) + ur_exp(c - top));
}

/* ---- forward and backward ------------------------------------------------------------------------------------------ */

static void step_forward(const ur_ctc_lane *l, size_t t)
{
    double *a = l->forward + t * l->states;
    const double *before = a - l->states;
    for (size_t s = 0; s < l->states; s++)
        a[s] = log_p(l, t, s) +
               add_logs(before[s], s ? before[s - 1] : -INFINITY, may_leap(l, s) ? before[s - 2] : -INFINITY);
}

/* log p(y) */
static double go_forward(const ur_ctc_lane *l)
{
    for (size_t t = 0; t < l->steps; t++) l->norm[t] = find_norm(row_of(l, t), l->job->y->width);
    for (size_t s = 0; s < l->states; s++) l->forward[s] = s < 2 ? log_p(l, 0, s) : -INFINITY;
    for (size_t t = 1; t < l->steps; t++) step_forward(l, t);
    const double *end = l->forward + l->steps * l->states;
    return add_logs(end[-1], l->states > 1 ? end[-2] : -INFINITY, -INFINITY);
}

/* From b_t to b_{t−1}. */
static void step_backward(ur_ctc_lane *l, size_t t)
{
    double *c = l->behind, *b = l->next;
    for (size_t s = 0; s < l->states; s++) c[s] += log_p(l, t, s);
    for (size_t s = 0; s < l->states; s++)
        b[s] = add_logs(c[s], s + 1 < l->states ? c[s + 1] : -INFINITY,
                        s + 2 < l->states && may_leap(l, s + 2) ? c[s + 2] : -INFINITY);
    l->behind = b;
    l->next = c;
}

static void give_step(const ur_ctc_lane *l, size_t t, double all)
{
    const ur_ctc_job *job = l->job;
    size_t width = job->y->width;
    const double *a = l->forward + t * l->states;
    const real *x = row_of(l, t);
    real *d = job->d + (t * job->y->lanes + l->lane) * job->y->row;
    memset(l->share, 0, width * sizeof *l->share);
    for (size_t s = 0; s < l->states; s++) l->share[output_of(l, s)] += ur_exp(a[s] + l->behind[s] - all);
    for (size_t k = 0; k < width; k++)
        d[k] = (real)((double)job->scale * (ur_exp((double)x[k] - l->norm[t]) - l->share[k]));
}

static void go_back(ur_ctc_lane *l, double all)
{
    for (size_t s = 0; s < l->states; s++) l->behind[s] = s + 2 < l->states ? -INFINITY : 0;
    for (size_t t = l->steps; t-- > 0;) {
        give_step(l, t, all);
        if (t) step_backward(l, t);
    }
}

/* ---- lanes ---------------------------------------------------------------------------------------------------------- */

static size_t steps_of(const ur_targets *t, size_t lane) { return t->ends ? (size_t)t->ends[lane] : t->steps; }
static size_t labels_of(const ur_targets *t, size_t lane) { return t->lengths ? (size_t)t->lengths[lane] : t->given; }

static void clear_gradient(const ur_ctc_job *job, size_t lane)
{
    for (size_t t = 0; t < job->y->steps; t++)
        memset(job->d + (t * job->y->lanes + lane) * job->y->row, 0, job->y->row * sizeof *job->d);
}

static void work(void *context, size_t member, size_t members)
{
    const ur_ctc_job *job = context;
    size_t lane, end, steps = job->y->steps;
    double *room = job->room + member * job->size;
    ur_pool_share(job->y->lanes, 1, member, members, &lane, &end);
    for (; lane < end; lane++) {
        ur_ctc_lane l = {job, lane, steps_of(job->targets, lane), 2 * labels_of(job->targets, lane) + 1,
                         .forward = room};
        l.behind = room + steps * job->states;
        l.next = l.behind + job->states;
        l.norm = l.next + job->states;
        l.share = l.norm + steps;
        double all = go_forward(&l);
        job->cost[lane] = -all;
        if (job->d) clear_gradient(job, lane);
        if (job->d) go_back(&l, all);
    }
}

static double add_costs(const ur_ctc_job *job)
{
    double all = 0;
    for (size_t lane = 0; lane < job->y->lanes;) {
        double sum = 0;
        size_t left = job->y->lanes - lane, end = lane + (left < UR_SHARD ? left : UR_SHARD);
        for (; lane < end; lane++) sum += job->cost[lane];
        all += sum;
    }
    return all;
}

static ur_status add_ctc(ur_tape *tape, ur_tensor *y, const ur_targets *targets, double scale, double *sum)
{
    if (!y) return tape->status;
    size_t labels = 0, threads = ur_pool_threads(tape->compute->pool);
    bool fresh;
    for (size_t b = 0; b < y->lanes; b++) labels = labels_of(targets, b) > labels ? labels_of(targets, b) : labels;
    ur_ctc_job job = {y, targets, .states = 2 * labels + 1, .scale = (real)scale};
    job.size = y->steps * (job.states + 1) + 2 * job.states + y->width;
    job.room = ur_tape_alloc(tape, threads * job.size, sizeof(double));
    job.cost = ur_tape_alloc(tape, y->lanes, sizeof(double));
    job.d = tape->recording ? ur_gradient_fresh(tape, y, &fresh) : NULL;
    if (tape->status != UR_OK) return tape->status;
    ur_pool_run(tape->compute->pool, work, &job);
    *sum = add_costs(&job);
    return UR_OK;
}

/* ---- the loss ------------------------------------------------------------------------------------------------------- */

static void take_lane(ur_tape *tape, ur_targets *t, size_t lane)
{
    int32_t told = t->lengths ? t->lengths[lane] : (int32_t)t->given;
    if (told < 0 || (size_t)told > t->given) {
        ur_tape_fail(tape, UR_ERR_DATA, "lane %zu: a target of %d labels, where there is room for %zu", lane, (int)told,
                     t->given);
        return;
    }
    const int32_t *ids = t->ids + lane;
    size_t count = (size_t)told, steps = steps_of(t, lane), least = ur_ctc_steps(ids, t->lanes, count);
    for (size_t i = 0; i < count; i++)
        if (ids[i * t->lanes] < 0 || (size_t)ids[i * t->lanes] + 1 >= t->width)
            ur_tape_fail(tape, UR_ERR_DATA, "lane %zu: label %zu of its target is %d, not below the %zu labels", lane,
                         i + 1, (int)ids[i * t->lanes], t->width - 1);
    if (steps < least)
        ur_tape_fail(tape, UR_ERR_DATA,
                     "lane %zu: %zu steps are too few for a target of %zu labels, %zu of them like the one before; it "
                     "takes %zu",
                     lane, steps, count, least - count, least);
    t->count += count;
}

static void take_ctc(ur_tape *tape, ur_targets *t)
{
    if (!t->ids) ur_tape_fail(tape, UR_ERR_USAGE, "this loss takes ids as targets, the batch has none");
    for (size_t b = 0; b < t->lanes && tape->status == UR_OK; b++) take_lane(tape, t, b);
}

/* For a single row: the probabilities of the labels and of the blank at that step. */
static void decode_ctc(const real *y, size_t width, real *out) { ur_loss_softmax.decode(y, width, out); }

const ur_loss_kind ur_loss_ctc = {
    .word = "ctc", .layer = true, .own_steps = true, .take = take_ctc, .loss = add_ctc, .decode = decode_ctc};
