/*
 * The quantile (or pinball) loss of Koenker and Bassett (1978): with e = target − y and a level q the loss is q·e if e
 * is above 0, and (q − 1)·e otherwise. So y becomes the value below which the target stays with probability q. The
 * slope is −q if y is too low, 1 − q if y is too high. With q = ½ the loss is half the absolute error.
 *
 * Q outputs side by side, one for each level, belong to one target: y (T, B, N·Q), targets (T, B, N).
 */
#include "layer/loss.h"

#include <string.h>

static const double MEDIAN = 0.5;

static size_t count_levels(const ur_targets *t) { return t->level_count ? t->level_count : 1; }

static void take_quantiles(ur_tape *tape, ur_targets *t)
{
    size_t levels = count_levels(t);
    for (size_t i = 0; i < t->level_count; i++)
        if (!(t->levels[i] > 0 && t->levels[i] < 1))
            ur_tape_fail(tape, UR_ERR_USAGE, "quantile %g is not between 0 and 1", t->levels[i]);
    if (t->width % levels)
        ur_tape_fail(tape, UR_ERR_USAGE, "%zu outputs cannot be shared out among %zu quantiles", t->width, levels);
    t->width /= levels;
    ur_take_values(tape, t);
}

static double quantile_row(const ur_loss_job *job, size_t row, real *d)
{
    size_t levels = job->level_count, width = job->y->width;
    const real *y = job->y->value + row * job->y->row, *target = job->values + row * (width / levels);
    double sum = 0;
    for (size_t i = 0; i < width; i++) {
        double off = (double)target[i / levels] - (double)y[i], q = job->levels[i % levels];
        bool counts = !isnan(target[i / levels]);
        if (counts) sum += off > 0 ? q * off : (q - 1) * off;
        if (d) d[i] = counts && off != 0 ? (real)((off > 0 ? -q : 1 - q) * (double)job->scale) : 0;
    }
    for (size_t i = width; d && i < job->y->row; i++) d[i] = 0;
    return sum;
}

static ur_status add_quantiles(ur_tape *tape, ur_tensor *y, const ur_targets *t, double scale, double *sum)
{
    ur_loss_job job = {.row_loss = quantile_row,
                       .values = t->values,
                       .weights = t->weights,
                       .levels = t->level_count ? t->levels : &MEDIAN,
                       .level_count = count_levels(t)};
    return ur_loss_by_rows(tape, &job, y, scale, sum);
}

static void keep_numbers(const real *y, size_t width, real *out) { memmove(out, y, width * sizeof *out); }

const ur_loss_kind ur_loss_quantile = {
    .word = "quantile", .numbers = true, .take = take_quantiles, .loss = add_quantiles, .decode = keep_numbers};
