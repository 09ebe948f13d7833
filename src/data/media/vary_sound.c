/* Augmentation of recordings, see augment.h. A slice is looked up in the source at t' = middle + (t − middle)/speed +
 * shift, or for utterances at t' = t·speed, and a band at b' = b + tune. Values in between are interpolated
 * linearly. */
#include "data/media/augment.h"
#include "data/media/between.h"

#include "base/random.h"
#include "base/scalar.h"

#include <math.h>
#include <stdbool.h>

enum { SPEED, SHIFT, TUNE, NOISE, BAND_WIDTH, BAND, SLICE_WIDTH, SLICE, CHOICES, NOISE_PLACES = 1 << 20 };

typedef struct variation {
    double speed, shift, tune, noise;
    size_t band, band_end, slice, slice_end; /* ranges that are silenced */
} variation;

static double choose(uint64_t seed, uint64_t number, unsigned what)
{
    return ur_random_uniform(seed, UR_USE_AUGMENT, CHOICES * number + what);
}

static void choose_mask(double width, double place, size_t most, size_t count, size_t *begin, size_t *end)
{
    size_t wide = (size_t)(width * (double)(most + 1));
    *begin = (size_t)(place * (double)(count - wide + 1));
    *end = *begin + wide;
}

static double choose_speed(uint64_t seed, uint64_t number)
{
    return ur_exp(ur_log(1.1) * (2 * choose(seed, number, SPEED) - 1));
}

static variation choose_variation(size_t steps, size_t bands, uint64_t seed, uint64_t number)
{
    variation v = {.speed = choose_speed(seed, number),
                   .shift = 5 * (2 * choose(seed, number, SHIFT) - 1),
                   .tune = 1.5 * (2 * choose(seed, number, TUNE) - 1),
                   .noise = 0.3 * choose(seed, number, NOISE)};
    size_t most_bands = bands / 5 < 6 ? bands / 5 : 6, most_slices = steps / 5 < 5 ? steps / 5 : 5;
    choose_mask(choose(seed, number, BAND_WIDTH), choose(seed, number, BAND), most_bands, bands, &v.band, &v.band_end);
    choose_mask(choose(seed, number, SLICE_WIDTH), choose(seed, number, SLICE), most_slices, steps, &v.slice,
                &v.slice_end);
    return v;
}

static double look_up(const float *slice, size_t bands, double place)
{
    double behind;
    size_t band = ur_find_before(place, bands, &behind), next = band + 1 < bands ? band + 1 : band;
    return (double)slice[band] * (1 - behind) + (double)slice[next] * behind;
}

/* Writes the slice that is found at `place`; `silent` makes it zero. */
static void vary_slice(const variation *v, const float *from, size_t steps, size_t bands, double place, bool silent,
                       uint64_t seed, uint64_t position, float *to)
{
    double behind;
    size_t before = ur_find_before(place, steps, &behind);
    const float *a = from + before * bands, *b = before + 1 < steps ? a + bands : a;
    for (size_t i = 0; i < bands; i++) {
        double band = (double)i + v->tune;
        double sound = look_up(a, bands, band) * (1 - behind) + look_up(b, bands, band) * behind;
        double noise = v->noise * sqrt(3) * (2 * ur_random_uniform(seed, UR_USE_AUGMENT + 1, position + i) - 1);
        to[i] = silent || (i >= v->band && i < v->band_end) ? 0 : (float)(sound + noise);
    }
}

void ur_sound_vary(const float *from, size_t steps, size_t bands, uint64_t seed, uint64_t number, float *to)
{
    variation v = choose_variation(steps, bands, seed, number);
    double middle = (double)(steps - 1) / 2;
    for (size_t t = 0; t < steps; t++)
        vary_slice(&v, from, steps, bands, middle + ((double)t - middle) / v.speed + v.shift,
                   t >= v.slice && t < v.slice_end, seed, number * NOISE_PLACES + t * bands, to + t * bands);
}

/* ---- Utterances -------------------------------------------------------------------------------------------------- */

size_t ur_utterance_steps(size_t steps, uint64_t seed, uint64_t number)
{
    size_t made = (size_t)((double)steps / choose_speed(seed, number) + 0.5);
    return made ? made : 1;
}

/* In each second, a run of up to 5 slices is silent. */
static bool is_silent(size_t slice, uint64_t seed, uint64_t number)
{
    enum { SECOND = 100, MOST = 5 };
    uint64_t position = 2 * (number << 20 | slice / SECOND);
    size_t begin, end;
    choose_mask(ur_random_uniform(seed, UR_USE_AUGMENT + 2, position),
                ur_random_uniform(seed, UR_USE_AUGMENT + 2, position + 1), MOST, SECOND, &begin, &end);
    return slice % SECOND >= begin && slice % SECOND < end;
}

void ur_utterance_vary(const float *from, size_t steps, size_t bands, uint64_t seed, uint64_t number, float *to)
{
    variation v = choose_variation(steps, bands, seed, number);
    size_t made = ur_utterance_steps(steps, seed, number);
    for (size_t t = 0; t < made; t++)
        vary_slice(&v, from, steps, bands, (double)t * v.speed, is_silent(t, seed, number), seed,
                   number * NOISE_PLACES + t * bands, to + t * bands);
}
