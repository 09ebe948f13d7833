/* See scalar.h. Plain series are fast enough: these run once per row or weight, never in an inner loop. */
#include "base/scalar.h"

#include <math.h>

/* x = m·2^e with √½ ≤ m < √2; log m = 2·(s + s³/3 + s⁵/5 + …), s = (m − 1)/(m + 1), |s| < 0.172. */
double ur_log(double x)
{
    if (!(x > 0) || isinf(x)) return x == 0 ? -INFINITY : x > 0 ? x : NAN;
    int e;
    double m = frexp(x, &e);
    if (m < 0.70710678118654752440) {
        m *= 2;
        e -= 1;
    }
    double s = (m - 1) / (m + 1), square = s * s, sum = 0;
    for (int k = 21; k > 1; k -= 2) sum = (sum + 1.0 / k) * square;
    return e * 0.69314718055994530942 + 2 * (s + s * sum);
}

enum { BLOCK = 16, TERMS = 14 };

/* x = n·ln 2 + r, |r| ≤ ln 2 / 2; x is clamped to ±700. */
static double split_exponent(double x, double *r)
{
    if (!(x > -700)) x = -700;
    if (x > 700) x = 700;
    double n = floor(x * 1.44269504088896340736 + 0.5);
    *r = (x - n * 0x1.62e42fee00000p-1) - n * 0x1.a39ef35793c76p-33; /* ln 2 is split into two parts */
    return n;
}

/* e^x from power = e^r and n. */
static double join_exponent(double x, double power, double n)
{
    return isnan(x) ? x : x < -700 ? 0 : ldexp(power, (int)n);
}

/* The Taylor series of e^r. */
double ur_exp(double x)
{
    double r, n = split_exponent(x, &r), sum = 1;
    for (int k = TERMS; k > 0; k--) sum = 1 + sum * r / k;
    return join_exponent(x, sum, n);
}

/* ur_exp of up to BLOCK numbers. Each term is computed for all numbers before the next: divisions are slow, and
 * independent ones overlap. */
static void exponentiate(double *x, size_t count)
{
    double n[BLOCK], r[BLOCK] = {0}, sum[BLOCK];
    for (size_t i = 0; i < count; i++) n[i] = split_exponent(x[i], &r[i]);
    for (size_t i = 0; i < BLOCK; i++) sum[i] = 1;
    for (int k = TERMS; k > 0; k--)
        for (size_t i = 0; i < BLOCK; i++) sum[i] = 1 + sum[i] * r[i] / k;
    for (size_t i = 0; i < count; i++) x[i] = join_exponent(x[i], sum[i], n[i]);
}

void ur_exp_all(double *x, size_t count)
{
    for (size_t at = 0; at < count; at += BLOCK) exponentiate(x + at, count - at < BLOCK ? count - at : BLOCK);
}

double ur_tanh(double x) { return 1 - 2 / (ur_exp(2 * x) + 1); }

/* The angle is folded to the first eighth of the circle; then the Taylor series of cos or sin. */
double ur_cos_turn(double turns)
{
    double sign = 1;
    if (turns > 0.5) turns = 1 - turns;
    if (turns > 0.25) {
        turns = 0.5 - turns;
        sign = -1;
    }
    int use_sine = turns > 0.125;
    double x = 6.28318530717958647693 * (use_sine ? 0.25 - turns : turns), square = x * x, sum = 1;
    for (int k = use_sine ? 19 : 18; k > 1; k -= 2) sum = 1 - sum * square / (k * (k - 1));
    return sign * (use_sine ? x * sum : sum);
}
