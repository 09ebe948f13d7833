/* Drawing from any logits with any settings always gives an allowed id, and probabilities add up to one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "unroll.h"

#include <math.h>
#include <string.h>

#define INF ((ur_real)INFINITY)
enum { N = 5 };

/*
 * Makes probabilities from a copy of the logits. They must be finite, not negative, add up to one, and be 0 for
 * `never`.
 */
static void settle(const ur_real *logits, const ur_sampling *how, ur_real *p)
{
    double sum = 0;
    memcpy(p, logits, N * sizeof *p);
    ur_probabilities(p, N, how);
    for (int i = 0; i < N; i++) {
        assert_true(isfinite(p[i]) && p[i] >= 0);
        assert_true(i != how->never || p[i] == 0);
        sum += (double)p[i];
    }
    assert_true(fabs(sum - 1) < 1e-6);
    for (uint64_t draw = 0; draw < 20; draw++) {
        ur_real copy[N];
        memcpy(copy, logits, sizeof copy);
        int32_t id = ur_sample(copy, N, how, draw);
        assert_true(id >= 0 && id < N && p[id] > 0);
    }
}

/* The most probable id that is allowed has probability 1. */
static void only_one(const ur_real *logits, const ur_sampling *how, int32_t id)
{
    ur_real p[N];
    settle(logits, how, p);
    assert_true(p[id] == 1);
}

static void infinities(void **state)
{
    (void)state;
    ur_sampling how = ur_sampling_default();
    only_one((ur_real[N]){1, 2, INF, 3, 4}, &how, 2);
    only_one((ur_real[N]){1, INF, 0, INF, 4}, &how, 1);
    only_one((ur_real[N]){-INF, -INF, -INF, -INF, -INF}, &how, 0);
    only_one((ur_real[N]){-INF, -INF, -INF, 7, -INF}, &how, 3);
    how.never = 0;
    only_one((ur_real[N]){-INF, -INF, -INF, -INF, -INF}, &how, 1);
    only_one((ur_real[N]){INF, 1, 2, INF, 0}, &how, 3);
    how.never = 2;
    only_one((ur_real[N]){-INF, -INF, 9, -INF, -INF}, &how, 0);
}

static void not_numbers(void **state)
{
    (void)state;
    ur_sampling how = ur_sampling_default();
    ur_real p[N], q[N];
    only_one((ur_real[N]){NAN, NAN, NAN, NAN, NAN}, &how, 0);
    only_one((ur_real[N]){NAN, -INF, NAN, 2, NAN}, &how, 3);
    settle((ur_real[N]){NAN, 1, 2, NAN, 3}, &how, p);
    settle((ur_real[N]){-INF, 1, 2, -INF, 3}, &how, q);
    assert_memory_equal(p, q, sizeof p);
    how.temperature = 0;
    only_one((ur_real[N]){NAN, 1, 2, NAN, 3}, &how, 4);
}

static void settings_out_of_range(void **state)
{
    (void)state;
    const ur_real logits[N] = {1, 3, 2, 3, 0};
    ur_real p[N], q[N];
    ur_sampling how = ur_sampling_default(), one = how;
    how.min_p = 2;
    one.min_p = 1;
    settle(logits, &how, p);
    settle(logits, &one, q);
    assert_memory_equal(p, q, sizeof p);
    assert_true(p[1] == (ur_real)0.5 && p[3] == (ur_real)0.5);
    how = ur_sampling_default();
    how.top_p = -1;
    only_one(logits, &how, 1);
    how = ur_sampling_default();
    how.top_p = 7;
    how.top_k = 900;
    how.min_p = -3;
    settle(logits, &how, p);
    how = ur_sampling_default();
    settle(logits, &how, q);
    assert_memory_equal(p, q, sizeof p);
    how.temperature = NAN;
    only_one(logits, &how, 1);
    how.temperature = INFINITY;
    settle(logits, &how, p);
    assert_true(p[0] == (ur_real)0.2);
    how.temperature = 1e-300;
    settle(logits, &how, p);
    assert_true(p[1] == (ur_real)0.5);
}

static void few_logits(void **state)
{
    (void)state;
    ur_sampling how = ur_sampling_default();
    ur_real one = 3;
    how.never = 0;
    assert_int_equal(ur_sample(&one, 1, &how, 0), 0);
    assert_true(one == 1);
    assert_int_equal(ur_sample(NULL, 0, &how, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(infinities),
        cmocka_unit_test(not_numbers),
        cmocka_unit_test(settings_out_of_range),
        cmocka_unit_test(few_logits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
