/*
 * A batch of random numbers fits every network: with each kind of layer in layer.inc, alone and among others, and
 * networks of several lines. A new kind is tested without a change here. Equal seeds give equal losses, and different
 * seeds different ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../model/kind_lines.h"
#include "support/ok.h"
#include "unroll_train.h"

#include <math.h>

enum { LANES = 5, STEPS = 4 };

static double loss_of(ur_model *model, uint64_t seed)
{
    ur_error error = {0};
    ur_trial *trial;
    ur_learner *learner;
    const ur_learning learning = ur_learning_default();
    double loss = NAN;
    ok(ur_trial_create(&trial, model, LANES, STEPS, seed, &error), &error);
    ok(ur_learner_create(&learner, model, &learning, &error), &error);
    ok(ur_evaluate(learner, ur_trial_batch(trial), &loss, &error), &error);
    ur_learner_free(learner);
    ur_trial_free(trial);
    return loss;
}

static ur_model *make(const char *line)
{
    ur_error error = {0};
    ur_model *model;
    const ur_sizes sizes = {
        .symbols = 5, .rows = KIND_ROWS, .columns = KIND_COLUMNS, .channels = KIND_CHANNELS, .outputs = 3};
    ok(ur_model_create(&model, line, &sizes, 1, 0, NULL, &error), &error);
    return model;
}

static void check_line(const char *line, const ur_layer_kind *kind)
{
    (void)kind;
    ur_model *model = make(line);
    double loss = loss_of(model, 1);
    if (!isfinite(loss) || loss == 0) fail_msg("%s: a loss of %g", line, loss);
    assert_true(loss_of(model, 1) == loss);
    if (loss_of(model, 2) == loss) fail_msg("%s: another seed, the same loss", line);
    ur_model_free(model);
}

static void test_every_kind(void **state)
{
    (void)state;
    check_kinds(check_line);
}

/* Each line that no other line reads has a target. */
static void test_lines(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        size_t targets;
    } networks[] = {{"a: embed 3 > lstm 4; b: lstm 4 from a > dense 1; embed like a > attend b > dense 2 sigmoid", 1},
                    {"a: embed 4 > gru 3 > dense 2; b: embed like a > gru 2 > last > dense", 2},
                    {"image: conv 2 2x2 > places; embed 3 > lstm 4 from image > attend image > dense 4 > ctc", 1}};
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        ur_error error = {0};
        ur_trial *trial;
        ur_model *model = make(networks[i].line);
        check_line(networks[i].line, NULL);
        ok(ur_trial_create(&trial, model, LANES, STEPS, 1, &error), &error);
        assert_int_equal(ur_trial_batch(trial)->target_count, networks[i].targets);
        ur_trial_free(trial);
        assert_int_equal(ur_trial_create(&trial, model, 0, STEPS, 1, &error), UR_ERR_USAGE);
        ur_model_free(model);
    }
}

/* Makes another network with the same sizes, separately for each line. */
static void test_sizes(void **state)
{
    (void)state;
    const ur_sizes own[] = {{.symbols = 7}, {.symbols = 4, .outputs = 6}};
    ur_sizes sizes, lines[UR_MAX_LINES];
    ur_error error = {0};
    ur_model *model, *again;
    ok(ur_model_create(&model, "a: onehot > rnn 2; onehot > rnn 3 from a > dense", &(ur_sizes){.lines = own}, 1, 0,
                       NULL, &error),
       &error);
    ur_model_sizes(model, &sizes, lines);
    ok(ur_model_create(&again, "a: onehot > rnn 2; onehot > rnn 3 from a > dense", &sizes, 1, 0, NULL, &error), &error);
    assert_int_equal(ur_model_parameters(again), ur_model_parameters(model));
    assert_int_equal(ur_model_outputs(again), 6);
    ur_model_free(again);
    ur_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_kind), cmocka_unit_test(test_lines),
                                       cmocka_unit_test(test_sizes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
