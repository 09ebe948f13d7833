/* Every cell of cell.inc as the recurrent layer of every task of task.inc: a few updates, and an evaluation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"

#include "support/run.h"
#include "support/small_tasks.h"
#include "train/trainer.h"

#include <math.h>
#include <string.h>

/* The small training of the language model names its network; all others are given the cell. */
static ur_settings *with_cell(const char *task, const char *folder, const char *cell)
{
    ur_settings *settings = small_task(task, folder);
    if (strcmp(task, "lm") == 0)
        set_more(settings, "--net 'embed 5 > %s 6 > dense' --steps 4", cell);
    else
        set_more(settings, "--cell %s --steps 4", cell);
    return settings;
}

static void train_with(const char *task, const char *cell)
{
    scratch place;
    ur_trainer *trainer;
    ur_error error;
    make_scratch(&place);
    ur_settings *settings = with_cell(task, place.root, cell);
    if (ur_trainer_create(&trainer, settings, &error) != UR_OK) fail_msg("%s, %s: %s", task, cell, error.text);
    assert_non_null(strstr(ur_trainer_plan(trainer).net, cell));
    if (train_to_end(trainer, &error) != UR_OK) fail_msg("%s, %s: %s", task, cell, error.text);
    assert_true(isfinite(trainer->at.metric[0]) && trainer->at.step == 4);
    ur_trainer_free(trainer);
    ur_settings_free(settings);
    remove_scratch(&place);
}

static void test_all(void **state)
{
    (void)state;
    size_t tried = 0;
    for (size_t i = 0; ur_task_name(i); i++)
        for (size_t k = 0; ur_cell_name(k); k++, tried++) train_with(ur_task_name(i), ur_cell_name(k));
    assert_true(tried >= 4 * 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
