/* Neighbours and plane of an embedding: of tables worked out by hand, and against power iteration, which shares nothing
 * with the rotations that the library uses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "inspect/letters.h"
#include "support/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A model whose embedding holds the numbers; NULL: random ones. */
static ur_model *model_of(size_t rows, size_t width, const double *table)
{
    char line[64];
    ur_error error = {0};
    ur_model *model = NULL;
    ur_parameter embedding;
    ur_sizes sizes = {.symbols = rows, .outputs = 2};
    snprintf(line, sizeof line, "embed %zu > lstm 3 > dense", width);
    ok(ur_model_create(&model, line, &sizes, 5, 0, NULL, &error), &error);
    assert_true(ur_model_parameter(model, 0, &embedding));
    assert_string_equal(embedding.name, "embed.weight");
    for (size_t i = 0; table && i < rows * width; i++) embedding.value[i] = (ur_real)table[i];
    return model;
}

static void test_neighbours(void **state)
{
    (void)state;
    static const double TABLE[] = {3, 4, /**/ 0, 0, /**/ 6, 8, /**/ 4, 3, /**/ -3, -4, /**/ 4, -3, /**/ 1, 0};
    static const int32_t WANT[] = {2, 3, 6, 5, 4};
    static const double COSINE[] = {1, 24 / 25.0, 3 / 5.0, 0, -1};
    ur_error error = {0};
    ur_model *model = model_of(7, 2, TABLE);
    ur_neighbour nearest[7];
    size_t rows = 0, width = 0, found = 0;
    ok(ur_embedding_size(model, &rows, &width, &error), &error);
    assert_int_equal(rows, 7);
    assert_int_equal(width, 2);
    for (size_t count = 0; count <= 7; count++) {
        ok(ur_embedding_near(model, 0, nearest, count, &found, &error), &error);
        assert_int_equal(found, count < 5 ? count : 5); /* the row of zeros is near to nothing */
        for (size_t i = 0; i < found; i++) {
            assert_int_equal(nearest[i].id, WANT[i]);
            assert_true(fabs(nearest[i].cosine - COSINE[i]) < 1e-15);
        }
    }
    ur_model_free(model);
}

static void test_equal_cosines_keep_the_order(void **state)
{
    (void)state;
    static const double TABLE[] = {1, 0, /**/ 0, 2, /**/ 0, 1, /**/ 2, 0, /**/ 1, 0};
    static const int32_t WANT[] = {3, 4, 1, 2};
    ur_error error = {0};
    ur_model *model = model_of(5, 2, TABLE);
    ur_neighbour nearest[4];
    size_t found = 0;
    for (size_t count = 1; count <= 4; count++) {
        ok(ur_embedding_near(model, 0, nearest, count, &found, &error), &error);
        for (size_t i = 0; i < count; i++) assert_int_equal(nearest[i].id, WANT[i]);
    }
    ur_model_free(model);
}

/* Rows at a mean plus ±4 along (3, 4, 0)/5 and ±1 along (−4, 3, 0)/5: variances 8 and 1/2. The greatest number of the
 * second direction is made positive, so that it is (4, −3, 0)/5. */
static void test_plane_by_hand(void **state)
{
    (void)state;
    static const double TABLE[] = {10 + 2.4, 20 + 3.2, 7, /**/ 10 - 2.4, 20 - 3.2, 7,
                                   10 - 0.8, 20 + 0.6, 7, /**/ 10 + 0.8, 20 - 0.6, 7};
    static const double WANT[] = {4, 0, -4, 0, 0, -1, 0, 1};
    ur_error error = {0};
    ur_model *model = model_of(4, 3, TABLE);
    double places[8], share[2];
    ok(ur_embedding_plane(model, places, share, &error), &error);
    for (size_t i = 0; i < 8; i++)
        if (fabs(places[i] - WANT[i]) > 5e-6) fail_msg("place %zu is %.9g instead of %g", i, places[i], WANT[i]);
    assert_true(fabs(share[0] - 8 / 8.5) < 1e-6);
    assert_true(fabs(share[1] - 0.5 / 8.5) < 1e-6);
    ur_model_free(model);
}

/* Rows that are all alike, that lie on a line, of one number, and a single row: what is not there is 0. */
static void test_plane_of_less(void **state)
{
    (void)state;
    static const double SAME[] = {2, 3, 2, 3, 2, 3}, LINE[] = {0, 0, 3, 4, 6, 8}, ONE[] = {1, 2, 6};
    ur_error error = {0};
    double places[6], share[2];
    ur_model *model = model_of(3, 2, SAME);
    ok(ur_embedding_plane(model, places, share, &error), &error);
    for (size_t i = 0; i < 6; i++) assert_true(places[i] == 0);
    assert_true(share[0] == 0 && share[1] == 0);
    ur_model_free(model);

    model = model_of(3, 2, LINE);
    ok(ur_embedding_plane(model, places, share, &error), &error);
    for (size_t i = 0; i < 3; i++) {
        assert_true(fabs(places[2 * i] - 5 * ((double)i - 1)) < 1e-12);
        assert_true(places[2 * i + 1] == 0);
    }
    assert_true(fabs(share[0] - 1) < 1e-12 && share[1] == 0);
    ur_model_free(model);

    model = model_of(3, 1, ONE);
    ok(ur_embedding_plane(model, places, share, &error), &error);
    assert_true(fabs(places[0] + 2) < 1e-12 && fabs(places[2] + 1) < 1e-12 && fabs(places[4] - 3) < 1e-12);
    assert_true(share[0] == 1 && share[1] == 0);
    ur_model_free(model);

    model = model_of(1, 3, NULL);
    ok(ur_embedding_plane(model, places, share, &error), &error);
    assert_true(places[0] == 0 && places[1] == 0 && share[0] == 0 && share[1] == 0);
    ur_model_free(model);
}

/* ---- Against power iteration -------------------------------------------------------------------------------------- */

enum { ROWS = 300, WIDTH = 13, TURNS = 20000 };

/* v ← XᵀX v / |XᵀX v| for centred rows X, again and again; returns the variance along v. */
static double iterate(const double *x, double *v)
{
    double length = 0;
    for (size_t k = 0; k < WIDTH; k++) v[k] = 1 + (double)k;
    for (int turn = 0; turn < TURNS; turn++) {
        double next[WIDTH] = {0};
        for (size_t i = 0; i < ROWS; i++) {
            double dot = 0;
            for (size_t k = 0; k < WIDTH; k++) dot += x[i * WIDTH + k] * v[k];
            for (size_t k = 0; k < WIDTH; k++) next[k] += dot * x[i * WIDTH + k];
        }
        length = 0;
        for (size_t k = 0; k < WIDTH; k++) length += next[k] * next[k];
        length = sqrt(length);
        for (size_t k = 0; k < WIDTH; k++) v[k] = next[k] / length;
    }
    return length / ROWS;
}

static void centre(double *x)
{
    for (size_t k = 0; k < WIDTH; k++) {
        double mean = 0;
        for (size_t i = 0; i < ROWS; i++) mean += x[i * WIDTH + k] / ROWS;
        for (size_t i = 0; i < ROWS; i++) x[i * WIDTH + k] -= mean;
    }
}

/* Compares places along v, up to the sign that makes v's greatest number positive, and takes them out of x. */
static void compare_axis(double *x, const double *v, const double *places, size_t axis)
{
    size_t most = 0;
    for (size_t k = 0; k < WIDTH; k++)
        if (fabs(v[k]) > fabs(v[most])) most = k;
    double sign = v[most] < 0 ? -1 : 1;
    for (size_t i = 0; i < ROWS; i++) {
        double place = 0;
        for (size_t k = 0; k < WIDTH; k++) place += x[i * WIDTH + k] * v[k];
        assert_true(fabs(sign * place - places[2 * i + axis]) < 1e-9);
        for (size_t k = 0; k < WIDTH; k++) x[i * WIDTH + k] -= place * v[k];
    }
}

static void test_plane_against_power_iteration(void **state)
{
    (void)state;
    ur_error error = {0};
    ur_model *model = model_of(ROWS, WIDTH, NULL);
    ur_parameter embedding;
    double *x = zeros(ROWS * WIDTH, sizeof *x), *places = zeros(ROWS * 2, sizeof *places), share[2], v[WIDTH];
    double variance = 0;
    assert_true(ur_model_parameter(model, 0, &embedding));
    for (size_t i = 0; i < ROWS * WIDTH; i++) {
        embedding.value[i] *= (ur_real)(1 + i % WIDTH % 4); /* directions of different variance, not all */
        x[i] = (double)embedding.value[i];
    }
    ok(ur_embedding_plane(model, places, share, &error), &error);
    centre(x);
    for (size_t i = 0; i < ROWS * WIDTH; i++) variance += x[i] * x[i] / ROWS;
    for (size_t axis = 0; axis < 2; axis++) {
        double along = iterate(x, v);
        assert_true(fabs(along / variance - share[axis]) < 1e-12);
        compare_axis(x, v, places, axis);
    }
    free(x);
    free(places);
    ur_model_free(model);
}

/* ---- Mistakes ------------------------------------------------------------------------------------------------------ */

static void test_mistakes(void **state)
{
    (void)state;
    static const double TABLE[] = {0, 0, 1, 2};
    ur_error error = {0};
    ur_neighbour nearest[2];
    double places[4], share[2];
    size_t found = 0;
    ur_model *model = model_of(2, 2, TABLE);
    assert_int_equal(ur_embedding_near(model, 2, nearest, 2, &found, &error), UR_ERR_USAGE);
    assert_string_equal(error.text, "the embedding has no row 2; its rows are 0 to 1");
    assert_int_equal(ur_embedding_near(model, -1, nearest, 2, &found, &error), UR_ERR_USAGE);
    assert_int_equal(ur_embedding_near(model, 0, nearest, 2, &found, &error), UR_ERR_NUMERIC);
    assert_string_equal(error.text, "row 0 of the embedding is zero and has no direction");
    ur_parameter embedding;
    assert_true(ur_model_parameter(model, 0, &embedding));
    embedding.value[3] = (ur_real)NAN;
    assert_int_equal(ur_embedding_near(model, 1, nearest, 2, &found, &error), UR_ERR_NUMERIC);
    assert_int_equal(ur_embedding_plane(model, places, share, &error), UR_ERR_NUMERIC);
    assert_string_equal(error.text, "column 1 of the embedding has numbers that are not finite");
    ur_model_free(model);

    ur_sizes sizes = {.symbols = 4, .outputs = 4};
    ok(ur_model_create(&model, "onehot > rnn 5 > dense", &sizes, 1, 0, NULL, &error), &error);
    assert_int_equal(ur_embedding_size(model, NULL, NULL, &error), UR_ERR_UNSUPPORTED);
    assert_int_equal(ur_embedding_near(model, 0, nearest, 2, &found, &error), UR_ERR_UNSUPPORTED);
    assert_int_equal(ur_embedding_plane(model, places, share, &error), UR_ERR_UNSUPPORTED);
    assert_non_null(strstr(error.text, "'onehot > rnn 5 > dense' has no embedding; train one with `embed` 64, or with "
                                       "'embed 64' at the beginning of its line"));
    ur_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_neighbours),
        cmocka_unit_test(test_equal_cosines_keep_the_order),
        cmocka_unit_test(test_plane_by_hand),
        cmocka_unit_test(test_plane_of_less),
        cmocka_unit_test(test_plane_against_power_iteration),
        cmocka_unit_test(test_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
