/*
 * exp, tanh and sigmoid: their error in ulp, and equal bits from the reference and every instruction set. Every 1021st
 * float is tested. If UNROLL_EVERY_FLOAT is set in the environment, every float is tested (about ten minutes) and the
 * greatest errors are printed. Then the scalar functions are compared with the C library.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/random.h"
#include "kernel/reference/reference.h"
#include "kernel/scalar.h"
#include "support/numbers.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t stride(void) { return getenv("UNROLL_EVERY_FLOAT") ? 1 : 1021; }

static float float_of(uint64_t bits)
{
    uint32_t word = (uint32_t)bits;
    float x;
    memcpy(&x, &word, sizeof x);
    return x;
}

/* The greatest error of a function, in units in the last place of the exact value as a float. */
typedef struct worst {
    double ulp;
    float at;
} worst;

static void note(worst *w, float x, float got, double exact)
{
    int e;
    (void)frexp(exact, &e);
    double unit = ldexp(1, (e > -125 ? e : -125) - 24), off = fabs((double)got - exact) / unit;
    if (off > w->ulp || isnan(off)) *w = (worst){off, x};
}

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

/*
 * Beyond ±87, exp is clamped: exp itself is not compared there, and tanh and sigmoid are within 2^-125 of the exact
 * value.
 */
static void test_errors(void **state)
{
    (void)state;
    worst exps = {0}, tanhs = {0}, sigmoids = {0};
    for (uint64_t bits = 0; bits < UINT64_C(1) << 32; bits += stride()) {
        float x = float_of(bits);
        if (!isfinite(x)) continue;
        note(&tanhs, x, ur_reference_tanh(x), tanh((double)x));
        if (fabsf(x) <= 87) note(&exps, x, ur_reference_exp(x), exp((double)x));
        if (x >= -87)
            note(&sigmoids, x, ur_reference_sigmoid(x), sigmoid((double)x));
        else
            assert_true(ur_reference_sigmoid(x) >= 0 && ur_reference_sigmoid(x) <= 0x1p-125f);
    }
    print_message("errors in ulp: exp %.3f at %a, tanh %.3f at %a, sigmoid %.3f at %a\n", exps.ulp, (double)exps.at,
                  tanhs.ulp, (double)tanhs.at, sigmoids.ulp, (double)sigmoids.at);
    assert_true(exps.ulp <= 2 && tanhs.ulp <= 2 && sigmoids.ulp <= 2);
}

static void test_limits(void **state)
{
    (void)state;
    assert_true(ur_reference_exp(0) == 1 && ur_reference_exp(-0.0f) == 1);
    assert_true(ur_reference_exp(INFINITY) == ur_reference_exp(87) && ur_reference_exp(-INFINITY) > 0);
    assert_true(ur_reference_tanh(INFINITY) == 1 && ur_reference_tanh(-INFINITY) == -1);
    assert_true(ur_reference_tanh(0) == 0 && ur_reference_tanh(-0.0f) == 0);
    assert_true(ur_reference_sigmoid(0) == 0.5f && ur_reference_sigmoid(INFINITY) == 1);
    assert_true(isnan(ur_reference_exp(NAN)) && isnan(ur_reference_tanh(NAN)) && isnan(ur_reference_sigmoid(NAN)));
}

/* Any NaN equals any other, whatever its payload. */
static void assert_same_value(const char *isa, const char *function, float x, float got, float want)
{
    if (isnan(got) && isnan(want)) return;
    if (memcmp(&got, &want, sizeof got) != 0)
        fail_msg("%s: %s(%a) is %a, expected %a", isa, function, (double)x, (double)got, (double)want);
}

static void check_bits(ur_activation activation, const char *name)
{
    enum { BLOCK = 4096 };
    static real x[BLOCK], want[BLOCK], got[BLOCK];
    uint64_t bits = 0, end = UINT64_C(1) << 32;
    while (bits < end) {
        for (size_t i = 0; i < BLOCK; i++, bits += stride()) {
            x[i] = float_of(bits < end ? bits : end - 1);
            want[i] = ur_reference_activation(activation, x[i]);
        }
        for (size_t isa = 0; ur_isa_name(isa); isa++) {
            const ur_kernels *kernels;
            assert_int_equal(ur_kernels_find(ur_isa_name(isa), &kernels, NULL), UR_OK);
            memcpy(got, x, sizeof got);
            kernels->activate(activation, got, BLOCK);
            for (size_t i = 0; i < BLOCK; i++) assert_same_value(kernels->name, name, x[i], got[i], want[i]);
        }
    }
}

static void test_bits(void **state)
{
    (void)state;
    check_bits(UR_TANH, "tanh");
    check_bits(UR_SIGMOID, "sigmoid");
    check_bits(UR_RELU, "relu");
    check_bits(UR_LINEAR, "linear");
}

static double ulps(double got, double exact)
{
    int e;
    (void)frexp(exact, &e);
    return fabs(got - exact) / ldexp(1, e - 53);
}

enum { DRAWS = 200000 };

static void test_log(void **state)
{
    (void)state;
    double worst_ulp = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        double u = ur_random_uniform(1, UR_USE_TEST, i), x = ldexp(u + 0x1p-60, (int)(i % 200) - 100);
        double off = ulps(ur_log(x), log(x));
        if (off > worst_ulp) worst_ulp = off;
        off = ulps(ur_log(1 + x / 0x1p110), log(1 + x / 0x1p110));
        if (off > worst_ulp) worst_ulp = off;
    }
    print_message("log: %.2f ulp\n", worst_ulp);
    assert_true(worst_ulp <= 4);
    assert_true(ur_log(1) == 0 && ur_log(0) == -INFINITY && ur_log(INFINITY) == INFINITY);
    assert_true(isnan(ur_log(-1)) && isnan(ur_log(NAN)));
}

static void test_exp(void **state)
{
    (void)state;
    double worst_ulp = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        double x = 1400 * ur_random_uniform(2, UR_USE_TEST, i) - 700;
        if (i % 2) x /= 1400;
        double off = ulps(ur_exp(x), exp(x));
        if (off > worst_ulp) worst_ulp = off;
    }
    print_message("exp: %.2f ulp\n", worst_ulp);
    assert_true(worst_ulp <= 4);
    assert_true(ur_exp(0) == 1 && ur_exp(-701) == 0 && ur_exp(-INFINITY) == 0);
    assert_true(ur_exp(1e9) == ur_exp(700) && isfinite(ur_exp(INFINITY)) && isnan(ur_exp(NAN)));
}

/*
 * Many numbers at once, in whole blocks and in parts of one, beyond both ends of the range and with NaN and infinities.
 */
static void test_exp_all(void **state)
{
    (void)state;
    enum { MANY = 1000 };
    for (size_t count = 0; count < MANY; count = 3 * count + 1) {
        double x[MANY], y[MANY];
        for (size_t i = 0; i < MANY; i++) x[i] = y[i] = 1600 * ur_random_uniform(3, UR_USE_TEST, i) - 800;
        x[7] = y[7] = NAN, x[8] = y[8] = -INFINITY, x[9] = y[9] = INFINITY;
        ur_exp_all(y, count);
        for (size_t i = 0; i < count; i++) x[i] = ur_exp(x[i]);
        assert_memory_equal(x, y, sizeof x);
    }
}

static void test_tanh(void **state)
{
    (void)state;
    double worst_off = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        double x = 40 * ur_random_uniform(3, UR_USE_TEST, i) - 20;
        worst_off = fmax(worst_off, fabs(ur_tanh(x) - tanh(x)));
    }
    print_message("tanh: %.2g\n", worst_off);
    assert_true(worst_off <= 1e-15);
    assert_true(ur_tanh(0) == 0 && ur_tanh(1e9) == 1 && ur_tanh(-INFINITY) == -1 && isnan(ur_tanh(NAN)));
}

static void test_cos_turn(void **state)
{
    (void)state;
    double worst_off = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        double turns = ur_random_uniform(3, UR_USE_TEST, i);
        long double angle = 2 * 3.14159265358979323846264338327950288L * (long double)turns;
        double off = fabs(ur_cos_turn(turns) - (double)cosl(angle));
        if (off > worst_off) worst_off = off;
    }
    print_message("cos: %.3g\n", worst_off);
    assert_true(worst_off <= 1e-15);
    assert_true(ur_cos_turn(0) == 1 && ur_cos_turn(0.25) == 0 && ur_cos_turn(0.5) == -1 && ur_cos_turn(0.75) == 0);
}

/*
 * Mean, variance and the share within one, two and three standard deviations. The limits are five standard deviations
 * of these sums.
 */
static void test_normal(void **state)
{
    (void)state;
    double sum = 0, squares = 0;
    int within[4] = {0};
    for (uint64_t i = 0; i < DRAWS; i++) {
        double x = ur_random_normal(4, UR_USE_TEST, i);
        sum += x;
        squares += x * x;
        for (int k = 1; k < 4; k++) within[k] += fabs(x) < k;
    }
    assert_true(fabs(sum / DRAWS) < 5 / sqrt(DRAWS));
    assert_true(fabs(squares / DRAWS - 1) < 5 * sqrt(2.0 / DRAWS));
    for (int k = 1; k < 4; k++) {
        double share = erf(k / sqrt(2));
        assert_true(fabs(within[k] / (double)DRAWS - share) < 5 * sqrt(share * (1 - share) / DRAWS));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors), cmocka_unit_test(test_limits),   cmocka_unit_test(test_bits),
        cmocka_unit_test(test_log),    cmocka_unit_test(test_exp),      cmocka_unit_test(test_exp_all),
        cmocka_unit_test(test_tanh),   cmocka_unit_test(test_cos_turn), cmocka_unit_test(test_normal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
