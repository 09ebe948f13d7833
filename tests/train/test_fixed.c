/*
 * `fixed`: an embedding keeps its bits through updates, whatever the optimiser, with weight decay and a tied layer. All
 * other parameters are trained. The embedding's gradient does not count in the norm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/numbers.h"
#include "support/ok.h"
#include "unroll_train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SYMBOLS = 11, STEPS = 6, LANES = 3 };

static ur_real *copy_of(const ur_parameter *p)
{
    ur_real *copy = zeros(p->size, sizeof *copy);
    memcpy(copy, p->value, p->size * sizeof *copy);
    return copy;
}

static void learn(ur_model *model, ur_optimizer optimizer)
{
    ur_error error = {0};
    ur_learner *learner;
    ur_learning learning = ur_learning_default();
    int32_t ids[STEPS * LANES], next[STEPS * LANES];
    fill_ids(ids, STEPS * LANES, 4, SYMBOLS);
    fill_ids(next, STEPS * LANES, 5, SYMBOLS);
    learning.optimizer = optimizer;
    learning.weight_decay = 0.1;
    learning.clip_norm = 0;
    learning.threads = 2;
    ur_batch batch = {.input = {{.steps = STEPS, .lanes = LANES, .ids = ids}},
                      .target = {{.ids = next, .weight = 1}},
                      .target_count = 1};
    ok(ur_learner_create(&learner, model, &learning, &error), &error);
    for (size_t i = 0; i < 4; i++) ok(ur_learn(learner, &batch, NULL, &error), &error);
    double squares = 0;
    ur_parameter p;
    for (size_t i = 0; ur_model_parameter(model, i, &p); i++)
        for (size_t k = 0; k < p.size; k++) squares += (double)p.gradient[k] * (double)p.gradient[k];
    assert_true(fabs(sqrt(squares) - ur_learner_gradient_norm(learner)) < 1e-4 * sqrt(squares));
    ur_learner_free(learner);
}

static void check(const char *net, ur_optimizer optimizer)
{
    ur_error error = {0};
    ur_model *model;
    ur_parameter p;
    ur_real *before[16];
    size_t count = 0;
    const ur_sizes sizes = {.symbols = SYMBOLS, .outputs = SYMBOLS};
    ok(ur_model_create(&model, net, &sizes, 3, 0.5, NULL, &error), &error);
    for (; ur_model_parameter(model, count, &p); count++) before[count] = copy_of(&p);
    learn(model, optimizer);
    for (size_t i = 0; i < count; i++) {
        assert_true(ur_model_parameter(model, i, &p));
        bool same = memcmp(before[i], p.value, p.size * sizeof *p.value) == 0;
        if (same != (strcmp(p.name, "embed.weight") == 0)) fail_msg("%s: %s %s", net, p.name, same ? "stays" : "moves");
        free(before[i]);
    }
    ur_model_free(model);
}

static void test_fixed(void **unused)
{
    (void)unused;
    static const ur_optimizer all[] = {UR_SGD, UR_ADAGRAD, UR_RMSPROP, UR_ADAM, UR_ADAMW};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        check("embed 5 fixed > gru 7 > dense", all[i]);
        check("embed 5 fixed > lstm 5 > dense tied", all[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fixed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
