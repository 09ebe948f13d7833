/*
 * Recurrent weights with a gain: orthogonal blocks are orthogonal, normal weights have the right variance, and the bias
 * of the gate that keeps the state is raised. Nothing else changes. For every cell of cell.inc.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/two_layers.h"
#include "unroll_inspect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { H = 23 };

/* Rows must be at right angles, and each of length `gain`. */
static void check_orthogonal(const ur_real *w, double gain)
{
    for (size_t i = 0; i < H; i++)
        for (size_t j = 0; j <= i; j++) {
            double product = 0;
            for (size_t k = 0; k < H; k++) product += (double)w[i * H + k] * (double)w[j * H + k];
            assert_true(fabs(product - (i == j ? gain * gain : 0)) < 1e-5);
        }
}

/* The mean square of n draws of N(0, s²) is s², with a standard deviation of s²·√(2/n). Five of these are allowed. */
static void check_normal(const ur_parameter *p, double deviation)
{
    double squares = 0, n = (double)p->size;
    for (size_t i = 0; i < p->size; i++) squares += (double)p->value[i] * (double)p->value[i];
    assert_true(fabs(squares / n / deviation / deviation - 1) < 5 * sqrt(2 / n));
}

/* Compares parameter i before and after. Its name tells what is expected. */
static void compare(const ur_parameter *was, const ur_parameter *is, const char *cell, const ur_gain *gain)
{
    long keep = strstr(is->name, "bias_ih") ? biases_of(cell, UR_KEEPS, H) : NONE;
    if (strstr(is->name, "weight_hh")) {
        assert_memory_not_equal(was->value, is->value, is->size * sizeof *is->value);
        for (size_t block = 0; gain->orthogonal && block < is->size; block += (size_t)H * H)
            check_orthogonal(is->value + block, gain->gain);
        if (!gain->orthogonal) check_normal(is, gain->gain / sqrt(H));
        return;
    }
    for (long i = 0; i < (long)is->size; i++) {
        double more = keep != NONE && i >= keep && i < keep + H ? gain->keep_bias : 0;
        assert_true(fabs((double)is->value[i] - (double)was->value[i] - more) < 1e-6);
    }
}

static void check(const char *cell, const ur_gain *gain)
{
    ur_error error = {0};
    ur_model *before = two_layers(cell, H), *model = two_layers(cell, H);
    ur_parameter was, is;
    ok(ur_model_set_gain(model, gain, &error), &error);
    for (size_t i = 0; ur_model_parameter(model, i, &is); i++) {
        assert_true(ur_model_parameter(before, i, &was));
        compare(&was, &is, cell, gain);
    }
    ur_model_free(before);
    ur_model_free(model);
}

static void test_every_cell(void **unused)
{
    (void)unused;
    for (size_t i = 0; ur_cell_name(i); i++) {
        check(ur_cell_name(i), &(ur_gain){0.5, true, 1.5, 7});
        check(ur_cell_name(i), &(ur_gain){2, false, -1, 7});
    }
}

/* Layers have different weights, and the same seed gives the same weights again. */
static void test_seeds(void **unused)
{
    (void)unused;
    ur_error error = {0};
    ur_model *model[3];
    ur_parameter p[3][2];
    for (size_t i = 0; i < 3; i++) {
        model[i] = two_layers("lstm", H);
        ok(ur_model_set_gain(model[i], &(ur_gain){1, false, 0, i < 2 ? 1 : 2}, &error), &error);
        assert_true(ur_model_parameter(model[i], 1, &p[i][0]) && ur_model_parameter(model[i], 5, &p[i][1]));
        assert_true(strstr(p[i][0].name, "weight_hh_l0") && strstr(p[i][1].name, "weight_hh_l1"));
    }
    size_t bytes = p[0][0].size * sizeof(ur_real);
    assert_memory_equal(p[0][0].value, p[1][0].value, bytes);
    assert_memory_not_equal(p[0][0].value, p[2][0].value, bytes);
    assert_memory_not_equal(p[0][0].value, p[0][1].value, bytes);
    for (size_t i = 0; i < 3; i++) ur_model_free(model[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_cell), cmocka_unit_test(test_seeds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
