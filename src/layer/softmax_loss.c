/* Softmax cross-entropy: log Σ exp(x) − x[target]; its slope is softmax(x) − onehot(target). */
#include "kernel/scalar.h"
#include "layer/loss.h"

static double softmax_row(const ur_loss_job *job, size_t row, real *d)
{
    return job->kernels->softmax_loss(job->y->value + row * job->y->row, job->y->width, job->ids[row], job->scale, d);
}

ur_status ur_softmax_loss(ur_tape *tape, ur_tensor *logits, const int32_t *targets, double scale, double *sum)
{
    ur_loss_job job = {.row_loss = softmax_row, .ids = targets};
    return ur_loss_by_rows(tape, &job, logits, scale, sum);
}

static ur_status add_softmax(ur_tape *tape, ur_tensor *y, const ur_targets *targets, double scale, double *sum)
{
    return ur_softmax_loss(tape, y, targets->ids, scale, sum);
}

static void decode_softmax(const real *y, size_t width, real *out)
{
    double top = (double)y[0], sum = 0;
    for (size_t i = 1; i < width; i++) top = (double)y[i] > top ? (double)y[i] : top;
    for (size_t i = 0; i < width; i++) sum += ur_exp((double)y[i] - top);
    for (size_t i = 0; i < width; i++) out[i] = (real)(ur_exp((double)y[i] - top) / sum);
}

const ur_loss_kind ur_loss_softmax = {
    .word = "softmax", .take = ur_take_ids, .loss = add_softmax, .decode = decode_softmax};
