/* What is done number by number, and the sums over one row: activations, softmax and its loss, norms. */
#include "kernel/functions.h"
#include "kernel/kernels.h"
#include "kernel/scalar.h"

void UR_ISA_NAME(ur_activate)(ur_activation activation, real *y, size_t n)
{
    for (size_t i = 0; i < n; i += 16) v_store(y + i, v_activate(activation, v_load(y + i)));
}

void UR_ISA_NAME(ur_activate_back)(ur_activation activation, const real *y, const real *dy, real *dx, size_t n)
{
    for (size_t i = 0; i < n; i += 16)
        v_store(dx + i, v_mul(v_load(dy + i), v_activation_slope(activation, v_load(y + i))));
}

void UR_ISA_NAME(ur_add)(real *y, const real *x, size_t n)
{
    for (size_t i = 0; i < n; i += 16) v_store(y + i, v_add(v_load(y + i), v_load(x + i)));
}

void UR_ISA_NAME(ur_multiply)(real *y, const real *x, const real *m, size_t n)
{
    for (size_t i = 0; i < n; i += 16) v_store(y + i, v_mul(v_load(x + i), v_load(m + i)));
}

void UR_ISA_NAME(ur_multiply_add)(real *y, const real *x, const real *m, size_t n)
{
    for (size_t i = 0; i < n; i += 16) v_store(y + i, v_fma(v_load(x + i), v_load(m + i), v_load(y + i)));
}

/* The last, partly filled lanes of a row, filled up with `fill`. */
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

/* e ← exp(x − top); returns Σ e: lane i adds up the numbers i, i + 16, …, then the tree. e may be NULL or x. */
static real row_exp(const real *x, size_t n, real top, real *e)
{
    v16 sum = v_zero(), shift = v_set(top);
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        v16 y = v_exp(v_sub(v_load(x + i), shift));
        if (e) v_store(e + i, y);
        sum = v_add(sum, y);
    }
    if (i < n) {
        real last[16] = {0};
        v_store_part(last, v_exp(v_sub(load_filled(x + i, n - i, top), shift)), n - i);
        if (e) v_store(e + i, v_load(last));
        sum = v_add(sum, v_load(last));
    }
    return v_sum(sum);
}

double UR_ISA_NAME(ur_softmax_loss)(const real *logits, size_t n, int32_t target, real scale, real *d)
{
    size_t padded = ur_padded(n);
    if (target < 0) {
        for (size_t i = 0; d && i < padded; i += 16) v_store(d + i, v_zero());
        return 0;
    }
    real top = row_top(logits, n), hit = logits[target];
    real sum = row_exp(logits, n, top, d);
    if (d) {
        v16 share = v_set(scale / sum);
        for (size_t i = 0; i < padded; i += 16) v_store(d + i, v_mul(v_load(d + i), share));
        d[target] -= scale;
    }
    return ur_log((double)sum) + ((double)top - (double)hit);
}

double UR_ISA_NAME(ur_sum_squares)(const real *x, size_t n)
{
    double lane[16] = {0};
    for (size_t i = 0; i < n; i++) lane[i % 16] += (double)x[i] * (double)x[i];
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lane[i] += lane[i + half];
    return lane[0];
}

void UR_ISA_NAME(ur_average)(real *mean, const real *x, real share, size_t n)
{
    v16 s = v_set(share);
    size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        v16 m = v_load(mean + i);
        v_store(mean + i, v_fma(s, v_sub(v_load(x + i), m), m));
    }
    if (i < n) {
        v16 m = v_load_part(mean + i, n - i);
        v_store_part(mean + i, v_fma(s, v_sub(v_load_part(x + i, n - i), m), m), n - i);
    }
}
