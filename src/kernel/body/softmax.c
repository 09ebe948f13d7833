/*
 * Softmax and its loss. A row is taken in parts of UR_SOFTMAX_PART logits, each with its own top and Σ exp(x − top).
 * The parts are joined in order, so a row need never be stored as a whole (layer/dense_softmax.c).
 */
#include "kernel/softmax.h"
#include "kernel/functions.h"

/* The last n < 16 numbers of a row as a vector, filled up with `fill`. */
static v16 load_filled(const real *x, size_t n, real fill)
{
    real whole[16];
    v_store(whole, v_set(fill));
    for (size_t i = 0; i < n; i++) whole[i] = x[i];
    return v_load(whole);
}

static real row_top(const real *x, size_t n)
{
    size_t whole = n / 16 * 16;
    v16 top = whole < n ? load_filled(x + whole, n - whole, x[whole]) : v_load(x);
    for (size_t i = 0; i < whole; i += 16) top = v_max(v_load(x + i), top);
    return v_top(top);
}

/* Σ exp(x − top): element i of a vector adds up the numbers i, i + 16, …, then the tree. */
static real row_sum(const real *x, size_t n, real top)
{
    v16 sum = v_zero(), shift = v_set(top);
    size_t i = 0;
    for (; i + 16 <= n; i += 16) sum = v_add(sum, v_exp_falling(v_sub(v_load(x + i), shift)));
    if (i < n) {
        real last[16] = {0};
        v_store_part(last, v_exp_falling(v_sub(load_filled(x + i, n - i, top), shift)), n - i);
        sum = v_add(sum, v_load(last));
    }
    return v_sum(sum);
}

ur_softmax_sum UR_ISA_NAME(ur_softmax_part)(const real *logits, size_t n)
{
    real top = row_top(logits, n);
    return (ur_softmax_sum){(double)row_sum(logits, n, top), top};
}

void UR_ISA_NAME(ur_softmax_slope)(const real *logits, size_t n, real top, real share, real *d)
{
    v16 shift = v_set(top), factor = v_set(share);
    size_t i = 0;
    for (; i + 16 <= n; i += 16) v_store(d + i, v_mul(v_exp_falling(v_sub(v_load(logits + i), shift)), factor));
    if (i < n) {
        v16 last = v_mul(v_exp_falling(v_sub(load_filled(logits + i, n - i, top), shift)), factor);
        v_store(d + i, v_zero());
        v_store_part(d + i, last, n - i);
    }
}

double UR_ISA_NAME(ur_softmax_loss)(const real *logits, size_t n, int32_t target, real scale, real *d)
{
    if (target < 0) {
        for (size_t i = 0; d && i < ur_padded(n); i += 16) v_store(d + i, v_zero());
        return 0;
    }
    ur_softmax_sum all = ur_softmax_none();
    for (size_t at = 0; at < n; at += UR_SOFTMAX_PART)
        all = ur_softmax_join(
            all, UR_ISA_NAME(ur_softmax_part)(logits + at, n - at < UR_SOFTMAX_PART ? n - at : UR_SOFTMAX_PART));
    double loss = ur_softmax_cost(all, logits[target]);
    if (d) UR_ISA_NAME(ur_softmax_slope)(logits, n, all.top, scale / (real)all.sum, d);
    if (d) d[target] -= scale;
    return loss;
}
