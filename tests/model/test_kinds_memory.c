/*
 * Lets every call of the allocator fail, one after another, while a network is built, trained, saved and loaded: with a
 * layer of each kind of layer.inc, and with each loss of loss.inc. Each failure gives an error with a message, and
 * nothing leaks. A step allocates nothing at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/every_call.h"

#include "kind_lines.h"
#include "loss_lines.h"

#ifdef FAILING_MEMORY_REAL

static const ur_sizes SIZES = {
    .symbols = 5, .rows = KIND_ROWS, .columns = KIND_COLUMNS, .channels = KIND_CHANNELS, .outputs = 3};

static scratch place;
static const char *line;
static const ur_loss *aimed; /* NULL: the loss that fits the line */

static ur_status learn(ur_model *model, ur_error *error)
{
    ur_trial *trial = NULL;
    ur_learner *learner = NULL;
    ur_learning learning = ur_learning_default();
    learning.threads = 1;
    ur_status status = ur_trial_create(&trial, model, 3, 4, 1, error);
    if (status == UR_OK) status = ur_learner_create(&learner, model, &learning, error);
    if (status == UR_OK) {
        ur_batch batch = batch_for(trial, aimed);
        status = ur_learn(learner, &batch, NULL, error);
    }
    ur_learner_free(learner);
    ur_trial_free(trial);
    return status;
}

static ur_status work(ur_error *error)
{
    ur_model *model = NULL, *again = NULL;
    ur_status status = ur_model_create(&model, line, &SIZES, 1, 0, NULL, error);
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
    print_message("%s: ", text);
    memory_try_every_call(work);
}

static void test_every_kind(void **state)
{
    (void)state;
    make_memory_scratch(&place);
    check_kinds(try_line);
    remove_scratch(&place);
}

static void try_loss(const char *text, ur_loss loss)
{
    line = text;
    aimed = &loss;
    print_message("%s: ", ur_loss_at((size_t)loss)->word);
    memory_try_every_call(work);
    aimed = NULL;
}

static void test_every_loss(void **state)
{
    (void)state;
    make_memory_scratch(&place);
    check_losses(try_loss);
    remove_scratch(&place);
}

/* ---- Steps --------------------------------------------------------------------------------------------------------- */

enum { STEPS = 3, LANES_MOST = 5, OUTPUTS_MOST = 64 };

static size_t stepped; /* states */

/* A network that needs the whole sequence has no state. */
static void step(const ur_model *model, ur_pool *pool, size_t lanes)
{
    static const int32_t ids[LANES_MOST] = {0, 4, 1, 3, 2};
    static const ur_real values[LANES_MOST * KIND_FEATURES] = {0.5F, -1, 2};
    ur_real out[LANES_MOST * OUTPUTS_MOST];
    ur_state *state;
    ur_error error;
    if (ur_state_create(&state, model, lanes, &error) == UR_ERR_UNSUPPORTED) return;
    assert_true(ur_model_outputs(model) <= OUTPUTS_MOST);
    memory_arm(0, false);
    for (int t = 0; t < STEPS; t++) ur_step_on(pool, model, state, ids, values, out);
    assert_int_equal(memory_disarm(), 0);
    stepped++;
    ur_state_free(state);
}

static void step_line(const char *text, const ur_layer_kind *kind)
{
    ur_error error;
    ur_pool *pool;
    (void)kind;
    ok(ur_pool_create(&pool, FAILING_MEMORY_THREADS, &error), &error);
    for (int weights = UR_WEIGHTS_F32; weights <= UR_WEIGHTS_INT8; weights++) {
        ur_model *model;
        ok(ur_model_create(&model, text, &SIZES, 1, 0, NULL, &error), &error);
        ok(ur_model_use_weights(model, (ur_weights)weights, &error), &error);
        for (size_t lanes = 1; lanes <= LANES_MOST; lanes += 4) {
            step(model, NULL, lanes);
            step(model, pool, lanes);
        }
        ur_model_free(model);
    }
    ur_pool_free(pool);
}

static void test_steps_of_every_kind(void **state)
{
    (void)state;
    check_kinds(step_line);
    assert_true(stepped > 100);
}

/* Some narrow, and one that is wide enough to be shared between threads. */
static void test_steps_of_every_cell(void **state)
{
    static const char *const LINES[] = {"embed 5 4 > %s 19 x2 > dense 3", "%s 16 > %s 5 > dense 3", "%s 400 > dense 3"};
    const char *cell;
    (void)state;
    stepped = 0;
    for (size_t i = 0; (cell = ur_cell_name(i)) != NULL; i++)
        for (size_t k = 0; k < sizeof LINES / sizeof *LINES; k++) {
            char text[128];
            snprintf(text, sizeof text, LINES[k], cell, cell);
            step_line(text, NULL);
        }
    assert_true(stepped >= 5 * 3 * 3 * 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_kind), cmocka_unit_test(test_every_loss),
                                       cmocka_unit_test(test_steps_of_every_kind),
                                       cmocka_unit_test(test_steps_of_every_cell)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else
int main(void) { return memory_skips(); }
#endif
