/* Augmentation: pictures and recordings that vary a little each time they are trained on. The variation depends on
 * (seed, number) alone, and the bits are the same on every machine. Safe from any number of threads. */
#ifndef UR_DATA_AUGMENT_H
#define UR_DATA_AUGMENT_H

#include <stddef.h>
#include <stdint.h>

/* The largest changes of a picture, in either direction. Pictures are shifted, turned and scaled around their
 * middle. */
typedef struct ur_augment {
    double shift; /* pixels, along rows and along columns */
    double turn;  /* degrees */
    double scale; /* 0.1: from 1/1.1 to 1.1 times the size */
} ur_augment;

typedef struct ur_warp {
    double down, right; /* pixels */
    double turn;        /* degrees, clockwise; −180 to 180 */
    double scale;       /* above 0; 2: twice the size */
} ur_warp;

/* Draws a warp uniformly within the bounds; the scale is uniform in its logarithm. `number` names the draw, for example
 * by example and epoch. */
ur_warp ur_augment_choose(const ur_augment *how, uint64_t seed, uint64_t number);

/* from and to: (rows, columns, channels), two different arrays. Values between pixels are interpolated linearly from
 * the four neighbours. Outside the picture its nearest pixel is used. */
void ur_picture_warp(const float *from, size_t rows, size_t columns, size_t channels, const ur_warp *warp, float *to);

typedef struct ur_light {
    float contrast, brightness; /* 1 and 0 change nothing */
} ur_light;

/* picture (places, channels): each number x becomes (x − mean)·contrast + mean + brightness, with the
 * mean of its channel. */
void ur_picture_light(float *picture, size_t places, size_t channels, const float *mean, const ur_light *light);

/* A picture as it is trained on in one epoch. It is shifted by at most a fourteenth of its shorter side (2 of 28
 * pixels), turned by at most 10 degrees and scaled by at most a tenth: not more, so that a digit stays the same
 * digit. */
void ur_picture_vary(const float *from, size_t rows, size_t columns, size_t channels, uint64_t seed, uint64_t number,
                     float *to);
/* The seed of one epoch, counted from 0. */
uint64_t ur_augment_seed(uint64_t seed, uint64_t epoch);

/* Varies a recording given as (steps, bands): spectral slices whose bands have mean 0. Its speed changes by up to a
 * tenth, and it moves by up to 5 slices. The voice moves up or down by up to 1.5 bands, and some noise is added. Up to
 * 6 bands and up to 5 slices (at most a fifth of all) are silenced (after Park et al. 2019). The number of slices stays
 * the same; the ends are repeated where slices are missing. from and to are two different arrays. */
void ur_sound_vary(const float *from, size_t steps, size_t bands, uint64_t seed, uint64_t number, float *to);

/* An utterance, whose speed changes by up to a tenth and with it the number of slices: the new number, and the bands.
 * Voice and noise vary as above; up to 6 bands are silenced, and up to 5 slices in each second. */
size_t ur_utterance_steps(size_t steps, uint64_t seed, uint64_t number);
void ur_utterance_vary(const float *from, size_t steps, size_t bands, uint64_t seed, uint64_t number, float *to);

#endif
