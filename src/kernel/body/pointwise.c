/* Pointwise functions and sums over one row: activations, norms, averages. */
#include "kernel/functions.h"
#include "kernel/kernels.h"

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

void UR_ISA_NAME(ur_add_scaled)(real *y, const real *x, real s, size_t n)
{
    v16 factor = v_set(s);
    for (size_t i = 0; i < n; i += 16) v_store(y + i, v_fma(v_load(x + i), factor, v_load(y + i)));
}

real UR_ISA_NAME(ur_dot)(const real *x, const real *y, size_t n)
{
    v16 sum = v_zero();
    for (size_t i = 0; i < n; i += 16) sum = v_fma(v_load(x + i), v_load(y + i), sum);
    return v_sum(sum);
}

real UR_ISA_NAME(ur_tanh_dot)(const real *v, const real *x, const real *y, size_t n)
{
    v16 sum = v_zero();
    for (size_t i = 0; i < n; i += 16) sum = v_fma(v_load(v + i), v_tanh(v_add(v_load(x + i), v_load(y + i))), sum);
    return v_sum(sum);
}

void UR_ISA_NAME(ur_tanh_dot_back)(const real *v, const real *x, const real *y, real d, real *dxy, real *dv, size_t n)
{
    v16 share = v_set(d);
    for (size_t i = 0; i < n; i += 16) {
        v16 t = v_tanh(v_add(v_load(x + i), v_load(y + i)));
        v_store(dxy + i, v_mul(v_mul(share, v_load(v + i)), v_tanh_slope(t)));
        v_store(dv + i, v_fma(share, t, v_load(dv + i)));
    }
}

double UR_ISA_NAME(ur_sum_squares)(const real *x, size_t n)
{
    double lane[16] = {0};
    size_t whole = n / 16 * 16;
    for (size_t i = 0; i < whole; i += 16)
        for (size_t k = 0; k < 16; k++) lane[k] += (double)x[i + k] * (double)x[i + k];
    for (size_t i = whole; i < n; i++) lane[i - whole] += (double)x[i] * (double)x[i];
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
