/* See policy.h. Nobody needs the value of the loss, so only its gradient is computed. */
#include "layer/policy.h"

#include "layer/loss.h"

#include <string.h>

/* Clamps to ±1. A NaN becomes −1. */
static real hold(real x) { return x > -1 ? x < 1 ? x : 1 : -1; }

ur_tensor *ur_policy_draw(ur_tape *tape, const ur_tensor *mean, const real *noise, double sigma)
{
    ur_tensor *done = mean ? ur_tensor_make(tape, 1, mean->lanes, mean->width) : NULL;
    if (!done) return NULL;
    done->wanted = false;
    memset(done->value, 0, ur_tensor_size(done) * sizeof *done->value);
    for (size_t b = 0; b < mean->lanes; b++)
        for (size_t i = 0; i < mean->width; i++) {
            real off = noise ? (real)sigma * noise[b * mean->width + i] : 0;
            done->value[b * done->row + i] = hold(mean->value[b * mean->row + i] + off);
        }
    return done;
}

/* The gradient of one lane for each of its numbers; see policy.h. */
static double policy_row(const ur_loss_job *job, size_t row, real *d)
{
    const size_t width = job->y->width;
    const real *mean = job->y->value + row * job->y->row, *trial = job->values + row * width;
    for (size_t i = 0; d && i < width; i++) d[i] = (mean[i] - hold(mean[i]) - trial[i]) * job->scale;
    for (size_t i = width; d && i < job->y->row; i++) d[i] = 0;
    return 0;
}

ur_status ur_policy_loss(ur_tape *tape, ur_tensor *mean, const real *noise, const real *advantage, double sigma,
                         double scale)
{
    double none;
    if (!mean) return tape->status;
    real *trial = ur_tape_alloc(tape, mean->lanes * mean->width, sizeof *trial); /* A·ε */
    if (!trial) return tape->status;
    for (size_t i = 0; i < mean->lanes * mean->width; i++) trial[i] = advantage[i / mean->width] * noise[i];
    ur_loss_job job = {.row_loss = policy_row, .values = trial};
    return ur_loss_by_rows(tape, &job, mean, scale / sigma, &none);
}
