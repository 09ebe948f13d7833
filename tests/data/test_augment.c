/* Pictures that are moved, turned and scaled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/media/augment.h"

#include <math.h>

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

/* Within the bounds, near them on both sides, and the same for the same numbers. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(warps), cmocka_unit_test(channels_stay_together),
                                       cmocka_unit_test(chosen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
