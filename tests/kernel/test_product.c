/* The product of every instruction set against the reference, bit by bit; packing; threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/random.h"
#include "kernel/compute.h"
#include "kernel/pack.h"
#include "kernel/reference/reference.h"
#include "support/numbers.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * A product of any shape: gaps between the runs of A, and between the groups of panels of C. Numbers that must not be
 * read are NaN. Numbers that must not be written are compared.
 */
typedef struct shape {
    size_t rows, panels, inner, outer, group;
    ur_product_start start;
} shape;

typedef struct setting {
    ur_product p;
    real *a, *b, *bias, *c, *want;
    size_t c_size;
} setting;

static setting set_up(const shape *s)
{
    setting t = {.p = {.inner = s->inner, .outer = s->outer, .group = s->group, .start = s->start}};
    size_t depth = s->inner * s->outer, groups = (s->panels + s->group - 1) / s->group;
    t.p.a_outer = s->inner + 3;
    t.p.a_row = s->outer * t.p.a_outer + 2;
    t.p.c_group = s->group * 16 + 16;
    t.p.c_row = groups * t.p.c_group + 5;
    t.a = zeros(s->rows * t.p.a_row, sizeof(real));
    for (size_t i = 0; i < s->rows * t.p.a_row; i++) t.a[i] = (real)NAN;
    real *a = random_numbers(s->rows * depth, 1, 1);
    for (size_t m = 0; m < s->rows; m++)
        for (size_t k = 0; k < depth; k++)
            t.a[m * t.p.a_row + k / s->inner * t.p.a_outer + k % s->inner] = a[m * depth + k];
    free(a);
    t.b = random_numbers(s->panels * depth * 16, 2, 1);
    t.bias = random_numbers(s->panels * 16, 3, 1);
    t.c_size = s->rows * t.p.c_row;
    t.c = random_numbers(t.c_size, 4, 1);
    t.want = random_numbers(t.c_size, 4, 1);
    t.p.a = t.a;
    t.p.b = t.b;
    t.p.bias = s->start == UR_START_BIAS ? t.bias : NULL;
    t.p.c = t.want;
    ur_reference_product(&t.p, s->rows, s->panels);
    t.p.c = t.c;
    return t;
}

static void tear_down(setting *t)
{
    free(t->a);
    free(t->b);
    free(t->bias);
    free(t->c);
    free(t->want);
}

static void check_shape(const shape *s)
{
    setting t = set_up(s);
    for (size_t isa = 0; ur_isa_name(isa); isa++) {
        const ur_kernels *kernels;
        char what[160];
        assert_int_equal(ur_kernels_find(ur_isa_name(isa), &kernels, NULL), UR_OK);
        snprintf(what, sizeof what, "%s: %zu rows, %zu panels in groups of %zu, depth %zu x %zu, start %d",
                 kernels->name, s->rows, s->panels, s->group, s->outer, s->inner, (int)s->start);
        fill_random(t.c, t.c_size, 4, 1);
        kernels->product(&t.p, 0, s->rows, 0, s->panels);
        assert_same(what, t.c, t.want, t.c_size);
        /* In four parts, cut anywhere. */
        size_t row = s->rows / 3, panel = s->panels / 2;
        fill_random(t.c, t.c_size, 4, 1);
        kernels->product(&t.p, row, s->rows, panel, s->panels);
        kernels->product(&t.p, 0, row, 0, panel);
        kernels->product(&t.p, row, s->rows, 0, panel);
        kernels->product(&t.p, 0, row, panel, s->panels);
        assert_same(what, t.c, t.want, t.c_size);
    }
    tear_down(&t);
}

static void check_starts(shape s)
{
    for (int start = UR_START_ZERO; start <= UR_START_HERE; start++) {
        s.start = (ur_product_start)start;
        check_shape(&s);
    }
}

static void test_borders(void **state)
{
    (void)state;
    static const size_t rows[] = {1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 95, 96, 97, 130};
    static const size_t depths[] = {1, 2, 7, 16, 17, 64, 127, 130, 192, 255, 256, 257, 512, 513};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t k = 0; k < sizeof depths / sizeof *depths; k++) {
            size_t panels = 1 + (i + k) % 9;
            check_shape(&(shape){.rows = rows[i],
                                 .panels = panels,
                                 .inner = depths[k],
                                 .outer = 1,
                                 .group = panels,
                                 .start = (ur_product_start)((i + k) % 3)});
        }
}

/* inner·outer crosses the depth that one pass covers. Groups of 1 … 5 panels meet tiles of 4. */
static void test_runs_and_groups(void **state)
{
    (void)state;
    static const size_t inners[] = {1, 16, 32, 48, 63, 64, 127, 129, 192, 254, 256, 257};
    for (size_t i = 0; i < sizeof inners / sizeof *inners; i++)
        for (size_t outer = 1; outer <= 9; outer += 1 + outer % 3)
            check_starts((shape){.rows = 1 + (5 * i + outer) % 15,
                                 .panels = 1 + (3 * i + outer) % 11,
                                 .inner = inners[i],
                                 .outer = outer,
                                 .group = 1 + (i + outer) % 5});
}

static size_t pick(uint64_t i, size_t most)
{
    return 1 + (size_t)(ur_random_uniform(3, UR_USE_TEST, i) * (double)most);
}

static void test_any_shape(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 60; i++) {
        shape s = {.rows = pick(6 * i, 130),
                   .panels = pick(6 * i + 1, 12),
                   .inner = pick(6 * i + 2, 130),
                   .outer = pick(6 * i + 3, 3),
                   .group = pick(6 * i + 4, 6)};
        s.start = (ur_product_start)(pick(6 * i + 5, 3) - 1);
        check_shape(&s);
    }
}

/* Products shared out over threads, above and below the size from which threads are woken. */
static void test_threads(void **state)
{
    (void)state;
    static const shape shapes[] = {{130, 9, 37, 1, 9, UR_START_BIAS}, {7, 33, 131, 1, 33, UR_START_HERE},
                                   {33, 27, 48, 3, 3, UR_START_ZERO}, {3, 2, 5, 1, 2, UR_START_BIAS},
                                   {24, 1, 300, 1, 1, UR_START_ZERO}, {1, 130, 130, 1, 130, UR_START_BIAS}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (size_t threads = 1; threads <= 4; threads++) {
            setting t = set_up(&shapes[i]);
            ur_compute compute = {0};
            assert_int_equal(ur_kernels_find(NULL, &compute.kernels, NULL), UR_OK);
            assert_int_equal(ur_pool_create(&compute.pool, threads, NULL), UR_OK);
            ur_compute_product(&compute, &t.p, shapes[i].rows, shapes[i].panels);
            assert_same("over threads", t.c, t.want, t.c_size);
            ur_pool_free(compute.pool);
            tear_down(&t);
        }
}

/* Lanes that have begun and not ended are computed as usual. Rows of the other lanes become zeros, or stay. */
static void check_live(const shape *s, size_t lanes, size_t threads)
{
    setting t = set_up(s);
    unsigned char *live = calloc(s->rows, 1);
    ur_compute compute = {0};
    assert_int_equal(ur_kernels_find(NULL, &compute.kernels, NULL), UR_OK);
    assert_int_equal(ur_pool_create(&compute.pool, threads, NULL), UR_OK);
    for (size_t i = 0; i < s->rows; i++) {
        live[i] = i % lanes >= i / lanes && i % lanes < lanes - i / lanes / 2;
        for (size_t p = 0; p < s->panels && !live[i]; p++) {
            size_t at = i * t.p.c_row + p / s->group * t.p.c_group + p % s->group * 16;
            for (size_t n = 0; n < 16; n++) t.want[at + n] = s->start == UR_START_HERE ? t.c[at + n] : 0;
        }
    }
    ur_compute_live_product(&compute, &t.p, live, s->rows / lanes, lanes, s->panels);
    assert_same("live rows", t.c, t.want, t.c_size);
    ur_pool_free(compute.pool);
    free(live);
    tear_down(&t);
}

static void test_live_rows(void **state)
{
    (void)state;
    for (size_t threads = 1; threads <= 3; threads++)
        for (int i = UR_START_ZERO; i <= UR_START_HERE; i++) {
            const ur_product_start start = (ur_product_start)i;
            check_live(&(shape){60, 9, 130, 1, 9, start}, 10, threads);
            check_live(&(shape){77, 7, 16, 3, 2, start}, 11, threads);
        }
}

/*
 * Panels of the whole blocks come first, then those of a last block with fewer units. k counts in the order (block,
 * gate, unit).
 */
static void check_packed_back(const real *back, const real *w, const ur_gate_rows *rows, size_t width)
{
    size_t whole = rows->units / 16 * 16;
    for (size_t panel = 0; panel < ur_padded(width) / 16; panel++)
        for (size_t unit = 0; unit < rows->units; unit++)
            for (size_t gate = 0; gate < rows->gates; gate++) {
                bool last = unit >= whole;
                size_t units = last ? rows->units - whole : 16, depth = rows->gates * (last ? units : whole);
                size_t k = last ? 0 : unit / 16 * 16 * rows->gates;
                const real *at = back + (last ? ur_padded(width) * rows->gates * whole : 0) +
                                 (panel * depth + k + gate * units + unit % 16) * 16;
                for (size_t n = 0; n < 16; n++) {
                    size_t column = 16 * panel + n;
                    real weight = w[(rows->order[gate] * rows->units + unit) * width + (column < width ? column : 0)];
                    assert_true(at[n] == (column < width ? weight : 0));
                }
            }
}

/*
 * dx, set or added to, from a dy whose blocks may have an additional slot. That slot, and the units that the last block
 * lacks, hold arbitrary numbers.
 */
static void check_back_products(const real *back, const real *w, const ur_gate_rows *rows, size_t width, size_t slots,
                                size_t lanes, bool add)
{
    size_t blocks = ur_padded(rows->units) / 16, row = blocks * slots * 16, padded = ur_padded(width);
    real *dy = random_numbers(lanes * row, 7, 1), *dx = zeros(lanes * padded, sizeof(real)),
         *want = zeros(lanes * padded, sizeof(real));
    for (size_t lane = 0; lane < lanes; lane++)
        for (size_t i = 0; i < width; i++) {
            real sum = add ? (real)(lane + i) : 0;
            for (size_t block = 0; block < blocks; block++)
                for (size_t gate = 0; gate < rows->gates; gate++)
                    for (size_t u = 16 * block; u < 16 * (block + 1) && u < rows->units; u++)
                        sum = fmaf(dy[lane * row + (block * slots + gate) * 16 + u % 16],
                                   w[(rows->order[gate] * rows->units + u) * width + i], sum);
            want[lane * padded + i] = sum;
        }
    ur_product products[2], p = {.a = dy, .a_row = row, .b = back, .c = dx, .c_row = padded, .group = padded / 16};
    if (add) p.start = UR_START_HERE;
    size_t count = ur_back_products(products, &p, rows, slots * 16);
    for (size_t isa = 0; ur_isa_name(isa); isa++) {
        const ur_kernels *kernels;
        assert_int_equal(ur_kernels_find(ur_isa_name(isa), &kernels, NULL), UR_OK);
        for (size_t i = 0; i < lanes * padded; i++)
            dx[i] = add && i % padded < width ? (real)(i / padded + i % padded) : 0;
        for (size_t i = 0; i < count; i++) kernels->product(&products[i], 0, lanes, 0, p.group);
        assert_same(kernels->name, dx, want, lanes * padded);
    }
    free(dy);
    free(dx);
    free(want);
}

/*
 * Gates of a recurrent matrix side by side, some left out, in another order. W·x and Wᵀ·dy are compared number by
 * number.
 */
static void check_packing(size_t units, size_t width)
{
    static const unsigned char order[] = {2, 0, 3};
    ur_gate_rows rows = {.units = units, .gates = 3, .order = order};
    size_t panels = ur_gate_panels(&rows);
    real *w = random_numbers(4 * units * width, 5, 1), *bias = random_numbers(4 * units, 6, 1);
    real *forward = zeros(ur_packed_forward_size(&rows, width), sizeof(real)),
         *packed = zeros(panels * 16, sizeof(real));
    real *back = zeros(ur_packed_back_size(&rows, width), sizeof(real));
    real *table = zeros(ur_packed_table_size(&rows, width), sizeof(real));
    ur_pack_forward(forward, w, &rows, width);
    ur_pack_back(back, w, &rows, width);
    ur_pack_bias(packed, bias, &rows);
    ur_pack_table(table, w, packed, &rows, width);
    for (size_t p = 0; p < panels; p++)
        for (size_t n = 0; n < 16; n++) {
            size_t unit = p / 3 * 16 + n, row = order[p % 3] * units + unit;
            bool there = unit < units;
            assert_true(packed[16 * p + n] == (there ? bias[row] : 0));
            for (size_t k = 0; k < width; k++) {
                real weight = there ? w[row * width + k] : 0;
                assert_true(forward[(p * width + k) * 16 + n] == weight);
                assert_true(table[(k * panels + p) * 16 + n] == packed[16 * p + n] + weight);
            }
        }
    check_packed_back(back, w, &rows, width);
    for (size_t lanes = 1; lanes <= 7; lanes += 2) {
        check_back_products(back, w, &rows, width, 3, lanes, false);
        check_back_products(back, w, &rows, width, 4, lanes, true);
    }
    free(w);
    free(bias);
    free(forward);
    free(packed);
    free(back);
    free(table);
}

static void test_packing(void **state)
{
    (void)state;
    for (size_t units = 1; units < 40; units += 5)
        for (size_t width = 1; width < 40; width += 7) check_packing(units, width);
    check_packing(16, 16);
    check_packing(32, 48);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_borders), cmocka_unit_test(test_runs_and_groups), cmocka_unit_test(test_any_shape),
        cmocka_unit_test(test_threads), cmocka_unit_test(test_live_rows),       cmocka_unit_test(test_packing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
