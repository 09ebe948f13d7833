/* When a run that says nothing about it is evaluated and shows samples: early, evenly, and at its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"

#include "unroll_train.h"

#include <stdint.h>

static scratch place;

typedef struct plan {
    uint64_t samples[64], evaluations[64];
    size_t sample_count, evaluation_count;
} plan;

static plan run(uint64_t steps, uint64_t sample_every)
{
    const char *path = in_scratch(&place, "text");
    ur_training t = ur_training_default();
    ur_trainer *trainer;
    ur_event e = {.kind = UR_EVENT_STEP};
    ur_error error;
    plan p = {0};
    t.paths = &path;
    t.path_count = 1;
    t.net = "onehot > rnn 4 > dense";
    t.batch = 2;
    t.bptt = 4;
    t.steps = steps;
    t.sample_every = sample_every;
    t.learning.threads = 1;
    if (ur_trainer_create(&trainer, &t, &error) != UR_OK) fail_msg("%s", error.text);
    while (e.kind != UR_EVENT_END) {
        if (ur_train_next(trainer, &e, &error) != UR_OK) fail_msg("%s", error.text);
        assert_true(p.sample_count < 64 && p.evaluation_count < 64);
        if (e.kind == UR_EVENT_SAMPLE) p.samples[p.sample_count++] = e.step;
        if (e.kind == UR_EVENT_EVALUATION) p.evaluations[p.evaluation_count++] = e.step;
    }
    ur_trainer_free(trainer);
    return p;
}

static void check(const uint64_t *got, size_t count, const uint64_t *expected, size_t expected_count)
{
    assert_int_equal(count, expected_count);
    for (size_t i = 0; i < count; i++) assert_int_equal(got[i], expected[i]);
}

static void test_short_run(void **state)
{
    (void)state;
    static const uint64_t samples[] = {1, 5, 20, 40, 50}, evaluations[] = {20, 40, 50};
    plan p = run(50, 0);
    check(p.samples, p.sample_count, samples, 5);
    check(p.evaluations, p.evaluation_count, evaluations, 3);
}

/* No seventeenth evaluation just before the end. */
static void test_longer_run(void **state)
{
    (void)state;
    plan p = run(333, 0);
    assert_int_equal(p.evaluation_count, 16);
    assert_int_equal(p.evaluations[0], 21);
    assert_int_equal(p.evaluations[14], 315);
    assert_int_equal(p.evaluations[15], 333);
    assert_int_equal(p.sample_count, 18);
    assert_int_equal(p.samples[0], 1);
    assert_int_equal(p.samples[1], 5);
    assert_int_equal(p.samples[2], 21);
}

static void test_said(void **state)
{
    (void)state;
    static const uint64_t samples[] = {25, 50};
    plan p = run(50, 25);
    check(p.samples, p.sample_count, samples, 2);
}

static int set_up(void **state)
{
    (void)state;
    make_scratch(&place);
    put(in_scratch(&place, "text"),
        "the quick brown fox jumps over the lazy dog and the dog does not mind at all, it sleeps");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_scratch(&place);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_run),
        cmocka_unit_test(test_longer_run),
        cmocka_unit_test(test_said),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
