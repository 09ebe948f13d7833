/*
 * Random numbers without a state: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011). A number depends on (seed, use, position) alone, so neither threads nor a resume change it.
 */
#ifndef UR_BASE_RANDOM_H
#define UR_BASE_RANDOM_H

#include <stdint.h>

/* The purposes of random streams. The purpose is a word of the counter, so that no two purposes share numbers. To keep
 * several streams of one purpose apart, add the number of a tensor or layer: UR_USE_INIT + 3. */
enum {
    UR_USE_INIT = 0x10000,
    UR_USE_DROPOUT = 0x20000,
    UR_USE_SAMPLE = 0x30000,
    UR_USE_SHUFFLE = 0x40000,
    UR_USE_TEST = 0x50000,
    UR_USE_CANDIDATES = 0x60000,
    UR_USE_RECALL = 0x70000,
    UR_USE_REMEMBER = 0x80000,
    UR_USE_SPLIT = 0x90000,
    UR_USE_AUGMENT = 0xA0000,
    UR_USE_FORCING = 0xB0000,
    UR_USE_DRAW = 0xD0000,
    UR_USE_GLIMPSE = 0xE0000,
    UR_USE_ZERO_STATE = 0xF0000
};

/* The function itself: ten rounds on a counter of four words under a key of two. */
void ur_random_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t words[4]);

/* Four independent 32-bit words for counter (use, position) under key `seed`. */
void ur_random_words(uint64_t seed, uint32_t use, uint64_t position, uint32_t words[4]);

/* Uniform in [0, 1) with 53 bits. */
double ur_random_uniform(uint64_t seed, uint32_t use, uint64_t position);

#endif
