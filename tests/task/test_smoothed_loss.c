/* The smoothed loss begins at the loss of an untrained model: a mean, or a sum over all lanes and steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/ok.h"
#include "support/place.h"
#include "support/run.h"
#include "unroll_train.h"

#include <math.h>

/* After one step the smoothed loss is close to its first value. */
static void check_first(const char *line, double targets)
{
    const char *path = in_scratch(&place, "text");
    put(path, "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcd");
    ur_settings *settings = lm_settings(path, "--token byte --net 'onehot > gru 4 > dense' --steps 1 --threads 1 "
                                              "--no-unknown --smooth 0.999 --val-fraction 0");
    ur_trainer *trainer;
    ur_event event = {.kind = UR_EVENT_END};
    ur_error error;
    set_more(settings, "%s", line);
    set_one(settings, "output", in_scratch(&place, "run"));
    ok(ur_trainer_create(&trainer, settings, &error), &error);
    while (event.kind != UR_EVENT_STEP) ok(ur_train_next(trainer, &event, &error), &error);
    double expected = targets * log(4);
    if (!(fabs(event.smooth - expected) < 0.01 * expected))
        fail_msg("%s: %g, where an untrained model has %g", line, event.smooth, expected);
    ur_trainer_free(trainer);
    ur_settings_free(settings);
}

static void test_mean(void **state) { (void)state, check_first("--batch 3 --bptt 5", 1); }
static void test_sum(void **state) { (void)state, check_first("--batch 1 --bptt 5 --loss-sum", 5); }
static void test_sum_over_lanes(void **state) { (void)state, check_first("--batch 3 --bptt 5 --loss-sum", 15); }

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {TEST(test_mean), TEST(test_sum), TEST(test_sum_over_lanes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
