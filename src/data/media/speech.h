/*
 * Sound as the network's input: every 10 ms the logarithms of the power in 40 bands. The bands are spaced evenly on the
 * mel scale, mel(f) = 1127·ln(1 + f/700), from 80 Hz to 0.475 of the rate. Each band is a triangle that reaches to the
 * centres of its neighbours. A slice covers 25 ms under a Hann window. All numbers of a recording together are scaled
 * to mean 0 and variance 1, which keeps the loudness of bands and slices relative to each other. The computation is in
 * double precision with the logarithm and cosine of base/scalar.h: the same bits on every machine.
 */
#ifndef UR_DATA_SPEECH_H
#define UR_DATA_SPEECH_H

#include "unroll.h"

enum { UR_SPEECH_BANDS = 40 };

typedef struct ur_speech ur_speech;

ur_status ur_speech_create(ur_speech **speech, uint32_t rate, ur_error *error);
void ur_speech_free(ur_speech *speech);
uint32_t ur_speech_rate(const ur_speech *speech);

/* The number of slices of a recording with `samples` samples. It is at least 1; a short recording is
 * padded with silence. */
size_t ur_speech_steps(const ur_speech *speech, size_t samples);
/* Samples in a slice, and from the beginning of one slice to the next. */
size_t ur_speech_window(const ur_speech *speech);
size_t ur_speech_hop(const ur_speech *speech);
/* The size of `work` below, in numbers. */
size_t ur_speech_work(const ur_speech *speech);
/* The bands of one slice, not normalised. `samples` begins at the slice; fewer than a window may be left. */
void ur_speech_slice(const ur_speech *speech, const double *samples, size_t count, float *bands, double *work);
/* bands: (steps, UR_SPEECH_BANDS), normalised. Safe from any number of threads, each with its own `work`. */
void ur_speech_bands(const ur_speech *speech, const double *samples, size_t count, float *bands, double *work);

/* Resampling, by a windowed sinc with 16 zeros on each side: the number of samples, and the samples. */
size_t ur_resampled_count(size_t count, uint32_t from, uint32_t to);
void ur_resample(const double *samples, size_t count, uint32_t from, uint32_t to, double *out);

#endif
