/*
 * Lets every call of the allocator fail, one after another, while a network with a layer of each kind of layer.inc is
 * built, trained, saved and loaded. Each failure gives an error with a message, and nothing leaks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/every_call.h"

#include "kind_lines.h"

#ifdef FAILING_MEMORY_REAL

static scratch place;
static const char *line;

static ur_status learn(ur_model *model, ur_error *error)
{
    ur_trial *trial = NULL;
    ur_learner *learner = NULL;
    ur_learning learning = ur_learning_default();
    learning.threads = 1;
    ur_status status = ur_trial_create(&trial, model, 3, 4, 1, error);
    if (status == UR_OK) status = ur_learner_create(&learner, model, &learning, error);
    if (status == UR_OK) status = ur_learn(learner, ur_trial_batch(trial), NULL, error);
    ur_learner_free(learner);
    ur_trial_free(trial);
    return status;
}

static ur_status work(ur_error *error)
{
    const ur_sizes sizes = {
        .symbols = 5, .rows = KIND_ROWS, .columns = KIND_COLUMNS, .channels = KIND_CHANNELS, .outputs = 3};
    ur_model *model = NULL, *again = NULL;
    ur_status status = ur_model_create(&model, line, &sizes, 1, 0, NULL, error);
    if (status == UR_OK) status = learn(model, error);
    if (status == UR_OK) status = ur_model_save(model, in_scratch(&place, "model"), error);
    if (status == UR_OK) status = ur_model_load(&again, in_scratch(&place, "model"), NULL, error);
    ur_model_free(again);
    ur_model_free(model);
    return status;
}

/* Tries only the first line with each kind. */
static void try_line(const char *text, const ur_layer_kind *kind)
{
    static const ur_layer_kind *tried;
    if (kind == tried) return;
    tried = kind;
    line = text;
    memory_try_every_call(work);
}

static void test_every_kind(void **state)
{
    (void)state;
    make_memory_scratch(&place);
    check_kinds(try_line);
    remove_scratch(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_kind)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else
int main(void) { return memory_skips(); }
#endif
