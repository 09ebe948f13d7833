/*
 * What a run does if its settings do not say: when it evaluates and writes samples, and when its learning rate falls.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"

#include "support/run.h"

#include <stdint.h>

static scratch place;

typedef struct plan {
    uint64_t samples[64], evaluations[64];
    size_t sample_count, evaluation_count;
} plan;

static ur_trainer *open_training(uint64_t steps, const char *more)
{
    ur_settings *settings =
        lm_settings(in_scratch(&place, "text"), "--net 'onehot > rnn 4 > dense' --batch 2 --bptt 4 --threads 1");
    ur_trainer *trainer;
    ur_error error;
    set_more(settings, "--steps %llu %s", (unsigned long long)steps, more);
    if (ur_trainer_create(&trainer, settings, &error) != UR_OK) fail_msg("%s", error.text);
    ur_settings_free(settings);
    return trainer;
}

static plan run(uint64_t steps, const char *more)
{
    ur_trainer *trainer = open_training(steps, more);
    ur_event e = {.kind = UR_EVENT_STEP};
    ur_error error;
    plan p = {0};
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
    plan p = run(50, "");
    check(p.samples, p.sample_count, samples, 5);
    check(p.evaluations, p.evaluation_count, evaluations, 3);
}

/* There is no seventeenth evaluation just before the end. */
static void test_longer_run(void **state)
{
    (void)state;
    plan p = run(333, "");
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
    plan p = run(50, "--sample-every 25");
    check(p.samples, p.sample_count, samples, 2);
}

/* A step schedule without a given interval lowers the rate three times in the run. */
static void test_rate_in_steps(void **state)
{
    (void)state;
    ur_trainer *trainer = open_training(40, "--schedule step --lr 0.016");
    ur_event e = {.kind = UR_EVENT_STEP};
    ur_error error;
    double rates[41] = {0};
    assert_null(strstr(ur_trainer_settings(trainer), "lr-every"));
    while (e.kind != UR_EVENT_END) {
        if (ur_train_next(trainer, &e, &error) != UR_OK) fail_msg("%s", error.text);
        if (e.kind == UR_EVENT_STEP) rates[e.step] = e.rate;
    }
    ur_trainer_free(trainer);
    for (int drop = 0; drop < 4; drop++) {
        double expected = 0.016 / (1 << drop);
        assert_memory_equal(&rates[1 + 11 * drop], &expected, sizeof expected);
    }
    for (int step = 2; step <= 40; step++) assert_true(rates[step] <= rates[step - 1]);
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
        cmocka_unit_test(test_rate_in_steps),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
