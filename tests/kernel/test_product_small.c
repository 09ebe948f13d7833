/*
 * Products with small weights, every instruction set, bit by bit: bf16 against the f32 product with the rounded
 * weights, int8 against the reference; rounding; packing; products cut into parts; numbers that are not finite.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/random.h"
#include "kernel/compute.h"
#include "kernel/pack.h"
#include "kernel/reference/reference.h"
#include "kernel/round.h"
#include "support/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct shape {
    size_t rows, units, depth, group;
    ur_product_start start;
} shape;

/* One product with any kind of weights. `want` is the expected result. */
typedef struct setting {
    ur_product p;
    size_t panels, c_size;
    real *a, *w, *bias, *packed, *c, *want;
} setting;

static void fill_c(const setting *t, real *c) { fill_random(c, t->c_size, 4, 1); }

/* Computes the expected result from the rounded weights in f32, panel by panel, with the reference. */
static void want_bf16(setting *t, const ur_gate_rows *rows)
{
    real *wide = zeros(ur_packed_forward_size(rows, t->p.inner), sizeof(real));
    real *rounded = zeros(rows->units * t->p.inner, sizeof(real));
    for (size_t i = 0; i < rows->units * t->p.inner; i++) rounded[i] = ur_from_bf16(ur_to_bf16(t->w[i]));
    ur_pack_forward(wide, rounded, rows, t->p.inner);
    ur_product p = t->p;
    p.weights = UR_WEIGHTS_F32;
    p.b = wide;
    p.c = t->want;
    ur_reference_product(&p, t->p.a_row ? t->c_size / t->p.c_row : 0, t->panels);
    free(wide);
    free(rounded);
}

static void want_int8(setting *t, const ur_gate_rows *rows)
{
    size_t depth = t->p.inner;
    signed char *q = zeros(t->panels * 16 * depth, 1);
    float *scale = zeros(t->panels * 16, sizeof *scale);
    for (size_t n = 0; n < rows->units; n++) {
        scale[n] = ur_int8_scale(t->w + n * depth, depth);
        for (size_t k = 0; k < depth; k++) q[n * depth + k] = ur_to_int8(t->w[n * depth + k], scale[n]);
    }
    ur_product p = t->p;
    p.c = t->want;
    ur_reference_product_int8(&p, q, scale, t->c_size / t->p.c_row, t->panels);
    free(q);
    free(scale);
}

static setting set_up(const shape *s, ur_weights weights, real odd)
{
    ur_gate_rows rows = {.units = s->units, .gates = 1};
    setting t = {.p = {.inner = s->depth, .outer = 1, .group = s->group, .start = s->start, .weights = weights},
                 .panels = ur_gate_panels(&rows)};
    t.p.a_row = s->depth + 3;
    t.p.c_group = s->group * 16 + 16;
    t.p.c_row = (t.panels + s->group - 1) / s->group * t.p.c_group + 5;
    t.c_size = s->rows * t.p.c_row;
    t.a = random_numbers(s->rows * t.p.a_row, 1, 2);
    for (size_t m = 0; m < s->rows; m++)
        for (size_t k = s->depth; k < t.p.a_row; k++) t.a[m * t.p.a_row + k] = (real)NAN; /* must not be read */
    if (odd != 0) t.a[s->rows / 2 * t.p.a_row + s->depth / 2] = odd;
    t.w = random_numbers(s->units * s->depth, 2, 0.3);
    t.bias = random_numbers(t.panels * 16, 3, 1);
    t.packed = zeros(ur_packed_weights_size(&rows, s->depth, weights), sizeof(real));
    ur_pack_weights(t.packed, t.w, &rows, s->depth, weights);
    t.c = zeros(t.c_size, sizeof(real));
    t.want = zeros(t.c_size, sizeof(real));
    fill_c(&t, t.want);
    t.p.a = t.a;
    t.p.b = t.packed;
    t.p.bias = s->start == UR_START_BIAS ? t.bias : NULL;
    t.p.c = t.c;
    if (weights == UR_WEIGHTS_BF16) want_bf16(&t, &rows);
    if (weights == UR_WEIGHTS_INT8) want_int8(&t, &rows);
    return t;
}

static void tear_down(setting *t)
{
    free(t->a);
    free(t->w);
    free(t->bias);
    free(t->packed);
    free(t->c);
    free(t->want);
}

/* Compares bits, except for the payload of a NaN. */
static void assert_results(const char *what, const setting *t)
{
    for (size_t i = 0; i < t->c_size; i++)
        if (isnan(t->want[i]) && isnan(t->c[i])) t->c[i] = t->want[i];
    assert_same(what, t->c, t->want, t->c_size);
}

static void check_shape(const shape *s, ur_weights weights, real odd)
{
    setting t = set_up(s, weights, odd);
    for (size_t isa = 0; ur_isa_name(isa); isa++) {
        const ur_kernels *kernels;
        char what[160];
        assert_int_equal(ur_kernels_find(ur_isa_name(isa), &kernels, NULL), UR_OK);
        snprintf(what, sizeof what, "%s, weights %d: %zu rows, %zu units in groups of %zu, depth %zu, start %d",
                 kernels->name, (int)weights, s->rows, s->units, s->group, s->depth, (int)s->start);
        fill_c(&t, t.c);
        ur_product_run(kernels, &t.p, 0, s->rows, 0, t.panels);
        assert_results(what, &t);
        size_t row = s->rows / 3, panel = t.panels / 2; /* in four parts, cut anywhere */
        fill_c(&t, t.c);
        ur_product_run(kernels, &t.p, row, s->rows, panel, t.panels);
        ur_product_run(kernels, &t.p, 0, row, 0, panel);
        ur_product_run(kernels, &t.p, row, s->rows, 0, panel);
        ur_product_run(kernels, &t.p, 0, row, panel, t.panels);
        assert_results(what, &t);
    }
    tear_down(&t);
}

static void check_both(const shape *s)
{
    check_shape(s, UR_WEIGHTS_BF16, 0);
    check_shape(s, UR_WEIGHTS_INT8, 0);
}

static void test_borders(void **state)
{
    (void)state;
    static const size_t rows[] = {1, 2, 3, 4, 5, 6, 7, 13, 63, 64, 65, 97};
    static const size_t depths[] = {1, 2, 3, 4, 5, 7, 15, 16, 17, 63, 65, 130, 255, 256, 257, 513};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t k = 0; k < sizeof depths / sizeof *depths; k++)
            check_both(&(shape){.rows = rows[i],
                                .units = 1 + (37 * i + 53 * k) % 150,
                                .depth = depths[k],
                                .group = 1 + (i + k) % 6,
                                .start = (ur_product_start)((i + k) % 3)});
}

/* One row against 1 … 40 panels, in groups of 1 … 9: the wide tiles, and the panels that are left over. */
static void test_one_row(void **state)
{
    (void)state;
    for (size_t panels = 1; panels <= 40; panels++)
        check_both(&(shape){.rows = 1,
                            .units = 16 * panels - panels % 16,
                            .depth = 30 + panels % 5,
                            .group = 1 + panels % 9,
                            .start = (ur_product_start)(panels % 3)});
}

/* Rows that are zero, that are too small to be told from zero, or that hold infinities or NaN. */
static void test_odd_numbers(void **state)
{
    (void)state;
    static const real odd[] = {(real)1e30, (real)INFINITY, -(real)INFINITY, (real)NAN, (real)1e-38};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        for (size_t rows = 1; rows < 6; rows += 4)
            check_shape(&(shape){rows, 40, 37, 3, UR_START_BIAS}, UR_WEIGHTS_INT8, odd[i]);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) /* alone, so that 10⁻³⁸ is the row's largest number */
        check_shape(&(shape){1, 40, 1, 3, UR_START_BIAS}, UR_WEIGHTS_INT8, odd[i]);
}

/* Every number is at its largest: no instruction may saturate. */
static void test_full_sums(void **state)
{
    (void)state;
    for (int sign = -1; sign <= 1; sign += 2) {
        setting t = set_up(&(shape){3, 16, UR_INT8_DEPTH, 1, UR_START_ZERO}, UR_WEIGHTS_INT8, 0);
        ur_gate_rows rows = {.units = 16, .gates = 1};
        for (size_t i = 0; i < 16 * (size_t)UR_INT8_DEPTH; i++) t.w[i] = 127;
        for (size_t m = 0; m < 3; m++)
            for (size_t k = 0; k < UR_INT8_DEPTH; k++) t.a[m * t.p.a_row + k] = (real)(127 * sign);
        ur_pack_weights(t.packed, t.w, &rows, UR_INT8_DEPTH, UR_WEIGHTS_INT8);
        for (size_t isa = 0; ur_isa_name(isa); isa++) {
            const ur_kernels *kernels;
            assert_int_equal(ur_kernels_find(ur_isa_name(isa), &kernels, NULL), UR_OK);
            ur_product_run(kernels, &t.p, 0, 3, 0, 1);
            for (size_t m = 0; m < 3; m++)
                for (size_t n = 0; n < 16; n++)
                    assert_true(t.c[m * t.p.c_row + n] == (real)sign * 127 * 127 * UR_INT8_DEPTH);
        }
        tear_down(&t);
    }
}

static void test_threads(void **state)
{
    (void)state;
    static const shape shapes[] = {{130, 140, 37, 9, UR_START_BIAS}, {1, 2000, 130, 125, UR_START_HERE}};
    for (size_t i = 0; i < 2; i++)
        for (int weights = UR_WEIGHTS_BF16; weights <= UR_WEIGHTS_INT8; weights++)
            for (size_t threads = 1; threads <= 4; threads++) {
                setting t = set_up(&shapes[i], (ur_weights)weights, 0);
                ur_compute compute = {0};
                assert_int_equal(ur_kernels_find(NULL, &compute.kernels, NULL), UR_OK);
                assert_int_equal(ur_pool_create(&compute.pool, threads, NULL), UR_OK);
                fill_c(&t, t.c);
                ur_compute_product(&compute, &t.p, shapes[i].rows, t.panels);
                assert_results("over threads", &t);
                ur_pool_free(compute.pool);
                tear_down(&t);
            }
}

/* ---- rounding ---------------------------------------------------------------------------------------------------- */

static float from_bits(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, 4);
    return f;
}

static void test_bf16_rounds(void **state)
{
    (void)state;
    static const uint32_t pairs[][2] = {{0x3f800000, 0x3f80}, {0x3f807fff, 0x3f80}, {0x3f808000, 0x3f80},
                                        {0x3f808001, 0x3f81}, {0x3f818000, 0x3f82}, {0xbf808001, 0xbf81},
                                        {0x00000001, 0x0000}, {0x80000000, 0x8000}, {0x00008001, 0x0001},
                                        {0x7f7fffff, 0x7f80}, {0x7f800000, 0x7f80}, {0x7f7f7fff, 0x7f7f}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_int_equal(ur_to_bf16((real)from_bits(pairs[i][0])), pairs[i][1]);
    assert_true(isnan(ur_from_bf16(ur_to_bf16((real)from_bits(0x7f800001)))));
    for (uint32_t b = 0; b < 65536; b++) {
        real wide = ur_from_bf16((uint16_t)b);
        if (!isnan(wide)) assert_int_equal(ur_to_bf16(wide), b);
    }
}

/* No number is off by more than half a scale, the largest becomes 127, and rounding again changes nothing. */
static void test_int8_rounds(void **state)
{
    (void)state;
    enum { WIDTH = 50 };
    static const double sizes[] = {1, 3e-3, 1e-30, 1e-38, 1e-43, 3e38, 0};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (uint32_t stream = 0; stream < 50; stream++) {
            real *w = random_numbers(WIDTH, stream, 1);
            for (size_t k = 0; k < WIDTH; k++) w[k] = (real)(float)(w[k] * (real)sizes[i]);
            float scale = ur_int8_scale(w, WIDTH);
            real *once = zeros(WIDTH, sizeof(real)), *twice = zeros(WIDTH, sizeof(real));
            signed char q[WIDTH];
            memcpy(once, w, WIDTH * sizeof(real));
            ur_round_weights(once, 1, WIDTH, UR_WEIGHTS_INT8);
            memcpy(twice, once, WIDTH * sizeof(real));
            ur_round_weights(twice, 1, WIDTH, UR_WEIGHTS_INT8);
            assert_same("rounded twice", twice, once, WIDTH);
            for (size_t k = 0; k < WIDTH; k++) {
                q[k] = ur_to_int8(w[k], scale);
                assert_true((double)once[k] == (double)q[k] * (double)scale); /* exact */
                assert_true(fabs((double)w[k] - (double)once[k]) <= (double)scale * 0.502 || scale < 0x1p-126f);
            }
            assert_true(ur_int8_sound(q, WIDTH, scale));
            assert_true(scale == 0 || ur_int8_scale(once, WIDTH) == scale);
            free(w);
            free(once);
            free(twice);
        }
    assert_true(isnan(ur_int8_scale((const real[]){1, (real)NAN}, 2)));
    assert_int_equal(ur_to_int8((real)1.5, 1), 2);
    assert_int_equal(ur_to_int8((real)2.5, 1), 2);
    assert_int_equal(ur_to_int8((real)-2.5, 1), -2);
}

static void test_what_is_sound(void **state)
{
    (void)state;
    static const signed char whole[] = {3, -127, 5}, less[] = {3, -126, 5}, beyond[] = {3, -128, 5}, none[] = {0, 0, 0};
    assert_true(ur_int8_sound(whole, 3, 0.5f));
    assert_true(ur_int8_sound(none, 3, 0));
    assert_false(ur_int8_sound(whole, 3, 0));
    assert_false(ur_int8_sound(none, 3, 0.5f));
    assert_false(ur_int8_sound(less, 3, 0.5f));
    assert_false(ur_int8_sound(beyond, 3, 0.5f));
    assert_false(ur_int8_sound(whole, 3, 0.1f)); /* more than 17 bits */
    assert_false(ur_int8_sound(whole, 3, -0.5f));
    assert_false(ur_int8_sound(whole, 3, (float)INFINITY));
    assert_false(ur_int8_sound(whole, 3, (float)NAN));
    assert_false(ur_int8_sound(whole, 3, 0x1p127f)); /* 127 times this scale is not finite */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_borders),     cmocka_unit_test(test_one_row),       cmocka_unit_test(test_odd_numbers),
        cmocka_unit_test(test_full_sums),   cmocka_unit_test(test_threads),       cmocka_unit_test(test_bf16_rounds),
        cmocka_unit_test(test_int8_rounds), cmocka_unit_test(test_what_is_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
