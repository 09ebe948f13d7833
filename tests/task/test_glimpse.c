/*
 * The answer and path of a picture depend on the picture alone: they are the same alone and among others, on every
 * instruction set, and each time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "glimpse_lab.h"
#include "support/numbers.h"

#include <math.h>
#include <stdlib.h>

enum { LANES = 5, GLIMPSES = 4, ROWS = 9, COLUMNS = 8, LABELS = 4, NUMBERS = GLIMPSES * (UR_GRID_NUMBERS + LABELS) };

static ur_glimpse_net net_of(bool soft)
{
    return (ur_glimpse_net){.glimpses = GLIMPSES,
                            .labels = LABELS,
                            .rows = ROWS,
                            .columns = COLUMNS,
                            .size = 3,
                            .scales = soft ? 1 : 2,
                            .soft = soft,
                            .spread = 0.1};
}

/* Copies the places and answers of a lane. */
static void keep(const glimpse_lab *g, size_t lane, real to[NUMBERS])
{
    size_t at = 0;
    for (size_t t = 0; t < GLIMPSES; t++) {
        const ur_tensor *of[] = {g->looking.at[t].place, g->looking.at[t].logits};
        for (size_t i = 0; i < 2; at += of[i++]->width)
            memcpy(to + at, of[i]->value + lane * of[i]->row, of[i]->width * sizeof *to);
    }
    while (at < NUMBERS) to[at++] = 0;
}

static void look(const char *isa, bool soft, const real *picture, const real *noise, size_t lanes, real *to)
{
    glimpse_lab g;
    glimpse_lab_open(&g, net_of(soft), "gru 6", isa);
    fill_random(g.model->values, g.model->numbers, 1, 0.9);
    g.picture = picture;
    g.noise = noise;
    g.lanes = lanes;
    glimpse_lab_look(&g, false);
    for (size_t b = 0; b < lanes; b++) keep(&g, b, to + b * NUMBERS);
    glimpse_lab_close(&g);
}

static void check_alone(bool soft)
{
    real *picture = random_numbers(LANES * ROWS * COLUMNS, 2, 1), all[LANES * NUMBERS], one[NUMBERS];
    look(NULL, soft, picture, NULL, LANES, all);
    for (size_t i = 0; ur_isa_name(i); i++)
        for (size_t b = 0; b < LANES; b++) {
            look(ur_isa_name(i), soft, picture + b * ROWS * COLUMNS, NULL, 1, one);
            assert_same("a picture alone", one, all + b * NUMBERS, NUMBERS);
        }
    assert_true(memcmp(all, all + NUMBERS, sizeof one) != 0);
    free(picture);
}

static void test_alone(void **state)
{
    (void)state;
    check_alone(false);
    check_alone(true);
}

/* Without noise the network looks at the place that it chose; with noise, elsewhere. */
static void test_wanted_place(void **state)
{
    (void)state;
    real *picture = random_numbers(ROWS * COLUMNS, 3, 1), wanted[NUMBERS], again[NUMBERS], moved[NUMBERS];
    real noise[GLIMPSES * 2] = {0};
    look(NULL, false, picture, NULL, 1, wanted);
    look(NULL, false, picture, noise, 1, again);
    assert_same("no noise", again, wanted, NUMBERS);
    noise[2] = 3;
    look(NULL, false, picture, noise, 1, moved);
    assert_same("the first glimpse", moved, wanted, 2 + LABELS);
    assert_true(moved[2 + LABELS] != wanted[2 + LABELS]);
    free(picture);
}

static void check_sizes(size_t side, size_t size, size_t scales, double spread)
{
    ur_glimpse_net net = {.rows = side, .columns = side - 5, .spread = NAN};
    ur_glimpse_choose_sizes(&net);
    assert_int_equal(net.size, size);
    assert_int_equal(net.scales, scales);
    assert_true(net.spread == spread);
}

/* The widest square covers most of a large picture. Settings that were given stay. */
static void test_sizes(void **state)
{
    (void)state;
    check_sizes(28, 8, 1, 0.1);
    check_sizes(32, 8, 1, 0.1);
    check_sizes(60, 12, 3, 0.2);
    check_sizes(100, 12, 4, 0.2);
    ur_glimpse_net net = {.rows = 60, .columns = 60, .size = 8, .scales = 2, .spread = 0.05};
    ur_glimpse_choose_sizes(&net);
    assert_true(net.size == 8 && net.scales == 2 && net.spread == 0.05);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_alone), cmocka_unit_test(test_wanted_place),
                                       cmocka_unit_test(test_sizes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
