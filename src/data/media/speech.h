/*
 * Sound as a network takes it: every 10 ms the logarithms of the power in 40 bands, which lie evenly on the mel scale,
 * mel(f) = 1127·ln(1 + f/700), from 80 Hz to 0.475 of the rate, each a triangle that overlaps its neighbours to the half.
 * A slice sees 25 ms under a Hann window. All numbers of a recording then have mean 0 and variance 1 together: what is louder
 * than what stays. In double
 * precision, with logarithm and cosine of base/scalar.h: the same bits on every machine.
 */
#ifndef UR_DATA_SPEECH_H
#define UR_DATA_SPEECH_H

#include "unroll.h"

enum { UR_SPEECH_BANDS = 40 };

typedef struct ur_speech ur_speech;

ur_status ur_speech_create(ur_speech **speech, uint32_t rate, ur_error *error);
void ur_speech_free(ur_speech *speech);
uint32_t ur_speech_rate(const ur_speech *speech);

/* Slices of a recording of so many samples; one at least: a short one goes on with silence. */
size_t ur_speech_steps(const ur_speech *speech, size_t samples);
/* Samples that a slice sees, and those between the beginnings of two. */
size_t ur_speech_window(const ur_speech *speech);
size_t ur_speech_hop(const ur_speech *speech);
/* Numbers that `work` has below. */
size_t ur_speech_work(const ur_speech *speech);
/* The bands of one slice, as they are: of its samples, which may be fewer than a window at the end of a recording. */
void ur_speech_slice(const ur_speech *speech, const double *samples, size_t count, float *bands, double *work);
/* bands: (steps, UR_SPEECH_BANDS). Any number of threads, each with its own `work`. */
void ur_speech_bands(const ur_speech *speech, const double *samples, size_t count, float *bands, double *work);

/* Samples at another rate: how many, and the samples themselves, by a windowed sinc of 16 zeros a side. */
size_t ur_resampled_count(size_t count, uint32_t from, uint32_t to);
void ur_resample(const double *samples, size_t count, uint32_t from, uint32_t to, double *out);

#endif
