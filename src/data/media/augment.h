/* Pictures and recordings a little otherwise each time that they are learnt from. What is chosen depends on (seed, number)
 * alone; the bits are the same on every machine. Safe from any number of threads. */
#ifndef UR_DATA_AUGMENT_H
#define UR_DATA_AUGMENT_H

#include <stddef.h>
#include <stdint.h>

/* Pictures are moved, turned and scaled round their middle. How far at most, to either side. */
typedef struct ur_augment {
    double shift; /* pixels, along rows and along columns */
    double turn;  /* degrees */
    double scale; /* 0.1: from 1/1.1 to 1.1 times as large */
} ur_augment;

typedef struct ur_warp {
    double down, right; /* pixels */
    double turn;        /* degrees, clockwise; −180 to 180 */
    double scale;       /* above 0; 2: twice as large */
} ur_warp;

/* Uniform within the bounds, the scale in its logarithm; `number` is that of the example and epoch, say. */
ur_warp ur_augment_choose(const ur_augment *how, uint64_t seed, uint64_t number);

/* from and to: (rows, columns, channels), two different arrays. Between four pixels their mean by distance is taken, and
 * outside the picture its nearest pixel. */
void ur_picture_warp(const float *from, size_t rows, size_t columns, size_t channels, const ur_warp *warp, float *to);

typedef struct ur_light {
    float contrast, brightness; /* 1 and 0: as it is */
} ur_light;

/* (places, channels): each number x becomes (x − mean)·contrast + mean + brightness, with the mean of its channel. */
void ur_picture_light(float *picture, size_t places, size_t channels, const float *mean, const ur_light *light);

/* A picture as it is learnt from in one epoch: moved by a fourteenth of its shorter side at most, as 2 pixels are of 28, turned
 * by 10 degrees and scaled by a tenth: as much as leaves a digit the digit that it is. */
void ur_picture_vary(const float *from, size_t rows, size_t columns, size_t channels, uint64_t seed, uint64_t number,
                     float *to);
/* The seed of one epoch, counted from 0. */
uint64_t ur_augment_seed(uint64_t seed, uint64_t epoch);

/* Recordings as slices of bands with mean 0, (steps, bands): spoken up to a tenth faster or slower and up to 5 slices earlier
 * or later, by a voice up to 1.5 bands higher or lower, with some noise; up to 6 bands and up to 5 slices (a fifth of all at
 * most) are silenced (after Park et al. 2019). There are as many slices as before; what is beyond the ends is as the ends
 * are. from and to are two different arrays. */
void ur_sound_vary(const float *from, size_t steps, size_t bands, uint64_t seed, uint64_t number, float *to);

/* An utterance, spoken up to a tenth faster or slower and so of other slices: how many, and their bands. Its voice and noise as
 * above; up to 6 bands are silenced, and in each second up to 5 slices. */
size_t ur_utterance_steps(size_t steps, uint64_t seed, uint64_t number);
void ur_utterance_vary(const float *from, size_t steps, size_t bands, uint64_t seed, uint64_t number, float *to);

#endif
