/* --minutes: a short time chooses a network that learns enough in it, and becomes a number of steps that gives the same
 * run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"

#include "task/lm.h"

#include <stdlib.h>

static const char *chosen(double minutes, uint64_t units)
{
    ur_training t = ur_training_default();
    t.minutes = minutes;
    ur_lm_choose(&t, units);
    return t.hidden;
}

static void test_choice(void **state)
{
    (void)state;
    assert_string_equal(chosen(0, 1000000), "512");
    assert_string_equal(chosen(15, 1000000), "512");
    assert_string_equal(chosen(6, 1000000), "512");
    assert_string_equal(chosen(5.9, 1000000), "256");
    assert_string_equal(chosen(3, 1000000), "256");
    assert_string_equal(chosen(3, 60000), "256");
    assert_string_equal(chosen(3, 10000), "128");
    assert_string_equal(chosen(0.1, 1000), "64");
}

static void test_choice_that_was_made(void **state)
{
    (void)state;
    ur_training t = ur_training_default();
    t.minutes = 3;
    t.hidden = "512";
    ur_lm_choose(&t, 1000000);
    assert_string_equal(t.hidden, "512");
}

/* The weights at the end, in *weights (free() them), and the steps done. */
static uint64_t train(const ur_training *training, ur_real **weights, size_t *count)
{
    ur_trainer *trainer;
    ur_event event = {.kind = UR_EVENT_STEP};
    ur_error error;
    if (ur_trainer_create(&trainer, training, &error) != UR_OK) fail_msg("%s", error.text);
    while (event.kind != UR_EVENT_END)
        if (ur_train_next(trainer, &event, &error) != UR_OK) fail_msg("%s", error.text);
    *count = trainer->model->numbers;
    *weights = malloc(*count * sizeof **weights);
    assert_non_null(*weights);
    memcpy(*weights, trainer->model->values, *count * sizeof **weights);
    assert_true(event.units_per_second > 0);
    ur_trainer_free(trainer);
    return event.step;
}

static void test_the_same_as_steps(void **state)
{
    scratch place;
    (void)state;
    make_scratch(&place);
    const char *path = in_scratch(&place, "text");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 300; i++) fprintf(file, "line %d of a text %d\n", i * i, i);
    assert_int_equal(fclose(file), 0);
    ur_training t = ur_training_default();
    t.paths = &path;
    t.path_count = 1;
    t.net = "embed 8 > lstm 16 drop=0.2 > dense";
    t.average = 0.9;
    t.minutes = 0.01;
    t.learning.threads = 1;
    ur_real *timed, *counted;
    size_t size, same_size;
    uint64_t steps = train(&t, &timed, &size);
    assert_true(steps > 0);
    t.minutes = 0;
    t.steps = steps;
    assert_int_equal(train(&t, &counted, &same_size), steps);
    assert_int_equal(size, same_size);
    assert_memory_equal(timed, counted, size * sizeof *timed);
    free(timed);
    free(counted);
    remove_scratch(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choice),
        cmocka_unit_test(test_choice_that_was_made),
        cmocka_unit_test(test_the_same_as_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
