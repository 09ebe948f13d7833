/*
 * a·b + c, rounded once, for processors without such an instruction: there fmaf of the C library is slow, since it
 * changes the rounding mode.
 *
 * In double the product of two floats is exact. The sum is rounded to double, and then to float. This gives the same as
 * one rounding, unless the sum in double is exactly in the middle between two floats: otherwise the sum and the exact
 * result are on the same side of every middle. In the range of normal floats, the last 29 bits of a middle are a one and
 * 28 zeros. For these, and for results below that range, fmaf is called. A sum of zero is exact.
 */
#ifndef UR_KERNEL_FMA_H
#define UR_KERNEL_FMA_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

static inline float ur_fma(float a, float b, float c)
{
    double sum = (double)a * b + c;
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    if ((bits & 0x1FFFFFFF) == 0x10000000) return fmaf(a, b, c);
    if (fabs(sum) < 2 * (double)FLT_MIN && sum != 0) return fmaf(a, b, c);
    return (float)sum;
}

#endif
