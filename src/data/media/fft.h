/* The spectrum of a real signal, in double precision, with the same bits on every machine. */
#ifndef UR_DATA_FFT_H
#define UR_DATA_FFT_H

#include <stddef.h>

/* cos(2π·k/size) for k = 0 … size/2, as ur_fft_power needs it. size is a power of two, at least 4. */
void ur_fft_table(double *cosines, size_t size);

/* power[k] = |Σ x[n]·e^(−2πi·kn/size)|² for k = 0 … size/2. `x` has size numbers and is overwritten. */
void ur_fft_power(double *x, size_t size, const double *cosines, double *power);

#endif
