/* The weight gradient of every instruction set against the reference, bit by bit; threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/random.h"
#include "kernel/compute.h"
#include "kernel/reference/reference.h"
#include "support/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct shape {
    size_t steps, lanes, width, rows; /* rows of dW */
    bool bias;
    bool short_groups; /* also groups other than the last have fewer than 16 rows */
} shape;

enum { GAP = 16 }; /* columns of dY that belong to no group */

typedef struct setting {
    ur_weight_gradient g;
    ur_row_group *groups;
    size_t count, dw_size;
    unsigned char *live;
    real *dy, *x, *dw, *db, *want_dw, *want_db;
} setting;

/* Number of rows of group i, if `left` rows are left. */
static size_t group_rows(const shape *s, size_t i, size_t left)
{
    static const size_t counts[] = {1, 16, 5, 16, 16, 12, 1, 1};
    size_t most = s->short_groups ? counts[i % (sizeof counts / sizeof *counts)] : 16;
    return left < most ? left : most;
}

/* Makes groups in a shuffled order, so that columns and rows are in different orders. */
static void make_groups(setting *t, const shape *s)
{
    t->groups = zeros(s->rows, sizeof *t->groups);
    for (size_t row = 0; row < s->rows; row += t->groups[t->count++].count)
        t->groups[t->count] = (ur_row_group){.row = row, .count = group_rows(s, t->count, s->rows - row)};
    for (size_t i = 0; i < t->count; i++)
        t->groups[i].column = 16 * (t->count % 5 == 0 ? t->count - 1 - i : (i * 5 + 2) % t->count);
}

/* Ends some lanes at some steps. With 17 lanes or more, the first 16 are never live. The reference adds their zeros. */
static void end_some(setting *t, const shape *s, size_t dy_row)
{
    size_t all = s->steps * s->lanes;
    t->live = calloc(all, 1);
    for (size_t i = 0; i < all; i++) {
        t->live[i] = ur_random_uniform(7, UR_USE_TEST, i) < 0.6 && !(s->lanes > 16 && i % s->lanes < 16);
        if (!t->live[i]) memset(t->dy + i * dy_row, 0, dy_row * sizeof(real));
    }
}

static setting set_up(const shape *s, bool ends)
{
    setting t = {.dw_size = s->rows * s->width};
    make_groups(&t, s);
    size_t all = s->steps * s->lanes, dy_row = 16 * t.count + GAP, x_row = ur_padded(s->width) + 16;
    t.dy = random_numbers(all * dy_row, 1, 1);
    t.x = random_numbers(all * x_row, 2, 1);
    if (ends) end_some(&t, s, dy_row);
    t.dw = zeros(t.dw_size, sizeof(real));
    t.want_dw = random_numbers(t.dw_size, 3, 1);
    t.db = zeros(s->rows, sizeof(real));
    t.want_db = random_numbers(s->rows, 4, 1);
    t.g = (ur_weight_gradient){.dy = t.dy,
                               .x = t.x,
                               .dy_row = dy_row,
                               .x_row = x_row,
                               .width = s->width,
                               .steps = s->steps,
                               .lanes = s->lanes,
                               .groups = t.groups,
                               .dw = t.want_dw,
                               .db = s->bias ? t.want_db : NULL};
    ur_reference_weight_gradient(&t.g, t.count);
    t.g.live = t.live;
    t.g.dw = t.dw;
    t.g.db = s->bias ? t.db : NULL;
    return t;
}

static void tear_down(setting *t)
{
    real *all[] = {t->dy, t->x, t->dw, t->db, t->want_dw, t->want_db};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    free(t->groups);
    free(t->live);
}

static void begin(setting *t, const shape *s)
{
    fill_random(t->dw, t->dw_size, 3, 1);
    fill_random(t->db, s->rows, 4, 1);
}

static void compare(const setting *t, const shape *s, const char *who)
{
    char what[160];
    snprintf(what, sizeof what, "%s: %zu steps, %zu lanes, width %zu, %zu rows", who, s->steps, s->lanes, s->width,
             s->rows);
    assert_same(what, t->dw, t->want_dw, t->dw_size);
    assert_same(what, t->db, t->want_db, s->rows);
}

/* Copies the steps with the last step first. Returns where each step begins in the copy. */
static const real **turn_steps(const real *from, size_t steps, size_t size, real *copy)
{
    const real **at = zeros(steps, sizeof *at);
    for (size_t t = 0; t < steps; t++)
        at[t] = memcpy(copy + (steps - 1 - t) * size, from + t * size, size * sizeof *copy);
    return at;
}

static void check_steps_apart(const setting *t, const shape *s, const ur_train_kernels *train, real *scratch)
{
    ur_weight_gradient g = t->g;
    const size_t dy_size = s->lanes * g.dy_row, x_size = s->lanes * g.x_row;
    real *dy = zeros(s->steps * dy_size, sizeof *dy), *x = zeros(s->steps * x_size, sizeof *x);
    const real **dy_steps = turn_steps(g.dy, s->steps, dy_size, dy), **x_steps = turn_steps(g.x, s->steps, x_size, x);
    const unsigned char **live = (const unsigned char **)calloc(s->steps, sizeof *live);
    assert_non_null(live);
    for (size_t i = 0; t->live && i < s->steps; i++) live[i] = t->live + i * s->lanes;
    g.dy = g.x = NULL;
    g.live = NULL;
    g.live_steps = live;
    g.dy_steps = dy_steps;
    g.x_steps = x_steps;
    train->weight_gradient(&g, 0, t->count, scratch);
    free(dy);
    free(x);
    free((void *)dy_steps);
    free((void *)x_steps);
    free((void *)live);
}

/* A second X of another width next to the first: each must get the gradient that it gets alone. */
static void check_beside(setting *t, const shape *s)
{
    const shape narrow = {s->steps, s->lanes, 1 + s->width * 3 % 41, s->rows, !s->bias, s->short_groups};
    setting beside = set_up(&narrow, false);
    memcpy(beside.dy, t->dy, s->steps * s->lanes * t->g.dy_row * sizeof(real));
    fill_random(beside.want_dw, beside.dw_size, 3, 1);
    fill_random(beside.want_db, s->rows, 4, 1);
    ur_weight_gradient want = beside.g, g = t->g;
    want.dw = beside.want_dw;
    want.db = narrow.bias ? beside.want_db : NULL;
    ur_reference_weight_gradient(&want, beside.count);
    beside.g.dy = NULL;
    g.beside = &beside.g;
    for (size_t isa = 0; ur_isa_name(isa); isa++) {
        const ur_kernels *kernels;
        assert_int_equal(ur_kernels_find(ur_isa_name(isa), &kernels, NULL), UR_OK);
        const ur_train_kernels *train = ur_train_kernels_of(kernels);
        real *scratch = zeros(train->weight_gradient_scratch(ur_gradient_sums(&g), t->count), sizeof(real));
        begin(t, s);
        begin(&beside, &narrow);
        train->weight_gradient(&g, 0, t->count, scratch);
        compare(t, s, kernels->name);
        compare(&beside, &narrow, kernels->name);
        free(scratch);
    }
    tear_down(&beside);
}

static void check(const shape *s, bool ends)
{
    setting t = set_up(s, ends);
    for (size_t isa = 0; ur_isa_name(isa); isa++) {
        const ur_kernels *kernels;
        assert_int_equal(ur_kernels_find(ur_isa_name(isa), &kernels, NULL), UR_OK);
        const ur_train_kernels *train = ur_train_kernels_of(kernels);
        size_t numbers = train->weight_gradient_scratch(s->width, t.count), half = t.count / 2;
        real *scratch = zeros(numbers, sizeof(real));
        memset(scratch, 0xFF, numbers * sizeof(real)); /* all ones are a NaN */
        begin(&t, s);
        train->weight_gradient(&t.g, 0, t.count, scratch);
        compare(&t, s, kernels->name);
        begin(&t, s);
        train->weight_gradient(&t.g, half, t.count, scratch);
        if (half) train->weight_gradient(&t.g, 0, half, scratch);
        compare(&t, s, kernels->name);
        begin(&t, s);
        check_steps_apart(&t, s, train, scratch);
        compare(&t, s, kernels->name);
        free(scratch);
    }
    if ((s->steps + s->width) % 3 == 0) check_beside(&t, s); /* often enough */
    tear_down(&t);
}

static void check_shape(const shape *s) { check(s, false); }

/*
 * Borders of shards of 16 lanes, of pieces of 256 rows of a chain, of six groups taken together, and of four panels of
 * 16 columns taken together.
 */
static void test_borders(void **state)
{
    (void)state;
    static const size_t lanes[] = {1, 2, 7, 15, 16, 17, 31, 32, 33, 48, 65};
    static const size_t steps[] = {1, 3, 15, 16, 17, 33};
    static const size_t widths[] = {1, 5, 15, 16, 17, 37, 48, 63, 64, 65, 80, 130};
    for (size_t b = 0; b < sizeof lanes / sizeof *lanes; b++)
        for (size_t t = 0; t < sizeof steps / sizeof *steps; t++) {
            size_t w = widths[(b * 7 + t) % (sizeof widths / sizeof *widths)];
            check_shape(&(shape){steps[t], lanes[b], w, 1 + (b * 13 + t * 29) % 130, (b + t) % 2 == 0, t % 2 == 1});
        }
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
        for (size_t rows = 14; rows < 19; rows++) check_shape(&(shape){3, 5, widths[w], rows, true, false});
    check_shape(&(shape){257, 1, 5, 20, true, false});
    check_shape(&(shape){255, 1, 5, 20, true, false});
    check_shape(&(shape){256, 1, 5, 20, true, false});
    check_shape(&(shape){520, 3, 17, 37, true, false});
}

static size_t pick(uint64_t i, size_t most)
{
    return 1 + (size_t)(ur_random_uniform(5, UR_USE_TEST, i) * (double)most);
}

static void test_any_shape(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100; i++)
        check_shape(&(shape){pick(5 * i, 24), pick(5 * i + 1, 40), pick(5 * i + 2, 130), pick(5 * i + 3, 100),
                             pick(5 * i + 4, 2) == 1, i % 3 == 0});
}

static void test_ended_lanes(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 24; i++)
        check(&(shape){pick(5 * i, 40), pick(5 * i + 1, 40), pick(5 * i + 2, 130), pick(5 * i + 3, 100), i % 2 == 0,
                       i % 3 == 0},
              true);
    check(&(shape){1, 16, 5, 20, true, false}, true);
    check(&(shape){600, 3, 17, 37, true, false}, true);
}

static void test_threads(void **state)
{
    (void)state;
    static const shape shapes[] = {
        {9, 33, 37, 130, true, false}, {17, 16, 65, 16, true, false}, {3, 7, 131, 148, false, true}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (size_t threads = 1; threads <= 4; threads++) {
            setting t = set_up(&shapes[i], i == 1);
            ur_compute compute = {0};
            ur_arena arena;
            ur_arena_init(&arena);
            assert_int_equal(ur_kernels_find(NULL, &compute.kernels, NULL), UR_OK);
            compute.train = ur_train_kernels_of(compute.kernels);
            assert_int_equal(ur_pool_create(&compute.pool, threads, NULL), UR_OK);
            begin(&t, &shapes[i]);
            assert_int_equal(ur_compute_weight_gradient(&compute, &t.g, t.count, &arena, NULL), UR_OK);
            compare(&t, &shapes[i], "over threads");
            ur_pool_free(compute.pool);
            ur_arena_free(&arena);
            tear_down(&t);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_borders),
        cmocka_unit_test(test_any_shape),
        cmocka_unit_test(test_ended_lanes),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
