/* --zero-state: a share of the windows of the training begins from a zero state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/ok.h"
#include "support/place.h"
#include "support/run.h"
#include "train/task.h"
#include "train/trainer.h"

#include <stdio.h>
#include <string.h>

enum { WINDOWS = 499 };

static ur_trainer *open_trainer(const char *share)
{
    char text[2 * WINDOWS * 4 + 1];
    const char *path = in_scratch(&place, "text");
    ur_trainer *trainer;
    ur_error error;
    for (size_t i = 0; i < sizeof text; i++) text[i] = (char)('a' + i * i % 7);
    text[sizeof text - 1] = 0;
    put(path, text);
    ur_settings *settings = lm_settings(path, "--net 'onehot > gru 4 > dense' --batch 2 --bptt 4 --steps 1 --threads 1 "
                                              "--val-fraction 0.1");
    set_one(settings, "zero-state", share);
    ok(ur_trainer_create(&trainer, settings, &error), &error);
    ur_settings_free(settings);
    return trainer;
}

/* Sets from[i] if window i begins from a zero state. Returns the number of windows. */
static size_t ask(ur_trainer *t, ur_part part, uint64_t epoch, bool from[WINDOWS])
{
    size_t count = (size_t)t->task->batches(t->data, part, epoch);
    assert_true(count > 5 && count <= WINDOWS);
    for (size_t i = 0; i < count; i++) {
        ur_task_batch batch = {.fresh = false};
        ok(t->task->batch(t->data, part, epoch, i, &batch, NULL), NULL);
        from[i] = batch.fresh;
    }
    return count;
}

static size_t sum(const bool *from, size_t count)
{
    size_t all = 0;
    for (size_t i = 0; i < count; i++) all += from[i];
    return all;
}

static void test_a_share_of_the_windows(void **state)
{
    bool first[WINDOWS], again[WINDOWS], next[WINDOWS];
    (void)state;
    ur_trainer *t = open_trainer("0.25");
    size_t count = ask(t, UR_PART_TRAIN, 0, first);
    ask(t, UR_PART_TRAIN, 1, next);
    ask(t, UR_PART_TRAIN, 0, again);
    assert_memory_equal(first, again, count * sizeof *first);
    assert_memory_not_equal(first, next, count * sizeof *first);
    assert_true(first[0] && next[0]);
    /* A share of a quarter of about 450 windows has a standard deviation of 0.02. */
    double share = (double)sum(first, count) / (double)count;
    assert_true(share > 0.15 && share < 0.35);
    count = ask(t, UR_PART_VALIDATION, 0, first);
    assert_true(first[0] && sum(first, count) == 1);
    ur_trainer_free(t);
}

static void test_none_and_all(void **state)
{
    bool from[WINDOWS];
    (void)state;
    ur_trainer *t = open_trainer("0");
    size_t count = ask(t, UR_PART_TRAIN, 3, from);
    assert_true(from[0] && sum(from, count) == 1);
    ur_trainer_free(t);
    t = open_trainer("1");
    count = ask(t, UR_PART_TRAIN, 3, from);
    assert_int_equal(sum(from, count), count);
    ur_trainer_free(t);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {TEST(test_a_share_of_the_windows), TEST(test_none_and_all)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
