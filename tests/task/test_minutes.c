/*
 * --minutes: a short time chooses a network that learns enough in that time. The time becomes a number of steps that
 * gives the same run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"

#include "support/run.h"
#include "task/lm/lm.h"
#include "train/trainer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Returns what is chosen for a text of `tokens` tokens: hidden size, dropout, decay, lowest rate, epochs, share of zero
 * states. Valid until the next call.
 */
static const char *chosen(const char *line, uint64_t tokens)
{
    static char text[128];
    ur_settings *settings = lm_settings("", line);
    ur_lm data = {.train_end = tokens};
    assert_int_equal(ur_lm_choose(&data, settings, NULL), UR_OK);
    const ur_run_settings *run = &settings->run;
    snprintf(text, sizeof text, "%s %g %g %g %g %g", run->hidden, run->dropout, run->learning.weight_decay,
             run->rate_floor, run->epochs, ((const ur_lm_settings *)settings->own)->zero_state);
    ur_settings_free(settings);
    return text;
}

/*
 * With more time a larger network is chosen, and more epochs need more dropout and decay, up to the point where more
 * does not help.
 */
static void test_choice(void **state)
{
    (void)state;
    assert_string_equal(chosen("", 1000000), "512 0.4 0.02 0.09 10 0.05");
    assert_string_equal(chosen("--minutes 60", 1000000), "768 0.55 0.08 0.31 18 0.05");
    assert_string_equal(chosen("--minutes 30", 1000000), "768 0.55 0.08 0.31 18 0.05");
    assert_string_equal(chosen("--minutes 15", 1000000), "512 0.45 0.04 0.16 22 0.05");
    assert_string_equal(chosen("--minutes 6", 1000000), "512 0.3 0.02 0.06 22 0.05");
    assert_string_equal(chosen("--minutes 5.9", 1000000), "256 0.3 0.02 0.06 40 0");
    assert_string_equal(chosen("--minutes 2", 1000000), "256 0.15 0.01 0.05 40 0");
    assert_string_equal(chosen("--minutes 30", 100000000), "768 0 0.01 0.05 18 0.05");
    assert_string_equal(chosen("--minutes 3", 60000), "256 0.6 0.08 0.31 40 0");
    assert_string_equal(chosen("--minutes 3", 10000), "256 0.6 0.08 0.31 30 0");
    assert_string_equal(chosen("--minutes 0.1", 1000), "64 0 0.01 0.05 nan 0");
}

static void test_choice_that_was_made(void **state)
{
    (void)state;
    assert_string_equal(chosen("--minutes 3 --hidden 512 --dropout 0.1", 1000000), "512 0.1 0.01 0.05 40 0.05");
    assert_string_equal(chosen("--epochs 3 --weight-decay 0.5", 1000000), "512 0.2 0.5 0.05 3 0.05");
    assert_string_equal(chosen("--steps 100 --average 0", 1000000), "512 0 0.01 0.05 nan 0.05");
    assert_string_equal(chosen("--minutes 15 --net 'lstm 5 > dense'", 1000000), "512 0 0.01 0.05 nan 0");
}

/* Trains. Returns the number of steps; *weights are the weights at the end, which the caller frees. */
static uint64_t train(const ur_settings *training, ur_real **weights, size_t *count)
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
    assert_true(event.items_per_second > 0);
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
    static const char line[] = "--net 'embed 8 > lstm 16 drop=0.2 > dense' --average 0.9 --threads 1";
    ur_settings *t = lm_settings(path, line), *again = lm_settings(path, line);
    set_more(t, "--minutes 0.02");
    ur_real *timed, *counted;
    size_t size, same_size;
    uint64_t steps = train(t, &timed, &size);
    assert_true(steps > 0);
    set_more(again, "--steps %llu", (unsigned long long)steps);
    assert_int_equal(train(again, &counted, &same_size), steps);
    assert_int_equal(size, same_size);
    assert_memory_equal(timed, counted, size * sizeof *timed);
    free(timed);
    free(counted);
    ur_settings_free(t);
    ur_settings_free(again);
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
