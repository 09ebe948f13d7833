/* (y − target)²; its slope is 2(y − target). */
#include "layer/loss.h"

#include <string.h>

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

ur_status ur_squared_loss(ur_tape *tape, ur_tensor *y, const real *targets, double scale, double *sum)
{
    ur_loss_job job = {.row_loss = squared_row, .values = targets};
    return ur_loss_by_rows(tape, &job, y, scale, sum);
}

static ur_status add_squared(ur_tape *tape, ur_tensor *y, const ur_targets *targets, double scale, double *sum)
{
    ur_loss_job job = {.row_loss = squared_row, .values = targets->values, .weights = targets->weights};
    return ur_loss_by_rows(tape, &job, y, scale, sum);
}

static void keep_numbers(const real *y, size_t width, real *out) { memmove(out, y, width * sizeof *out); }

const ur_loss_kind ur_loss_squared = {
    .word = "squared", .numbers = true, .take = ur_take_values, .loss = add_squared, .decode = keep_numbers};
