/* See speech.h. */
#include "data/media/speech.h"

#include "base/error.h"
#include "base/scalar.h"
#include "data/media/fft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One allocation; the tables follow the struct. */
struct ur_speech {
    uint32_t rate;
    size_t window, hop, size;         /* samples in a slice, between slices, and in the transform */
    double edge[UR_SPEECH_BANDS + 2]; /* of the bands, in Hz */
    double *taper, *cosines;
};

static double mel_of(double hertz) { return 1127 * ur_log(1 + hertz / 700); }

static double hertz_of(double mel) { return 700 * (ur_exp(mel / 1127) - 1); }

static void fill_tables(ur_speech *s)
{
    double low = mel_of(80), high = mel_of(0.475 * s->rate);
    for (size_t i = 0; i < UR_SPEECH_BANDS + 2; i++)
        s->edge[i] = hertz_of(low + (high - low) * (double)i / (UR_SPEECH_BANDS + 1));
    for (size_t i = 0; i < s->window; i++) s->taper[i] = (1 - ur_cos_turn((double)i / (double)s->window)) / 2;
    ur_fft_table(s->cosines, s->size);
}

ur_status ur_speech_create(ur_speech **speech, uint32_t rate, ur_error *error)
{
    size_t window = rate / 40, size = 4;
    while (size < window) size *= 2;
    *speech = calloc(1, sizeof **speech + (window + size / 2 + 1) * sizeof(double));
    if (!*speech) return ur_fail_memory(error, "the tables for sound");
    **speech = (ur_speech){.rate = rate, .window = window, .hop = rate / 100, .size = size};
    (*speech)->taper = (double *)(*speech + 1);
    (*speech)->cosines = (*speech)->taper + window;
    fill_tables(*speech);
    return UR_OK;
}

void ur_speech_free(ur_speech *speech) { free(speech); }

uint32_t ur_speech_rate(const ur_speech *speech) { return speech->rate; }
size_t ur_speech_window(const ur_speech *speech) { return speech->window; }
size_t ur_speech_hop(const ur_speech *speech) { return speech->hop; }

size_t ur_speech_steps(const ur_speech *s, size_t samples)
{
    return samples <= s->window ? 1 : 1 + (samples - s->window) / s->hop;
}

size_t ur_speech_work(const ur_speech *s) { return s->size + s->size / 2 + 1; }

/* The power under the triangle that rises from edge[0] to edge[1] and falls to edge[2]. */
static double sum_band(const ur_speech *s, const double *edge, const double *power)
{
    double step = (double)s->rate / (double)s->size, sum = 0;
    for (size_t k = (size_t)ceil(edge[0] / step); k <= s->size / 2 && (double)k * step < edge[2]; k++) {
        double f = (double)k * step;
        double share = f < edge[1] ? (f - edge[0]) / (edge[1] - edge[0]) : (edge[2] - f) / (edge[2] - edge[1]);
        sum += share * power[k];
    }
    return sum;
}

void ur_speech_slice(const ur_speech *s, const double *samples, size_t count, float *bands, double *work)
{
    double *power = work + s->size;
    memset(work, 0, s->size * sizeof *work);
    for (size_t i = 0; i < s->window && i < count; i++) work[i] = samples[i] * s->taper[i];
    ur_fft_power(work, s->size, s->cosines, power);
    for (size_t b = 0; b < UR_SPEECH_BANDS; b++)
        bands[b] = (float)ur_log(sum_band(s, s->edge + b, power) + 1e-6); /* the logarithm of silence is not finite */
}

/* Scales to mean 0 and variance 1 over the whole recording, so that bands and slices keep their loudness
 * relative to each other. */
static void normalise(float *bands, size_t count)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) sum += (double)bands[i];
    double mean = sum / (double)count;
    for (size_t i = 0; i < count; i++) squares += ((double)bands[i] - mean) * ((double)bands[i] - mean);
    double deviation = sqrt(squares / (double)count) + 1e-5;
    for (size_t i = 0; i < count; i++) bands[i] = (float)(((double)bands[i] - mean) / deviation);
}

void ur_speech_bands(const ur_speech *s, const double *samples, size_t count, float *bands, double *work)
{
    size_t steps = ur_speech_steps(s, count);
    for (size_t t = 0; t < steps; t++)
        ur_speech_slice(s, samples + t * s->hop, count - t * s->hop, bands + t * UR_SPEECH_BANDS, work);
    normalise(bands, steps * UR_SPEECH_BANDS);
}
