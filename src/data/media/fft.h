/* The spectrum of a real signal, in double precision and the same bits on every machine. */
#ifndef UR_DATA_FFT_H
#define UR_DATA_FFT_H

#include <stddef.h>

/* cos(2π·k/size), k = 0 … size/2, for ur_fft_power; size is a power of two, 4 at least. */
void ur_fft_table(double *cosines, size_t size);

/* power[k] = |Σ x[n]·e^(−2πi·kn/size)|², k = 0 … size/2. `x` has size numbers; it is overwritten. */
void ur_fft_power(double *x, size_t size, const double *cosines, double *power);

#endif
