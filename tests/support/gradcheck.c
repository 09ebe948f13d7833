/* See gradcheck.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/gradcheck.h"

#include <math.h>

static double slope_over(real *x, double h, objective *f, void *context)
{
    const real at = *x;
    *x = (real)((double)at + h);
    double above = f(context);
    *x = (real)((double)at - h);
    double below = f(context);
    *x = at;
    return (above - below) / (2 * h);
}

/*
 * A step across the kink of a relu gives a wrong slope, so smaller steps are tried while the slope is far from
 * `expected`. Returns the slope nearest to `expected`.
 */
static double slope(real *x, double expected, objective *f, void *context)
{
    double best = INFINITY;
    for (double h = 1e-5; h > 1e-7; h /= 8) {
        double s = slope_over(x, h, f, context);
        if (fabs(s - expected) < fabs(best - expected)) best = s;
        if (fabs(best - expected) < 1e-8 * (1 + fabs(expected))) break;
    }
    return best;
}

void check_gradient(const char *what, real *x, const real *gradient, size_t n, objective *f, void *context)
{
    double off = 0, size = 0, given = 0, worst = -1;
    size_t worst_at = 0;
    for (size_t i = 0; i < n; i++) {
        double g = (double)gradient[i], s = slope(x + i, g, f, context), d = fabs(g - s);
        off += d * d;
        size += s * s;
        given += g * g;
        if (!(d > worst)) continue;
        worst = d;
        worst_at = i;
    }
    double whole = sqrt(fmax(size, given));
    if (!(whole > 0)) fail_msg("%s: nothing depends on it", what);
    if (!(sqrt(off) <= 1e-6 * whole))
        fail_msg("%s: relative error %.3g; the worst number is %zu of %zu, its gradient %.17g", what, sqrt(off) / whole,
                 worst_at, n, (double)gradient[worst_at]);
}
