/* A vector of 16 numbers in plain C, for any machine and for the build in double. */
#include "kernel/fma.h"

#include <float.h>

#define UR_TILE_PANELS 1
#define UR_FEW_PANELS  2
#define UR_TILE_STEPS  1
#define UR_WIDE_PANELS 4

typedef struct v16 {
    real x[16];
} v16;

/* Unrolled, the loops would take three times as much code, and no less time. */
#ifdef __clang__
#define UR_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define UR_ROLLED _Pragma("GCC unroll 1")
#endif
#define V_EACH UR_ROLLED for (int i = 0; i < 16; i++)

static inline v16 v_load(const real *p)
{
    v16 v;
    memcpy(v.x, p, sizeof v.x);
    return v;
}
static inline void v_store(real *p, v16 v) { memcpy(p, v.x, sizeof v.x); }
static inline v16 v_set(real x)
{
    v16 v;
    V_EACH v.x[i] = x;
    return v;
}
static inline v16 v_zero(void) { return v_set(0); }
static inline v16 v_load_part(const real *p, size_t n)
{
    v16 v = v_zero();
    memcpy(v.x, p, n * sizeof(real));
    return v;
}
static inline void v_store_part(real *p, v16 v, size_t n) { memcpy(p, v.x, n * sizeof(real)); }

#define V_BINARY(name, expression)                                                                                     \
    static inline v16 name(v16 a, v16 b)                                                                               \
    {                                                                                                                  \
        v16 v;                                                                                                         \
        V_EACH v.x[i] = expression;                                                                                    \
        return v;                                                                                                      \
    }
V_BINARY(v_add, a.x[i] + b.x[i])
V_BINARY(v_sub, a.x[i] - b.x[i])
V_BINARY(v_mul, a.x[i] * b.x[i])
V_BINARY(v_div, a.x[i] / b.x[i])
V_BINARY(v_max, a.x[i] > b.x[i] ? a.x[i] : b.x[i])
V_BINARY(v_min, a.x[i] < b.x[i] ? a.x[i] : b.x[i])

#ifdef UR_REAL_DOUBLE
#define UR_SCALAR_FMA      fma
#define UR_SCALAR_SQRT     sqrt
#define UR_SCALAR_ABS      fabs
#define UR_SCALAR_COPYSIGN copysign
#else
#if defined(__FP_FAST_FMAF) || FLT_EVAL_METHOD != 0
#define UR_SCALAR_FMA fmaf
#else
#define UR_SCALAR_FMA ur_fma
#endif
#define UR_SCALAR_SQRT     sqrtf
#define UR_SCALAR_ABS      fabsf
#define UR_SCALAR_COPYSIGN copysignf
#endif
V_BINARY(v_copysign, UR_SCALAR_COPYSIGN(a.x[i], b.x[i]))

static inline v16 v_fma(v16 a, v16 b, v16 c)
{
    v16 v;
    V_EACH v.x[i] = UR_SCALAR_FMA(a.x[i], b.x[i], c.x[i]);
    return v;
}
static inline v16 v_sqrt(v16 a)
{
    v16 v;
    V_EACH v.x[i] = UR_SCALAR_SQRT(a.x[i]);
    return v;
}
static inline v16 v_abs(v16 a)
{
    v16 v;
    V_EACH v.x[i] = UR_SCALAR_ABS(a.x[i]);
    return v;
}
static inline v16 v_where_less(v16 a, v16 b, v16 x, v16 y)
{
    v16 v;
    V_EACH v.x[i] = a.x[i] < b.x[i] ? x.x[i] : y.x[i];
    return v;
}
static inline real v_sum(v16 v)
{
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++) v.x[i] = v.x[i] + v.x[i + half];
    return v.x[0];
}
static inline real v_top(v16 v)
{
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++) v.x[i] = v.x[i] > v.x[i + half] ? v.x[i] : v.x[i + half];
    return v.x[0];
}
#ifndef UR_REAL_DOUBLE
static inline v16 v_exp2_bits(v16 t)
{
    V_EACH
    {
        uint32_t bits;
        memcpy(&bits, &t.x[i], 4);
        bits = (bits << 23) + 0x3f800000u;
        memcpy(&t.x[i], &bits, 4);
    }
    return t;
}
#endif
