/*
 * A layer's neighbours are those of its own line. A line gives the same outputs as alone, whatever the line before ends
 * in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/numbers.h"
#include "support/ok.h"

#include "unroll_train.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS = 7, LANES = 3, FEATURES = 3, SYMBOLS = 5, OUTPUTS = 2 };

typedef struct setting {
    ur_model *model;
    ur_learner *learner;
    int32_t ids[STEPS * LANES];
    ur_real values[STEPS * LANES * FEATURES], targets[STEPS * LANES * OUTPUTS];
    ur_batch batch;
} setting;

static void set_up(setting *s, const char *line)
{
    ur_error error = {0};
    ur_learning learning = ur_learning_default();
    ur_sizes sizes = {.symbols = SYMBOLS, .features = FEATURES};
    learning.threads = 1;
    ok(ur_model_create(&s->model, line, &sizes, 1, 0, NULL, &error), &error);
    ok(ur_learner_create(&s->learner, s->model, &learning, &error), &error);
    fill_ids(s->ids, STEPS * LANES, 1, SYMBOLS);
    fill_random(s->values, STEPS * LANES * FEATURES, 2, 1);
    fill_random(s->targets, STEPS * LANES * OUTPUTS, 3, 1);
    s->batch = (ur_batch){.target = {{.loss = UR_LOSS_SQUARED, .values = s->targets}}, .target_count = 1};
    s->batch.target[0].line = strchr(line, ';') ? 1 : 0;
    for (size_t i = 0; i < UR_MAX_LINES; i++)
        s->batch.input[i] = (ur_sequences){.steps = STEPS, .lanes = LANES, .ids = s->ids, .values = s->values};
}

static void tear_down(setting *s)
{
    ur_learner_free(s->learner);
    ur_model_free(s->model);
}

/*
 * Copies the parameters of `alone` to those of `line` whose names begin with `prefix`, and compares the outputs of
 * both.
 */
static void compare(const char *line, const char *prefix, const char *alone)
{
    setting a, b;
    ur_error error = {0};
    ur_parameter p, q;
    ur_real given[2][STEPS * LANES * OUTPUTS];
    double loss[2];
    set_up(&a, alone);
    set_up(&b, line);
    for (size_t i = 0; ur_model_parameter(a.model, i, &p); i++)
        for (size_t k = 0; ur_model_parameter(b.model, k, &q); k++)
            if (strncmp(q.name, prefix, strlen(prefix)) == 0 && strcmp(q.name + strlen(prefix), p.name) == 0)
                memcpy(q.value, p.value, p.size * sizeof(ur_real));
    ur_model_changed(b.model);
    ok(ur_predict(a.learner, &a.batch, given[0], &error), &error);
    ok(ur_predict_line(b.learner, &b.batch, 1, given[1], &error), &error);
    assert_int_equal(ur_predict_line(b.learner, &b.batch, 3, given[1], &error), UR_ERR_USAGE);
    assert_same(line, given[1], given[0], STEPS * LANES * OUTPUTS);
    ok(ur_learn(a.learner, &a.batch, &loss[0], &error), &error);
    ok(ur_learn(b.learner, &b.batch, &loss[1], &error), &error);
    assert_true(loss[0] == loss[1]);
    tear_down(&a);
    tear_down(&b);
}

static void test_lines_behind_ids(void **state)
{
    (void)state;
    compare("a: onehot 5; b: lstm 4 > dense 2", "b.", "lstm 4 > dense 2");
    compare("a: embed 5 3; b: gru 4 > dense 2", "b.", "gru 4 > dense 2");
    compare("a: embed 5 3; b: gru 4 > dense 2; c: gru 1", "b.", "gru 4 > dense 2");
    compare("a: onehot 5 > rnn 3; b: onehot 5 > dense 2", "b.", "onehot 5 > dense 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines_behind_ids)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
