/* Tasks that no program has, to show that a task's table holds what tasks need: each of them learns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ctc_toy.h"

#include "support/run.h"

static void labels_without_places_are_learnt(void **state)
{
    ur_settings *settings;
    ur_trainer *trainer;
    ur_event event = {.kind = UR_EVENT_STEP};
    ur_error error;
    double first = 0;
    (void)state;
    assert_int_equal(ur_settings_make(&settings, &ctc_task, &error), UR_OK);
    set_more(settings, "--threads 1 --eval-every 100");
    if (ur_trainer_create(&trainer, settings, &error) != UR_OK) fail_msg("%s", error.text);
    ur_settings_free(settings);
    while (event.kind != UR_EVENT_END) {
        if (ur_train_next(trainer, &event, &error) != UR_OK) fail_msg("%s", error.text);
        if (event.kind == UR_EVENT_STEP && event.step == 1) first = event.loss;
    }
    print_message("loss %.3f, then %.3f; exact %.3f\n", first, event.loss, event.best);
    assert_true(event.loss < first / 5 && event.best > 0.95);
    ur_trainer_free(trainer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(labels_without_places_are_learnt)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
