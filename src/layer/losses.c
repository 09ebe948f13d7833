/* Losses: what a batch costs, and the gradient to begin with. */
#include "kernel/scalar.h"
#include "layer/layers.h"

/* A loss is one function on a row: what the row costs, its scaled gradient into d (NULL: not wanted). */
typedef struct ur_loss_job ur_loss_job;
typedef double ur_row_loss(const ur_loss_job *job, size_t row, real *d);

struct ur_loss_job {
    const ur_train_kernels *kernels;
    ur_row_loss *row_loss;
    const ur_tensor *y;
    const int32_t *targets;
    const real *values;
    real scale, *d;
    double *shard; /* one sum for each shard of lanes */
};

static double softmax_row(const ur_loss_job *job, size_t row, real *d)
{
    return job->kernels->softmax_loss(job->y->value + row * job->y->row, job->y->width, job->targets[row], job->scale,
                                      d);
}

/* log(1 + e^−|x|) + max(x, 0) − x·target; its slope is σ(x) − target. */
static double sigmoid_row(const ur_loss_job *job, size_t row, real *d)
{
    const real *x = job->y->value + row * job->y->row, *target = job->values + row * job->y->width;
    double sum = 0;
    for (size_t i = 0; i < job->y->width; i++) {
        double z = ur_exp(-fabs((double)x[i])), sigma = x[i] > 0 ? 1 / (1 + z) : z / (1 + z);
        bool counts = !isnan(target[i]);
        if (counts) sum += ur_log(1 + z) + ((double)x[i] > 0 ? (double)x[i] : 0) - (double)x[i] * (double)target[i];
        if (d) d[i] = counts ? (real)((sigma - (double)target[i]) * (double)job->scale) : 0;
    }
    for (size_t i = job->y->width; d && i < job->y->row; i++) d[i] = 0;
    return sum;
}

/* (y − target)²; its slope is 2(y − target). */
static double squared_row(const ur_loss_job *job, size_t row, real *d)
{
    const real *y = job->y->value + row * job->y->row, *target = job->values + row * job->y->width;
    double sum = 0;
    for (size_t i = 0; i < job->y->width; i++) {
        double off = (double)y[i] - (double)target[i];
        bool counts = !isnan(target[i]);
        if (counts) sum += off * off;
        if (d) d[i] = counts ? (real)(2 * off * (double)job->scale) : 0;
    }
    for (size_t i = job->y->width; d && i < job->y->row; i++) d[i] = 0;
    return sum;
}

static void work(void *context, size_t member, size_t members)
{
    const ur_loss_job *job = context;
    size_t lanes = job->y->lanes, begin, end;
    ur_pool_share((lanes + UR_SHARD - 1) / UR_SHARD, 1, member, members, &begin, &end);
    for (size_t shard = begin; shard < end; shard++) {
        size_t lane = shard * UR_SHARD, lane_end = lanes - lane < UR_SHARD ? lanes : lane + UR_SHARD;
        double sum = 0;
        for (size_t t = 0; t < job->y->steps; t++)
            for (size_t b = lane; b < lane_end; b++) {
                size_t row = t * lanes + b;
                sum += job->row_loss(job, row, job->d ? job->d + row * job->y->row : NULL);
            }
        job->shard[shard] = sum;
    }
}

static ur_status run(ur_tape *tape, ur_loss_job *job, ur_tensor *y, double scale, double *sum)
{
    if (!y) return tape->status;
    size_t shards = (y->lanes + UR_SHARD - 1) / UR_SHARD;
    bool fresh;
    job->kernels = tape->compute->train;
    job->y = y;
    job->scale = (real)scale;
    job->d = tape->recording ? ur_gradient_fresh(tape, y, &fresh) : NULL;
    job->shard = ur_tape_alloc(tape, shards, sizeof(double));
    if (!job->shard) return tape->status;
    ur_pool_run(tape->compute->pool, work, job);
    *sum = 0;
    for (size_t i = 0; i < shards; i++) *sum += job->shard[i];
    return UR_OK;
}

ur_status ur_softmax_loss(ur_tape *tape, ur_tensor *logits, const int32_t *targets, double scale, double *sum)
{
    ur_loss_job job = {.row_loss = softmax_row, .targets = targets};
    return run(tape, &job, logits, scale, sum);
}

ur_status ur_sigmoid_loss(ur_tape *tape, ur_tensor *logits, const real *targets, double scale, double *sum)
{
    ur_loss_job job = {.row_loss = sigmoid_row, .values = targets};
    return run(tape, &job, logits, scale, sum);
}

ur_status ur_squared_loss(ur_tape *tape, ur_tensor *y, const real *targets, double scale, double *sum)
{
    ur_loss_job job = {.row_loss = squared_row, .values = targets};
    return run(tape, &job, y, scale, sum);
}
