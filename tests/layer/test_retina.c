/*
 * What a retina sees: squares of several scales, black outside the picture, and the same bits with any number of
 * threads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "layer/policy.h"
#include "layer/retina.h"
#include "support/lab.h"
#include "support/numbers.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS = 9, COLUMNS = 12, LANES = 7 };

/* Computed plainly: the mean of the pixels of a square. Pixels outside the picture count as black. */
static double mean_at(const real *picture, long row, long column, long many)
{
    double sum = 0;
    for (long y = row; y < row + many; y++)
        for (long x = column; x < column + many; x++)
            if (y >= 0 && x >= 0 && y < ROWS && x < COLUMNS) sum += (double)picture[y * COLUMNS + x];
    return sum / (double)(many * many);
}

static void check_lane(const ur_retina *r, const real *place, const real *picture, const real *seen)
{
    for (size_t s = 0; s < r->scales; s++) {
        long many = 1L << s, side = (long)r->size << s;
        long row = (long)floor(ROWS / 2.0 * ((double)place[1] + 1) - (double)side / 2 + 0.5);
        long column = (long)floor(COLUMNS / 2.0 * ((double)place[0] + 1) - (double)side / 2 + 0.5);
        for (size_t i = 0; i < r->size * r->size; i++) {
            long down = (long)(i / r->size) * many, right = (long)(i % r->size) * many;
            double want = mean_at(picture, row + down, column + right, many);
            assert_true(fabs((double)seen[i * r->scales + s] - want) < 1e-6);
        }
    }
}

static void test_squares(void **state)
{
    (void)state;
    static const real places[LANES * 2] = {0, 0, -1, -1, 1, 1, 0.3F, -0.7F, -0.01F, 0.55F, 1, -1, 0.999F, 0.1F};
    real *picture = random_numbers(LANES * ROWS * COLUMNS, 1, 1), *one = NULL;
    for (size_t threads = 1; threads < 4; threads++) {
        lab l;
        lab_open(&l, NULL, threads);
        lab_begin(&l, true);
        const ur_retina r = {ROWS, COLUMNS, 4, 3};
        ur_tensor *place = ur_tensor_from(&l.tape, places, 1, LANES, 2, true);
        ur_tensor *x = ur_tensor_from(&l.tape, picture, 1, LANES, ROWS * COLUMNS, false);
        ur_tensor *seen = ur_retina_look(&l.tape, &r, place, x);
        assert_non_null(seen);
        assert_false(seen->wanted);
        real *dense = dense_copy(seen->value, LANES, seen->width);
        for (size_t b = 0; b < LANES; b++)
            check_lane(&r, places + 2 * b, picture + b * ROWS * COLUMNS, dense + b * seen->width);
        if (one) assert_same("threads", dense, one, LANES * seen->width);
        if (one) free(dense);
        one = one ? one : dense;
        lab_close(&l);
    }
    free(one);
    free(picture);
}

/* A glimpse as large as the picture, at its middle, is the picture. */
static void test_whole(void **state)
{
    (void)state;
    lab l;
    real *picture = random_numbers(36, 2, 1);
    static const real middle[2] = {0, 0};
    lab_open(&l, NULL, 0);
    lab_begin(&l, false);
    const ur_retina r = {6, 6, 6, 1};
    ur_tensor *seen = ur_retina_look(&l.tape, &r, ur_tensor_from(&l.tape, middle, 1, 1, 2, false),
                                     ur_tensor_from(&l.tape, picture, 1, 1, 36, false));
    assert_same("the whole picture", seen->value, picture, 36);
    free(picture);
    lab_close(&l);
}

/* Places stay within the picture, whatever the network's outputs are. */
static void test_places(void **state)
{
    (void)state;
    lab l;
    static const real mean[] = {0.5F, -0.5F, 9, -9, 0.9F, NAN}, noise[] = {1, -2, 0, 0, 5, 0};
    static const real want[] = {0.75F, -1, 1, -1, 1, -1};
    lab_open(&l, NULL, 0);
    lab_begin(&l, true);
    ur_tensor *m = ur_tensor_from(&l.tape, mean, 1, 3, 2, true);
    ur_tensor *done = ur_policy_draw(&l.tape, m, noise, 0.25);
    real *dense = dense_copy(done->value, 3, 2);
    assert_same("near there", dense, want, 6);
    free(dense);
    dense = dense_copy(ur_policy_draw(&l.tape, m, NULL, 0.25)->value, 2, 2);
    assert_true(dense[0] == mean[0] && dense[1] == mean[1] && dense[2] == 1);
    free(dense);
    lab_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_squares), cmocka_unit_test(test_whole),
                                       cmocka_unit_test(test_places)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
