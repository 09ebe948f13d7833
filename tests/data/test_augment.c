/* Augmentation: pictures that are shifted, turned and scaled, and sounds that are varied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/media/augment.h"

#include <math.h>
#include <stdbool.h>

static const float PICTURE[] = {1, 2, 3, 4, 5, 6, 7, 8, 9}; /* 3 x 3 */

static void check_warp(ur_warp warp, const float *expected)
{
    float to[9];
    ur_picture_warp(PICTURE, 3, 3, 1, &warp, to);
    for (size_t i = 0; i < 9; i++)
        if (!(fabsf(to[i] - expected[i]) < 1e-6f))
            fail_msg("pixel %zu: %g and not %g", i, (double)to[i], (double)expected[i]);
}

static void warps(void **state)
{
    (void)state;
    check_warp((ur_warp){.scale = 1}, PICTURE);
    check_warp((ur_warp){.down = 1, .scale = 1}, (float[]){1, 2, 3, 1, 2, 3, 4, 5, 6});
    check_warp((ur_warp){.right = -1, .scale = 1}, (float[]){2, 3, 3, 5, 6, 6, 8, 9, 9});
    check_warp((ur_warp){.right = 0.5, .scale = 1}, (float[]){1, 1.5f, 2.5f, 4, 4.5f, 5.5f, 7, 7.5f, 8.5f});
    check_warp((ur_warp){.turn = 90, .scale = 1}, (float[]){7, 4, 1, 8, 5, 2, 9, 6, 3});
    check_warp((ur_warp){.turn = -90, .scale = 1}, (float[]){3, 6, 9, 2, 5, 8, 1, 4, 7});
    check_warp((ur_warp){.turn = 180, .scale = 1}, (float[]){9, 8, 7, 6, 5, 4, 3, 2, 1});
    check_warp((ur_warp){.scale = 2}, (float[]){3, 3.5f, 4, 4.5f, 5, 5.5f, 6, 6.5f, 7});
}

static void channels_stay_together(void **state)
{
    const float from[] = {0, 10, 1, 11, 2, 12}; /* 1 x 3 x 2 */
    float to[6];
    (void)state;
    ur_picture_warp(from, 1, 3, 2, &(ur_warp){.right = 1, .scale = 1}, to);
    assert_memory_equal(to, ((float[]){0, 10, 0, 10, 1, 11}), sizeof to);
}

/*
 * The chosen numbers are within the bounds, come near them on both sides, and are the same for the same seed and
 * number.
 */
static void chosen(void **state)
{
    const ur_augment how = {.shift = 2, .turn = 10, .scale = 0.1};
    ur_warp least = {.scale = 2}, most = {0};
    (void)state;
    for (uint64_t number = 0; number < 1000; number++) {
        ur_warp w = ur_augment_choose(&how, 5, number), again = ur_augment_choose(&how, 5, number);
        assert_memory_equal(&w, &again, sizeof w);
        assert_true(fabs(w.down) <= 2 && fabs(w.right) <= 2 && fabs(w.turn) <= 10);
        assert_true(w.scale >= 1 / 1.1 - 1e-12 && w.scale <= 1.1 + 1e-12);
        least = (ur_warp){fmin(least.down, w.down), fmin(least.right, w.right), fmin(least.turn, w.turn),
                          fmin(least.scale, w.scale)};
        most = (ur_warp){fmax(most.down, w.down), fmax(most.right, w.right), fmax(most.turn, w.turn),
                         fmax(most.scale, w.scale)};
    }
    assert_true(least.down < -1.9 && least.right < -1.9 && least.turn < -9.5 && least.scale < 0.92);
    assert_true(most.down > 1.9 && most.right > 1.9 && most.turn > 9.5 && most.scale > 1.09);
    ur_warp none = ur_augment_choose(&(ur_augment){0}, 5, 1);
    assert_true(none.down == 0 && none.right == 0 && none.turn == 0 && none.scale == 1);
}

enum { SLICES = 30, BANDS = 40 };

static void vary(float from, size_t steps, uint64_t number, float *to)
{
    float sound[SLICES * BANDS];
    for (size_t i = 0; i < steps * BANDS; i++) sound[i] = from;
    ur_sound_vary(sound, steps, BANDS, 3, number, to);
}

/*
 * A constant sound of 10s changes only by noise and by masking. Masks cover whole bands and slices next to each other,
 * up to the greatest number.
 */
static void sound_is_masked(void **state)
{
    size_t most_bands = 0, most_slices = 0;
    (void)state;
    for (uint64_t number = 0; number < 300; number++) {
        float to[SLICES * BANDS];
        bool band[BANDS], slice[SLICES];
        size_t bands = 0, slices = 0;
        vary(10, SLICES, number, to);
        for (size_t i = 0; i < BANDS; i++) band[i] = true;
        for (size_t t = 0; t < SLICES; t++) slice[t] = true;
        for (size_t i = 0; i < SLICES * BANDS; i++) {
            assert_true(to[i] == 0 || fabsf(to[i] - 10) < 0.53f);
            if (to[i] != 0) band[i % BANDS] = slice[i / BANDS] = false;
        }
        for (size_t i = 0; i < BANDS; i++) bands += band[i];
        for (size_t t = 0; t < SLICES; t++) slices += slice[t];
        most_bands = bands > most_bands ? bands : most_bands;
        most_slices = slices > most_slices ? slices : most_slices;
        for (size_t i = 0; i < SLICES * BANDS; i++) assert_true((to[i] == 0) == (band[i % BANDS] || slice[i / BANDS]));
    }
    assert_int_equal(most_bands, 6);
    assert_int_equal(most_slices, 5);
}

/* A rising sound goes on rising, from near the first slice to near the last. */
static void sound_is_stretched(void **state)
{
    float from[SLICES * BANDS], to[SLICES * BANDS], again[SLICES * BANDS];
    double first = 0, last = 0;
    (void)state;
    for (size_t i = 0; i < SLICES * BANDS; i++) from[i] = 100 + (float)(i / BANDS);
    for (uint64_t number = 0; number < 100; number++) {
        ur_sound_vary(from, SLICES, BANDS, 3, number, to);
        ur_sound_vary(from, SLICES, BANDS, 3, number, again);
        assert_memory_equal(to, again, sizeof to);
        first = 0, last = 0;
        for (size_t i = 0; i < BANDS; i++) {
            if (to[i] != 0 && fabs((double)to[i] - 100) > first) first = fabs((double)to[i] - 100);
            float end = to[(SLICES - 1) * BANDS + i];
            if (end != 0 && fabs((double)end - 129) > last) last = fabs((double)end - 129);
        }
        assert_true(first < 7.5 && last < 7.5); /* 5 from the shift, 1.5 from the speed, and noise */
    }
    ur_sound_vary(from, SLICES, BANDS, 4, 99, again);
    assert_memory_not_equal(to, again, sizeof to);
}

static void one_slice(void **state)
{
    float to[BANDS];
    (void)state;
    for (uint64_t number = 0; number < 50; number++) vary(10, 1, number, to);
}

/*
 * The whole utterance is still there, spoken faster or slower: a rising sound rises from the first slice to the last.
 * In each second at most 5 slices are silent.
 */
static void utterance_is_whole(void **state)
{
    enum { LONG = 250, MOST = 280 };
    static float from[LONG * BANDS], to[MOST * BANDS], again[MOST * BANDS];
    size_t least = MOST, most = 0, silent = 0;
    (void)state;
    for (size_t i = 0; i < LONG * BANDS; i++) from[i] = 100 + (float)(i / BANDS);
    for (uint64_t number = 0; number < 100; number++) {
        size_t made = ur_utterance_steps(LONG, 3, number), own = 0;
        assert_true(made <= MOST);
        ur_utterance_vary(from, LONG, BANDS, 3, number, to);
        ur_utterance_vary(from, LONG, BANDS, 3, number, again);
        assert_memory_equal(to, again, made * BANDS * sizeof *to);
        for (size_t t = 0; t < made; t++) {
            float largest = 0;
            double there = 100 + (double)t * LONG / (double)made;
            for (size_t i = 0; i < BANDS; i++) largest = to[t * BANDS + i] > largest ? to[t * BANDS + i] : largest;
            own += largest == 0;
            assert_true(largest == 0 || fabs((double)largest - there) < 2);
        }
        assert_true(own <= 5 * 3);
        silent += own;
        least = made < least ? made : least;
        most = made > most ? made : most;
    }
    assert_true(least < 230 && least >= 227 && most > 272 && most <= 275 && silent > 0);
    assert_int_equal(ur_utterance_steps(1, 3, 0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(warps),
                                       cmocka_unit_test(channels_stay_together),
                                       cmocka_unit_test(chosen),
                                       cmocka_unit_test(sound_is_masked),
                                       cmocka_unit_test(sound_is_stretched),
                                       cmocka_unit_test(one_slice),
                                       cmocka_unit_test(utterance_is_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
