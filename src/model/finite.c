/* See finite.h. */
#include "model/finite.h"

#include <math.h>

/* x − x is 0, or NaN if x is not finite. There are sixteen sums, because a single one would wait for each of its
 * additions. */
bool ur_all_finite(const real *x, size_t n)
{
    real some[16] = {0}, sum = 0;
    size_t whole = n / 16 * 16;
    for (size_t i = 0; i < whole; i += 16)
        for (size_t k = 0; k < 16; k++) some[k] += x[i + k] - x[i + k];
    for (size_t i = whole; i < n; i++) some[0] += x[i] - x[i];
    for (size_t k = 0; k < 16; k++) sum += some[k];
    return sum == 0;
}

bool ur_live_finite(const ur_value *value)
{
    const ur_tensor *y = value->y;
    const int32_t *lengths = value->shape.ended ? NULL : value->shape.lengths;
    for (size_t i = 0; i < y->steps * y->lanes; i++) {
        bool live = !lengths || i / y->lanes < (size_t)lengths[i % y->lanes];
        if (live && !ur_all_finite(y->value + i * y->row, y->width)) return false;
    }
    return true;
}

double ur_largest(const real *x, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, isfinite(x[i]) ? fabs((double)x[i]) : INFINITY);
    return most;
}

ur_status ur_fail_growth(const ur_model *model, size_t cell, uint64_t tokens, ur_error *error)
{
    const unsigned long long count = tokens;
    const char *what = model->lines[0].symbols ? "token" : "step", *more = tokens == 1 ? "" : "s";
    if (!cell)
        return ur_fail(error, UR_ERR_NUMERIC,
                       "the output of \"%.300s\" is not finite after %llu %s%s; the model cannot go on", model->net,
                       count, what, more);
    return ur_fail(
        error, UR_ERR_NUMERIC,
        "cell layer %zu of \"%.300s\" grows without bound: not finite after %llu %s%s; the model cannot go on", cell,
        model->net, count, what, more);
}

/* The largest number in a layer's output at one step, over all lanes. */
static double largest_at(const ur_tensor *y, size_t step)
{
    size_t numbers = y->lanes * y->row;
    return step < y->steps ? ur_largest(y->value + step * numbers, numbers) : 0;
}

/* The first step at which the output of a layer is not finite. A layer that gives only one step, after the others,
 * counts as the last step. */
static size_t find_step(const ur_model *m, const ur_tape *tape)
{
    size_t steps = 0;
    for (size_t i = 0; i < m->layer_count; i++)
        if (tape->watch[i] && tape->watch[i]->steps > steps) steps = tape->watch[i]->steps;
    for (size_t t = 0; t < steps; t++)
        for (size_t i = 0; i < m->layer_count; i++)
            if (tape->watch[i] && tape->watch[i]->steps == steps && isinf(largest_at(tape->watch[i], t))) return t;
    return steps ? steps - 1 : 0;
}

ur_status ur_fail_run(const ur_model *m, const ur_tape *tape, uint64_t before, ur_error *error)
{
    size_t step = find_step(m, tape), cell = 0, blamed = 0;
    double worst = UR_MUCH;
    for (size_t i = 0; i < m->layer_count; i++) {
        if (!ur_is_recurrent(&m->layers[i])) continue;
        cell++;
        double most = tape->watch[i] ? largest_at(tape->watch[i], step) : 0;
        if (most > worst) blamed = cell;
        worst = fmax(worst, most);
    }
    return ur_fail_growth(m, blamed, before + step + 1, error);
}
