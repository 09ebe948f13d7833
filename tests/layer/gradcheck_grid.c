/* Gradients of a grid of Gaussian filters, of drawn numbers, and of the KL divergence of their distribution. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "layer/grid.h"
#include "layer/latent.h"
#include "support/gradcheck.h"
#include "support/lab.h"
#include "support/numbers.h"
#include "tape/operations.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 4, LATENT = 19 };

typedef struct setting {
    lab lab;
    ur_grid grid;
    bool writes;
    real place[LANES * UR_GRID_NUMBERS], *x, *d;
    size_t width, outputs; /* numbers per lane of x and of the result */
    ur_tensor *place_tensor, *x_tensor;
    real said[LANES * 2 * LATENT], noise[LANES * LATENT], wanted[LANES * LATENT];
    ur_tensor *said_tensor;
} setting;

static double weighted_sum(const ur_tensor *y, const real *d)
{
    double sum = 0;
    for (size_t b = 0; b < y->lanes; b++)
        for (size_t i = 0; i < y->width; i++) sum += (double)y->value[b * y->row + i] * (double)d[b * y->width + i];
    return sum;
}

/* ---- the grid ----------------------------------------------------------------------------------------------------- */

/* The grid of the third lane looks beyond the picture's corner. The logarithms of the last lane are out of bounds. */
static void open_grid(setting *s, ur_grid grid, bool writes)
{
    memset(s, 0, sizeof *s);
    lab_open(&s->lab, NULL, 0);
    s->grid = grid;
    s->writes = writes;
    size_t picture = grid.rows * grid.columns * grid.channels, patch = grid.side * grid.side * grid.channels;
    s->width = writes ? patch : picture;
    s->outputs = writes ? picture : patch;
    s->x = random_numbers(LANES * s->width, 1, 1);
    s->d = random_numbers(LANES * s->outputs, 2, 1);
    fill_random(s->place, LANES * UR_GRID_NUMBERS, 3, 0.5);
    s->place[2 * UR_GRID_NUMBERS] = (real)1.4;
    s->place[2 * UR_GRID_NUMBERS + 1] = (real)-1.3;
    for (size_t i = 2; i < UR_GRID_NUMBERS; i++) s->place[3 * UR_GRID_NUMBERS + i] = i == 3 ? -8 : 8;
}

static void close_grid(setting *s)
{
    free(s->x);
    free(s->d);
    lab_close(&s->lab);
}

static ur_tensor *run_grid(setting *s)
{
    ur_tape *tape = &s->lab.tape;
    lab_begin(&s->lab, true);
    s->place_tensor = ur_tensor_from(tape, s->place, 1, LANES, UR_GRID_NUMBERS, true);
    s->x_tensor = ur_tensor_from(tape, s->x, 1, LANES, s->width, true);
    ur_tensor *y = (s->writes ? ur_grid_write : ur_grid_read)(tape, &s->grid, s->place_tensor, s->x_tensor);
    assert_non_null(y);
    assert_int_equal(y->width, s->outputs);
    return y;
}

static double grid_total(void *context)
{
    setting *s = context;
    return weighted_sum(run_grid(s), s->d);
}

static void check_grid(ur_grid grid, bool writes)
{
    setting s;
    open_grid(&s, grid, writes);
    add_gradient(&s.lab, run_grid(&s), s.d);
    lab_backward(&s.lab);
    real *d_place = dense_copy(s.place_tensor->gradient, LANES, UR_GRID_NUMBERS);
    real *dx = dense_copy(s.x_tensor->gradient, LANES, s.width);
    check_gradient(writes ? "write: place" : "read: place", s.place, d_place, LANES * UR_GRID_NUMBERS, grid_total, &s);
    check_gradient(writes ? "write: patch" : "read: picture", s.x, dx, LANES * s.width, grid_total, &s);
    for (size_t i = 2; i < UR_GRID_NUMBERS; i++) assert_true(d_place[3 * UR_GRID_NUMBERS + i] == 0);
    free(d_place);
    free(dx);
    close_grid(&s);
}

static void test_grid(void **state)
{
    (void)state;
    static const ur_grid grids[] = {{5, 4, 2, 3}, {2, 17, 1, 2}, {4, 4, 1, 1}};
    for (size_t i = 0; i < sizeof grids / sizeof *grids; i++)
        for (int writes = 0; writes < 2; writes++) check_grid(grids[i], writes);
}

/* The weights of a filter add up to 1, so an even picture is read unchanged, wherever the grid is. */
static void test_even_picture(void **state)
{
    (void)state;
    setting s;
    open_grid(&s, (ur_grid){9, 6, 1, 4}, false);
    for (size_t i = 0; i < LANES * s.width; i++) s.x[i] = 3;
    for (size_t b = 0; b < LANES; b++) s.place[b * UR_GRID_NUMBERS + 4] = 0;
    ur_tensor *y = run_grid(&s);
    for (size_t b = 0; b < LANES; b++)
        for (size_t i = 0; i < y->width; i++) assert_true(fabs((double)y->value[b * y->row + i] - 3) < 1e-12);
    close_grid(&s);
}

/* ---- drawn numbers ------------------------------------------------------------------------------------------------ */

static void open_latent(setting *s)
{
    memset(s, 0, sizeof *s);
    lab_open(&s->lab, NULL, 0);
    fill_random(s->said, LANES * 2 * LATENT, 4, 1);
    fill_random(s->noise, LANES * LATENT, 5, 2);
    fill_random(s->wanted, LANES * LATENT, 6, 1);
    s->said[2 * LATENT - 1] = 8; /* the last number of two lanes is out of bounds */
    s->said[4 * LATENT - 1] = -9;
}

/* Returns ½·KL. Also adds the drawn numbers to themselves. */
static double run_latent(setting *s, ur_tensor **twice)
{
    double sum = NAN;
    ur_tape *tape = &s->lab.tape;
    lab_begin(&s->lab, true);
    s->said_tensor = ur_tensor_from(tape, s->said, 1, LANES, 2 * LATENT, true);
    assert_int_equal(ur_latent_kl(tape, s->said_tensor, 0.5, &sum), UR_OK);
    ur_tensor *z = ur_latent_draw(tape, s->said_tensor, s->noise);
    *twice = ur_add(tape, z, z);
    assert_non_null(*twice);
    return 0.5 * sum;
}

static double latent_total(void *context)
{
    ur_tensor *twice;
    double kl = run_latent(context, &twice);
    return kl + weighted_sum(twice, ((setting *)context)->wanted);
}

static void test_latent(void **state)
{
    (void)state;
    setting s;
    ur_tensor *twice;
    open_latent(&s);
    run_latent(&s, &twice);
    add_gradient(&s.lab, twice, s.wanted);
    lab_backward(&s.lab);
    real *d = dense_copy(s.said_tensor->gradient, LANES, 2 * LATENT);
    check_gradient("what is said of drawn numbers", s.said, d, LANES * 2 * LATENT, latent_total, &s);
    assert_true(d[2 * LATENT - 1] == 0 && d[4 * LATENT - 1] == 0);
    free(d);
    lab_close(&s.lab);
}

/* The KL divergence of N(0, 1) from itself is 0. */
static void test_no_kl(void **state)
{
    (void)state;
    setting s;
    double sum = NAN;
    open_latent(&s);
    lab_begin(&s.lab, false);
    memset(s.said, 0, sizeof s.said);
    s.said_tensor = ur_tensor_from(&s.lab.tape, s.said, 1, LANES, 2 * LATENT, false);
    assert_int_equal(ur_latent_kl(&s.lab.tape, s.said_tensor, 1, &sum), UR_OK);
    assert_true(sum == 0);
    lab_close(&s.lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_grid), cmocka_unit_test(test_even_picture),
                                       cmocka_unit_test(test_latent), cmocka_unit_test(test_no_kl)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
