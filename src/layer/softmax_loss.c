/* Softmax cross-entropy: log Σ exp(x) − x[target]; its slope is softmax(x) − onehot(target). Smoothed by ε, the target
 * is (1 − ε)·onehot(target) + ε/W: that adds ε·(x[target] − mean x), with the slope ε·(onehot(target) − 1/W). */
#include "kernel/scalar.h"
#include "layer/loss.h"

/* Sixteen chains, because a single chain would wait for each of its additions. */
static double sum_row(const real *x, size_t n)
{
    double chain[16] = {0}, sum = 0;
    size_t whole = n / 16 * 16;
    for (size_t i = 0; i < whole; i += 16)
        for (size_t k = 0; k < 16; k++) chain[k] += (double)x[i + k];
    for (size_t i = whole; i < n; i++) chain[i - whole] += (double)x[i];
    for (size_t k = 0; k < 16; k++) sum += chain[k];
    return sum;
}

static double smooth_row(const ur_loss_job *job, const real *x, int32_t target, real *d)
{
    double sum = sum_row(x, job->y->width), width = (double)job->y->width, slope = job->smoothing * (double)job->scale;
    const real share = (real)(slope / width);
    for (size_t i = 0; d && i < job->y->width; i++) d[i] -= share;
    if (d) d[target] += (real)slope;
    return job->smoothing * ((double)x[target] - sum / width);
}

static double softmax_row(const ur_loss_job *job, size_t row, real *d)
{
    const real *x = job->y->value + row * job->y->row;
    int32_t target = job->ids[row];
    double loss = job->kernels->softmax_loss(x, job->y->width, target, job->scale, d);
    return job->smoothing > 0 && target >= 0 ? loss + smooth_row(job, x, target, d) : loss;
}

ur_status ur_softmax_loss(ur_tape *tape, ur_tensor *logits, const int32_t *targets, double scale, double *sum)
{
    ur_loss_job job = {.row_loss = softmax_row, .ids = targets};
    return ur_loss_by_rows(tape, &job, logits, scale, sum);
}

static ur_status add_softmax(ur_tape *tape, ur_tensor *y, const ur_targets *targets, double scale, double *sum)
{
    ur_loss_job job = {
        .row_loss = softmax_row, .ids = targets->ids, .weights = targets->weights, .smoothing = targets->smoothing};
    return ur_loss_by_rows(tape, &job, y, scale, sum);
}

static void decode_softmax(const real *y, size_t width, real *out)
{
    double top = (double)y[0], sum = 0;
    for (size_t i = 1; i < width; i++) top = (double)y[i] > top ? (double)y[i] : top;
    for (size_t i = 0; i < width; i++) sum += ur_exp((double)y[i] - top);
    for (size_t i = 0; i < width; i++) out[i] = (real)(ur_exp((double)y[i] - top) / sum);
}

const ur_loss_kind ur_loss_softmax = {
    .word = "softmax", .smooths = true, .take = ur_take_ids, .loss = add_softmax, .decode = decode_softmax};
