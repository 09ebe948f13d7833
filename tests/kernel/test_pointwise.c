/* Elementwise functions and sums over a row: every instruction set against the reference, bit by bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kernel/reference/reference.h"
#include "support/numbers.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 130, ROOM = 160 };

typedef void with_set(const ur_train_kernels *train, size_t n);

static void for_every_set(with_set *check, size_t step)
{
    for (size_t isa = 0; ur_isa_name(isa); isa++) {
        const ur_kernels *kernels;
        assert_int_equal(ur_kernels_find(ur_isa_name(isa), &kernels, NULL), UR_OK);
        const ur_train_kernels *train = ur_train_kernels_of(kernels);
        assert_string_equal(train->name, kernels->name);
        for (size_t n = step; n <= MOST; n += step) check(train, n);
    }
}

static void check_activate_back(const ur_train_kernels *train, size_t n)
{
    for (int a = UR_LINEAR; a <= UR_SIGMOID; a++) {
        real y[ROOM], dy[ROOM], want[ROOM], got[ROOM];
        fill_random(y, ROOM, 1, 1);
        y[3] = 0;
        y[4] = -0.0f;
        fill_random(dy, ROOM, 2, 1);
        memcpy(want, dy, sizeof want);
        memcpy(got, dy, sizeof got);
        for (size_t i = 0; i < n; i++) want[i] = dy[i] * ur_reference_slope((ur_activation)a, y[i]);
        train->activate_back((ur_activation)a, y, got, got, n);
        assert_same(train->name, got, want, ROOM);
    }
}

static void check_arithmetic(const ur_train_kernels *train, size_t n)
{
    real x[ROOM], m[ROOM], y[ROOM], want[ROOM];
    fill_random(x, ROOM, 3, 1);
    fill_random(m, ROOM, 4, 1);
    fill_random(y, ROOM, 5, 1);
    memcpy(want, y, sizeof want);
    for (size_t i = 0; i < n; i++) want[i] = y[i] + x[i];
    train->add(y, x, n);
    assert_same(train->name, y, want, ROOM);
    for (size_t i = 0; i < n; i++) want[i] = fmaf(x[i], m[i], y[i]);
    train->multiply_add(y, x, m, n);
    assert_same(train->name, y, want, ROOM);
    for (size_t i = 0; i < n; i++) want[i] = x[i] * m[i];
    train->multiply(y, x, m, n);
    assert_same(train->name, y, want, ROOM);
    memcpy(want, y, sizeof want);
    for (size_t i = 0; i < n; i++) want[i] = fmaf(x[i], 0.37f, y[i]);
    train->add_scaled(y, x, 0.37f, n);
    assert_same(train->name, y, want, ROOM);
}

static void check_dots(const ur_train_kernels *train, size_t n)
{
    real v[ROOM], x[ROOM], y[ROOM], dxy[ROOM] = {0}, dv[ROOM], want_xy[ROOM] = {0}, want_v[ROOM];
    fill_random(v, ROOM, 11, 1);
    fill_random(x, ROOM, 12, 1);
    fill_random(y, ROOM, 13, 1);
    fill_random(dv, ROOM, 14, 1);
    memcpy(want_v, dv, sizeof dv);
    const real got[] = {train->dot(x, y, n), train->tanh_dot(v, x, y, n)};
    const real want[] = {ur_reference_dot(x, y, n), ur_reference_tanh_dot(v, x, y, n)};
    assert_same(train->name, got, want, 2);
    for (size_t i = 0; i < n; i++) {
        real t = ur_reference_tanh(x[i] + y[i]);
        want_xy[i] = 0.37f * v[i] * ur_reference_slope(UR_TANH, t);
        want_v[i] = fmaf(0.37f, t, dv[i]);
    }
    train->tanh_dot_back(v, x, y, 0.37f, dxy, dv, n);
    assert_same(train->name, dxy, want_xy, ROOM);
    assert_same(train->name, dv, want_v, ROOM);
}

static void test_number_by_number(void **state)
{
    (void)state;
    for_every_set(check_activate_back, 16);
    for_every_set(check_arithmetic, 16);
    for_every_set(check_dots, 16);
}

static void check_average(const ur_train_kernels *train, size_t n)
{
    real x[ROOM], mean[ROOM], want[ROOM];
    fill_random(x, ROOM, 6, 1);
    fill_random(mean, ROOM, 7, 1);
    memcpy(want, mean, sizeof want);
    for (size_t i = 0; i < n; i++) want[i] = fmaf(0.3f, x[i] - mean[i], mean[i]);
    train->average(mean, x, 0.3f, n);
    assert_same(train->name, mean, want, ROOM);
}

static void check_sum_squares(const ur_train_kernels *train, size_t n)
{
    real x[ROOM];
    fill_random(x, ROOM, 8, 3);
    double got = train->sum_squares(x, n), want = ur_reference_sum_squares(x, n);
    if (memcmp(&got, &want, sizeof got) != 0) fail_msg("%s: %zu squares: %a, expected %a", train->name, n, got, want);
}

static void check_softmax_at(const ur_train_kernels *train, size_t n, int32_t target, double spread)
{
    real x[ROOM], d[ROOM], want_d[ROOM], before[ROOM];
    fill_random(x, ROOM, 9 + (uint32_t)n, spread);
    for (size_t i = n; i < ROOM; i++) x[i] = NAN; /* none of the padding may be used */
    fill_random(d, ROOM, 10, 1);
    memcpy(want_d, d, sizeof want_d);
    memcpy(before, x, sizeof before);
    double want = ur_reference_softmax_loss(x, n, target, 0.37f, want_d);
    double got = train->softmax_loss(x, n, target, 0.37f, d), alone = train->softmax_loss(x, n, target, 0.37f, NULL);
    if (memcmp(&got, &want, sizeof got) != 0 || memcmp(&alone, &want, sizeof got) != 0)
        fail_msg("%s: loss of %zu logits: %a, expected %a", train->name, n, got, want);
    assert_same(train->name, d, want_d, ROOM);
    assert_same("the logits", x, before, n);
    for (size_t i = n; i < ROOM; i++) x[i] = 0;
    assert_true(train->softmax_loss(x, n, target, 0.37f, x) == want); /* d may be the logits themselves */
    assert_same(train->name, x, want_d, ur_padded(n));
}

static void check_softmax(const ur_train_kernels *train, size_t n)
{
    check_softmax_at(train, n, 0, 1);
    check_softmax_at(train, n, (int32_t)n - 1, 20);
    check_softmax_at(train, n, (int32_t)(n / 2), 200);
    check_softmax_at(train, n, -1, 1);
}

/* Rows that the kernel processes in several parts. */
static void check_wide_softmax(const ur_train_kernels *train, size_t n)
{
    real *x = random_numbers(ur_padded(n), 16, 30), *d = zeros(ur_padded(n), sizeof *d);
    real *want_d = zeros(ur_padded(n), sizeof *d);
    for (size_t i = 0; i < 3; i++) {
        int32_t target = (int32_t)(i * (n - 1) / 2);
        double want = ur_reference_softmax_loss(x, n, target, 0.37f, want_d);
        double got = train->softmax_loss(x, n, target, 0.37f, d);
        if (memcmp(&got, &want, sizeof got) != 0)
            fail_msg("%s: loss of %zu logits: %a, expected %a", train->name, n, got, want);
        assert_same(train->name, d, want_d, ur_padded(n));
    }
    double exact = 0;
    for (size_t i = 0; i < n; i++) exact += exp((double)x[i]);
    assert_true(fabs(train->softmax_loss(x, n, 0, 1, NULL) - (log(exact) - (double)x[0])) < 1e-5);
    x[n - 2] = INFINITY; /* an infinity in a later part must show too */
    assert_true(isnan(train->softmax_loss(x, n, 0, 1, NULL)));
    x[n - 2] = NAN;
    assert_true(isnan(train->softmax_loss(x, n, 0, 1, NULL)));
    free(x);
    free(d);
    free(want_d);
}

static void test_wide_rows(void **state)
{
    (void)state;
    for (size_t i = 0; ur_isa_name(i); i++) {
        const ur_kernels *kernels;
        assert_int_equal(ur_kernels_find(ur_isa_name(i), &kernels, NULL), UR_OK);
        for (size_t n = 1022; n < 1060; n++) check_wide_softmax(ur_train_kernels_of(kernels), n);
        check_wide_softmax(ur_train_kernels_of(kernels), 2048);
        check_wide_softmax(ur_train_kernels_of(kernels), 5003);
    }
}

static void test_rows(void **state)
{
    (void)state;
    for_every_set(check_average, 1);
    for_every_set(check_sum_squares, 1);
    for_every_set(check_softmax, 1);
}

/* A logit that is not finite must show in the loss, wherever in the row it is. */
static void check_bad_logit(const ur_train_kernels *train, size_t n)
{
    for (size_t at = 0; at < n; at += 7) {
        real x[ROOM];
        fill_random(x, ROOM, 11, 1);
        x[at] = NAN;
        assert_true(isnan(train->softmax_loss(x, n, 0, 1, NULL)));
        x[at] = INFINITY;
        double loss = train->softmax_loss(x, n, 0, 1, NULL);
        assert_true(isnan(loss) || isinf(loss));
    }
}

static void test_bad_logits(void **state)
{
    (void)state;
    for_every_set(check_bad_logit, 13);
}

typedef struct optimiser {
    void (*step)(const ur_update *, size_t);
    ur_reference_step *reference;
    ur_update settings;
    bool first, second;
} optimiser;

static void check_optimiser(const char *name, optimiser o, size_t n)
{
    real p[ROOM], g[ROOM], m[ROOM], s[ROOM], want[3][ROOM];
    fill_random(p, ROOM, 12, 1);
    fill_random(g, ROOM, 13, 2);
    fill_random(m, ROOM, 14, 1);
    fill_random(s, ROOM, 15, 1);
    for (size_t i = 0; i < ROOM; i++) s[i] *= s[i];
    memcpy(want[0], p, sizeof p);
    memcpy(want[1], m, sizeof m);
    memcpy(want[2], s, sizeof s);
    o.settings.value = p;
    o.settings.gradient = g;
    o.settings.first = o.first ? m : NULL;
    o.settings.second = o.second ? s : NULL;
    for (size_t i = 0; i < n; i++) o.reference(&o.settings, g[i], &want[0][i], &want[1][i], &want[2][i]);
    o.step(&o.settings, n);
    assert_same(name, p, want[0], ROOM);
    assert_same(name, m, want[1], ROOM);
    assert_same(name, s, want[2], ROOM);
}

static void check_optimisers(const ur_train_kernels *train, size_t n)
{
    ur_update plain = {.rate = 0.013f,
                       .momentum = 0.9f,
                       .beta1 = 0.9f,
                       .beta2 = 0.99f,
                       .epsilon = 1e-3f,
                       .correct1 = 0.271f,
                       .correct2 = 0.0297f,
                       .scale = 1};
    for (int variant = 0; variant < 8; variant++) {
        ur_update u = plain;
        u.limit = variant & 1 ? 0.5f : 0;
        u.scale = variant & 1 ? 0.7f : 1;
        u.decay = variant & 2 ? 0.05f : 0;
        u.nesterov = u.decoupled = u.epsilon_inside = (variant & 4) != 0;
        check_optimiser(train->name, (optimiser){train->sgd, ur_reference_sgd, u, false, false}, n);
        check_optimiser(train->name, (optimiser){train->sgd, ur_reference_sgd, u, true, false}, n);
        check_optimiser(train->name, (optimiser){train->adagrad, ur_reference_adagrad, u, false, true}, n);
        check_optimiser(train->name, (optimiser){train->rmsprop, ur_reference_rmsprop, u, false, true}, n);
        check_optimiser(train->name, (optimiser){train->adam, ur_reference_adam, u, true, true}, n);
    }
}

static void test_optimisers(void **state)
{
    (void)state;
    for_every_set(check_optimisers, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number_by_number), cmocka_unit_test(test_rows),       cmocka_unit_test(test_wide_rows),
        cmocka_unit_test(test_bad_logits),       cmocka_unit_test(test_optimisers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
