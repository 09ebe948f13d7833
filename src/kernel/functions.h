/*
 * exp, tanh and sigmoid of vectors, with the same bits on every machine (docs/arithmetic.md). In double: the C
 * library's.
 *
 *   exp      x = n·ln 2 + r, |r| ≤ ln 2 / 2;  e^r = 1 + r + r²·P(r), P of degree 4; constant beyond ±87
 *   tanh     |x| < 0.625: x + x³·Q(x²), Q of degree 4;  else 1 − 2 / (e^{2|x|} + 1) with the sign of x
 *   sigmoid  e = e^{−|x|}; 1 / (1 + e), below zero e − e·(e / (1 + e)): just e / (1 + e) would be off by 2.1 ulp
 * P and Q are our own minimax fits. Errors against the exact value, over every float: at most 2 ulp.
 */
#ifndef UR_KERNEL_FUNCTIONS_H
#define UR_KERNEL_FUNCTIONS_H

#include "kernel/activation.h"
#include "kernel/lane.h"

#ifdef UR_REAL_DOUBLE
static inline v16 v_exp_falling(v16 x)
{
    V_EACH x.x[i] = exp(x.x[i]);
    return x;
}
static inline v16 v_tanh(v16 x)
{
    V_EACH x.x[i] = tanh(x.x[i]);
    return x;
}
#else
/* exp(x) for |x| ≤ 87. */
static inline v16 v_exp_within(v16 x)
{
    const v16 magic = v_set(0x1.8p23f);             /* adding this rounds to an integer, which is in the low bits */
    v16 t = v_fma(x, v_set(0x1.715476p+0f), magic); /* 1 / ln 2 */
    v16 n = v_sub(t, magic);
    v16 r = v_fma(n, v_set(-0x1.62e400p-1f), x); /* ln 2 in two parts */
    r = v_fma(n, v_set(-0x1.7f7d1cp-20f), r);
    v16 p = v_set(0x1.6a23ccp-10f);
    p = v_fma(p, r, v_set(0x1.123a20p-7f));
    p = v_fma(p, r, v_set(0x1.5558f2p-5f));
    p = v_fma(p, r, v_set(0x1.555492p-3f));
    p = v_fma(p, r, v_set(0x1.fffffcp-2f));
    p = v_fma(v_mul(r, r), p, r);
    return v_mul(v_add(p, v_set(1.0f)), v_exp2_bits(t));
}

/* exp(x) for x ≤ 87, and for x ≥ −87. At the other end x is clamped. */
static inline v16 v_exp_falling(v16 x) { return v_exp_within(v_max(v_set(-87.0f), x)); }
static inline v16 v_exp_rising(v16 x) { return v_exp_within(v_min(v_set(87.0f), x)); }

static inline v16 v_tanh(v16 x)
{
    v16 size = v_abs(x), square = v_mul(x, x), one = v_set(1.0f);
    v16 far = v_div(v_set(2.0f), v_add(v_exp_rising(v_add(size, size)), one));
    far = v_copysign(v_sub(one, far), x);
    v16 q = v_set(-0.005717036779969931f);
    q = v_fma(q, square, v_set(0.020650578662753105f));
    q = v_fma(q, square, v_set(-0.05374349653720856f));
    q = v_fma(q, square, v_set(0.13331490755081177f));
    q = v_fma(q, square, v_set(-0.3333328366279602f));
    v16 near = v_fma(v_mul(square, x), q, x);
    return v_where_less(size, v_set(0.625f), near, far);
}
#endif

static inline v16 v_sigmoid(v16 x)
{
    v16 one = v_set(1), zero = v_zero(), e = v_exp_falling(v_copysign(x, v_set(-0.0f)));
    v16 share = v_div(v_where_less(x, zero, e, one), v_add(one, e));
    return v_where_less(x, zero, v_fma(v_sub(zero, e), share, e), share);
}

static inline v16 v_relu(v16 x) { return v_max(v_zero(), x); }

/* The derivatives, computed from the function's value y. */
static inline v16 v_tanh_slope(v16 y) { return v_sub(v_set(1), v_mul(y, y)); }
static inline v16 v_sigmoid_slope(v16 y) { return v_mul(y, v_sub(v_set(1), y)); }
static inline v16 v_relu_slope(v16 y) { return v_where_less(v_zero(), y, v_set(1), v_zero()); }

/* An activation by its number, and its derivative from its value. */
static inline v16 v_activate(ur_activation activation, v16 x)
{
    switch (activation) {
    case UR_TANH:
        return v_tanh(x);
    case UR_RELU:
        return v_relu(x);
    case UR_SIGMOID:
        return v_sigmoid(x);
    case UR_LINEAR:
        break;
    }
    return x;
}

static inline v16 v_activation_slope(ur_activation activation, v16 y)
{
    switch (activation) {
    case UR_TANH:
        return v_tanh_slope(y);
    case UR_RELU:
        return v_relu_slope(y);
    case UR_SIGMOID:
        return v_sigmoid_slope(y);
    case UR_LINEAR:
        break;
    }
    return v_set(1);
}

#endif
