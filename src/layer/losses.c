/* The rows of loss.inc, and what the losses share. */
#include "layer/loss.h"

#include <string.h>

static const ur_loss_kind *const kinds[] = {
#define UR_LOSS(id) &ur_loss_##id,
#include "layer/loss.inc"
#undef UR_LOSS
};

const ur_loss_kind *ur_loss_at(size_t number) { return number < sizeof kinds / sizeof *kinds ? kinds[number] : NULL; }

/* ---- targets ------------------------------------------------------------------------------------------------------ */

static bool is_live(const ur_targets *t, size_t place)
{
    return !t->lengths || (size_t)t->lengths[place % t->lanes] > place / t->lanes;
}

/* A copy in which everything after a lane's end is masked. Targets there are never read. */
static const int32_t *mask_ids(ur_tape *tape, const ur_targets *t)
{
    int32_t *ids = t->lengths ? ur_tape_alloc(tape, t->steps * t->lanes, sizeof *ids) : NULL;
    for (size_t i = 0; ids && i < t->steps * t->lanes; i++) ids[i] = is_live(t, i) ? t->ids[i] : -1;
    return t->lengths ? ids : t->ids;
}

static void check_given(ur_tape *tape, const ur_targets *t, bool there, const char *what)
{
    if (!there) ur_tape_fail(tape, UR_ERR_USAGE, "this loss takes %s as targets, the batch has none", what);
    if (t->given != t->steps)
        ur_tape_fail(tape, UR_ERR_USAGE, "targets of %zu steps for outputs of %zu", t->given, t->steps);
}

void ur_take_ids(ur_tape *tape, ur_targets *t)
{
    check_given(tape, t, t->ids != NULL, "ids");
    if (tape->status == UR_OK) t->ids = mask_ids(tape, t);
    for (size_t i = 0; tape->status == UR_OK && i < t->steps * t->lanes; i++) {
        if (t->ids[i] >= -1 && (t->ids[i] < 0 || (size_t)t->ids[i] < t->width))
            t->count += t->ids[i] >= 0 ? 1 : 0;
        else
            ur_tape_fail(tape, UR_ERR_DATA, "step %zu, lane %zu: target %d is neither -1 nor below the %zu outputs",
                         i / t->lanes, i % t->lanes, (int)t->ids[i], t->width);
    }
}

static const real *mask_values(ur_tape *tape, const ur_targets *t)
{
    size_t count = t->steps * t->lanes * t->width;
    real *values = t->lengths ? ur_tape_alloc(tape, count, sizeof *values) : NULL;
    for (size_t i = 0; values && i < count; i++) values[i] = is_live(t, i / t->width) ? t->values[i] : (real)NAN;
    return t->lengths ? values : t->values;
}

void ur_take_values(ur_tape *tape, ur_targets *t)
{
    check_given(tape, t, t->values != NULL, "numbers");
    if (tape->status == UR_OK) t->values = mask_values(tape, t);
    for (size_t i = 0; tape->status == UR_OK && i < t->steps * t->lanes; i++) {
        size_t before = t->count;
        for (size_t k = 0; k < t->width; k++) t->count += isnan(t->values[i * t->width + k]) ? 0 : 1;
        t->places += t->count > before;
    }
}

/* ---- sums over rows ----------------------------------------------------------------------------------------------- */

/* Multiplies the loss of a row and its gradient by the row's weight. */
static double weigh_row(const ur_loss_job *job, size_t row, double loss)
{
    if (!job->weights) return loss;
    real weight = job->weights[row], *d = job->d ? job->d + row * job->y->row : NULL;
    for (size_t i = 0; d && i < job->y->width; i++) d[i] *= weight;
    return (double)weight * loss;
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
                sum += weigh_row(job, row, job->row_loss(job, row, job->d ? job->d + row * job->y->row : NULL));
            }
        job->shard[shard] = sum;
    }
}

ur_status ur_loss_by_rows(ur_tape *tape, ur_loss_job *job, ur_tensor *y, double scale, double *sum)
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
