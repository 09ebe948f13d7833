/* Makes samples into network inputs. A network that looks both ways gets a recording with mean 0 and variance 1. A
 * network that looks back does not know the whole recording, so each band is scaled by its mean and standard deviation
 * in the training set. */
#include "task/speech/speech.h"

#include <math.h>
#include <stdlib.h>

ur_status ur_speech_sample_room(ur_heard *h, size_t samples, ur_error *error)
{
    if (samples <= h->sample_room) return UR_OK;
    double *grown = realloc(h->samples, 2 * samples * sizeof *grown);
    if (!grown) return ur_fail_memory(error, "a recording");
    h->samples = grown;
    h->sample_room = 2 * samples;
    return UR_OK;
}

static ur_status make_slice_room(ur_listener *l, size_t slices, ur_error *error)
{
    ur_heard *h = &l->heard;
    if (!h->work && !(h->work = calloc(ur_speech_work(l->speech), sizeof *h->work)))
        return ur_fail_memory(error, "a recording");
    if (slices <= h->slice_room) return UR_OK;
    float *slice = realloc(h->slice, 2 * slices * UR_SPEECH_BANDS * sizeof *slice);
    if (slice) h->slice = slice;
    float *varied = slice ? realloc(h->varied, 2 * slices * UR_SPEECH_BANDS * sizeof *varied) : NULL;
    if (!varied) return ur_fail_memory(error, "a recording");
    h->varied = varied;
    h->slice_room = 2 * slices;
    return UR_OK;
}

static void scale_slice(const ur_listener *l, float *slice)
{
    for (size_t i = 0; i < UR_SPEECH_BANDS; i++) slice[i] = (slice[i] - l->mean[i]) * l->scale[i];
}

static void hear_slices(const ur_listener *l, size_t samples, size_t slices, float *to)
{
    size_t hop = ur_speech_hop(l->speech);
    for (size_t t = 0; t < slices; t++, to += UR_SPEECH_BANDS) {
        ur_speech_slice(l->speech, l->heard.samples + t * hop, samples - t * hop, to, l->heard.work);
        if (l->mean) scale_slice(l, to);
    }
}

ur_status ur_speech_hear(ur_listener *l, size_t samples, ur_error *error)
{
    ur_heard *h = &l->heard;
    h->slices = ur_speech_steps(l->speech, samples);
    UR_TRY(make_slice_room(l, h->slices, error));
    h->bands = h->slice;
    if (ur_speech_looks_back(l))
        hear_slices(l, samples, h->slices, h->slice);
    else
        ur_speech_bands(l->speech, h->samples, samples, h->slice, h->work);
    return UR_OK;
}

ur_status ur_speech_hear_otherwise(ur_listener *l, uint64_t seed, uint64_t number, ur_error *error)
{
    ur_heard *h = &l->heard;
    size_t slices = ur_utterance_steps(h->slices, seed, number);
    UR_TRY(make_slice_room(l, slices, error));
    ur_utterance_vary(h->slice, h->slices, UR_SPEECH_BANDS, seed, number, h->varied);
    h->slices = slices;
    h->bands = h->varied;
    return UR_OK;
}

ur_status ur_speech_slice_live(ur_listener *l, const double *samples, size_t count, size_t at, ur_error *error)
{
    UR_TRY(make_slice_room(l, l->settings.stack, error));
    float *to = l->heard.slice + at * UR_SPEECH_BANDS;
    ur_speech_slice(l->speech, samples, count, to, l->heard.work);
    scale_slice(l, to);
    return UR_OK;
}

size_t ur_speech_stacked(const ur_listener *l, size_t slices)
{
    return (slices + l->settings.stack - 1) / l->settings.stack;
}

void ur_speech_take(const ur_listener *l, size_t t, real *to)
{
    size_t first = t * l->settings.stack;
    for (size_t k = 0; k < l->settings.stack; k++)
        for (size_t i = 0; i < UR_SPEECH_BANDS; i++)
            *to++ = first + k < l->heard.slices ? (real)l->heard.bands[(first + k) * UR_SPEECH_BANDS + i] : 0;
}

/* ---- Mean and standard deviation ------------------------------------------------------------------------------------ */

enum { MEASURED = 2000 }; /* most recordings that are measured */

typedef struct sums {
    double sum[UR_SPEECH_BANDS], squares[UR_SPEECH_BANDS], count;
} sums;

static ur_status add_recording(ur_listener *l, const ur_utterances *set, uint32_t item, sums *s, ur_error *error)
{
    ur_heard *h = &l->heard;
    size_t samples = ur_utterances_samples(set, item);
    UR_TRY(ur_speech_sample_room(h, samples, error));
    UR_TRY(ur_utterances_read(set, item, h->samples, error));
    UR_TRY(ur_speech_hear(l, samples, error));
    for (size_t t = 0; t < h->slices; t++)
        for (size_t i = 0; i < UR_SPEECH_BANDS; i++) {
            double x = (double)h->slice[t * UR_SPEECH_BANDS + i];
            s->sum[i] += x;
            s->squares[i] += x * x;
        }
    s->count += (double)h->slices;
    return UR_OK;
}

ur_status ur_speech_measure(ur_listener *l, ur_error *error)
{
    const ur_speech_part *p = &l->part[UR_PART_TRAIN];
    sums s = {.count = 0};
    if (!ur_speech_looks_back(l)) return UR_OK;
    for (size_t i = 0; i < p->count; i += p->count / MEASURED + 1)
        UR_TRY(add_recording(l, p->set, p->item[i], &s, error));
    float *mean = calloc(2 * UR_SPEECH_BANDS, sizeof *mean);
    if (!mean) return ur_fail_memory(error, "the means of the recordings");
    for (size_t i = 0; i < UR_SPEECH_BANDS; i++) {
        double middle = s.sum[i] / s.count, variance = s.squares[i] / s.count - middle * middle;
        mean[i] = (float)middle;
        mean[UR_SPEECH_BANDS + i] = (float)(1 / (sqrt(variance > 0 ? variance : 0) + 1e-2));
    }
    l->mean = mean;
    l->scale = mean + UR_SPEECH_BANDS;
    return UR_OK;
}
