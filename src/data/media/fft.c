/*
 * See fft.h. A real signal of N numbers is taken as N/2 complex numbers, z[n] = x[2n] + i·x[2n+1]. They are
 * transformed in place (Cooley and Tukey 1965), and the spectrum of x is composed from that of z:
 *   X[k] = (Z[k] + Z*[M−k])/2 − i·e^(−2πi·k/N)·(Z[k] − Z*[M−k])/2,   M = N/2, Z[M] = Z[0]
 */
#include "data/media/fft.h"

#include "base/scalar.h"

void ur_fft_table(double *cosines, size_t size)
{
    for (size_t k = 0; k <= size / 2; k++) cosines[k] = ur_cos_turn((double)k / (double)size);
}

/* sin(2π·k/size) for 0 ≤ k ≤ size/2: sin(a) = cos(a − π/2). */
static double sine(const double *cosines, size_t k, size_t size)
{
    return cosines[k < size / 4 ? size / 4 - k : k - size / 4];
}

/* Moves each number to the index whose bits are those of its own index in reverse. */
static void turn_bits(double *z, size_t count)
{
    for (size_t i = 1, j = 0; i < count; i++) {
        size_t bit = count >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i >= j) continue;
        for (size_t part = 0; part < 2; part++) {
            double other = z[2 * i + part];
            z[2 * i + part] = z[2 * j + part];
            z[2 * j + part] = other;
        }
    }
}

static void butterfly(double *a, double *b, double c, double s)
{
    double re = b[0] * c + b[1] * s, im = b[1] * c - b[0] * s; /* b·e^(−iφ) */
    b[0] = a[0] - re;
    b[1] = a[1] - im;
    a[0] = a[0] + re;
    a[1] = a[1] + im;
}

/* Transforms `count` complex numbers. The table is that of `size` = 2·count. */
static void transform(double *z, size_t count, const double *cosines, size_t size)
{
    turn_bits(z, count);
    for (size_t half = 1; half < count; half *= 2)
        for (size_t begin = 0; begin < count; begin += 2 * half)
            for (size_t k = 0; k < half; k++) {
                size_t turn = k * (size / (2 * half));
                butterfly(z + 2 * (begin + k), z + 2 * (begin + k + half), cosines[turn], sine(cosines, turn, size));
            }
}

void ur_fft_power(double *x, size_t size, const double *cosines, double *power)
{
    size_t count = size / 2;
    transform(x, count, cosines, size);
    for (size_t k = 0; k <= count; k++) {
        const double *z = x + 2 * (k % count), *w = x + 2 * ((count - k) % count);
        double even_re = (z[0] + w[0]) / 2, even_im = (z[1] - w[1]) / 2; /* spectrum of x[0], x[2], … */
        double odd_re = (z[1] + w[1]) / 2, odd_im = (w[0] - z[0]) / 2;   /* spectrum of x[1], x[3], … */
        double c = cosines[k], s = sine(cosines, k, size);
        double re = even_re + odd_re * c + odd_im * s, im = even_im + odd_im * c - odd_re * s;
        power[k] = re * re + im * im;
    }
}
