/* Binary cross-entropy of σ(x): log(1 + e^−|x|) + max(x, 0) − x·target; its slope is σ(x) − target. Smoothed by ε, the
 * target is (1 − ε)·target + ε/2. */
#include "kernel/scalar.h"
#include "layer/loss.h"

/* σ(x), with z = e^−|x|. */
static double sigmoid(double x, double z) { return x > 0 ? 1 / (1 + z) : z / (1 + z); }

enum { BLOCK = 16 };

/* Computes e^−|x| for the next numbers. */
static void take_block(const real *x, size_t left, double z[BLOCK])
{
    const size_t count = left < BLOCK ? left : BLOCK;
    for (size_t i = 0; i < count; i++) z[i] = -fabs((double)x[i]);
    ur_exp_all(z, count);
}

static double sigmoid_row(const ur_loss_job *job, size_t row, real *d)
{
    const real *x = job->y->value + row * job->y->row, *target = job->values + row * job->y->width;
    double sum = 0, z[BLOCK];
    for (size_t i = 0; i < job->y->width; i++) {
        if (i % BLOCK == 0) take_block(x + i, job->y->width - i, z);
        double sigma = sigmoid((double)x[i], z[i % BLOCK]);
        double wanted = (1 - job->smoothing) * (double)target[i] + job->smoothing / 2;
        bool counts = !isnan(target[i]);
        if (counts) sum += ur_log(1 + z[i % BLOCK]) + ((double)x[i] > 0 ? (double)x[i] : 0) - (double)x[i] * wanted;
        if (d) d[i] = counts ? (real)((sigma - wanted) * (double)job->scale) : 0;
    }
    for (size_t i = job->y->width; d && i < job->y->row; i++) d[i] = 0;
    return sum;
}

ur_status ur_sigmoid_loss(ur_tape *tape, ur_tensor *logits, const real *targets, double scale, double *sum)
{
    ur_loss_job job = {.row_loss = sigmoid_row, .values = targets};
    return ur_loss_by_rows(tape, &job, logits, scale, sum);
}

static ur_status add_sigmoid(ur_tape *tape, ur_tensor *y, const ur_targets *targets, double scale, double *sum)
{
    ur_loss_job job = {.row_loss = sigmoid_row,
                       .values = targets->values,
                       .weights = targets->weights,
                       .smoothing = targets->smoothing};
    return ur_loss_by_rows(tape, &job, y, scale, sum);
}

static void decode_sigmoid(const real *y, size_t width, real *out)
{
    for (size_t i = 0; i < width; i++) out[i] = (real)sigmoid((double)y[i], ur_exp(-fabs((double)y[i])));
}

const ur_loss_kind ur_loss_sigmoid = {.word = "sigmoid",
                                      .numbers = true,
                                      .logits = true,
                                      .smooths = true,
                                      .take = ur_take_values,
                                      .loss = add_sigmoid,
                                      .decode = decode_sigmoid};
