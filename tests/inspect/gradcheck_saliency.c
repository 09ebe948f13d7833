/*
 * Saliency against its definition, in language models and classifiers, with dropout off: a token's input made larger by a share e changes log p by e · s. Each id occurs once, so
 * that scaling its row of the embedding (or its column of W, for one-hot input) scales one input. For every cell.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "inspect/letters.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SYMBOLS = 23, STEPS = 9 };
static const int32_t IDS[STEPS] = {4, 0, 19, 7, 22, 11, 3, 8, 15};
static const double SHARE = 1e-5;

/* Of the last step, or of a network that leaves one. */
static double log_probability(ur_model *model, int32_t target, bool ended)
{
    ur_error error = {0};
    ur_learner *learner;
    ur_learning learning = ur_learning_default();
    ur_batch batch = {.input = {{.steps = STEPS, .lanes = 1, .ids = IDS}}};
    ur_real out[STEPS * SYMBOLS];
    size_t outputs = ur_model_outputs(model);
    double sum = 0;
    ur_model_changed(model);
    ok(ur_learner_create(&learner, model, &learning, &error), &error);
    ok(ur_predict(learner, &batch, out, &error), &error);
    ur_learner_free(learner);
    const ur_real *last = out + (ended ? 0 : STEPS - 1) * outputs;
    if (outputs == 1) return log(target ? last[0] : 1 - last[0]); /* behind σ */
    for (size_t i = 0; i < outputs; i++) sum += exp((double)last[i]);
    return (double)last[target] - log(sum);
}

/* Scales the input of token `id`: a row of parameter 0 (embed), or the column of parameter 0 (W behind onehot). */
static void scale(ur_model *model, bool embed, int32_t id, double by)
{
    ur_parameter p;
    assert_true(ur_model_parameter(model, 0, &p));
    size_t count = embed ? p.shape[1] : p.shape[0];
    for (size_t i = 0; i < count; i++) p.value[embed ? (size_t)id * count + i : i * p.shape[1] + (size_t)id] *= by;
}

static void check(const char *form, const char *cell, bool embed, int32_t target, size_t outputs)
{
    char line[96];
    bool ended = outputs < SYMBOLS;
    ur_error error = {0};
    ur_model *model;
    ur_real moved[STEPS];
    double probability, largest = 0;
    ur_sizes sizes = {.symbols = SYMBOLS, .outputs = outputs};
    snprintf(line, sizeof line, form, cell, cell);
    ok(ur_model_create(&model, line, &sizes, 3, 0.5, NULL, &error), &error);
    ok(ur_saliency(model, IDS, STEPS, target, moved, &probability, &error), &error);
    assert_true(fabs(log(probability) - log_probability(model, target, ended)) < 1e-12);
    for (size_t t = 0; t < STEPS; t++) largest = fmax(largest, fabs(moved[t]));
    for (size_t t = 0; t < STEPS; t++) {
        scale(model, embed, IDS[t], 1 + SHARE);
        double above = log_probability(model, target, ended);
        scale(model, embed, IDS[t], (1 - SHARE) / (1 + SHARE));
        double below = log_probability(model, target, ended);
        scale(model, embed, IDS[t], 1 / (1 - SHARE));
        double want = (above - below) / (2 * SHARE);
        if (fabs(want - moved[t]) > 1e-6 * largest)
            fail_msg("%s, step %zu: %.9g instead of %.9g", line, t, moved[t], want);
    }
    assert_true(largest > 1e-3);
    ur_model_free(model);
}

static void test_saliency(void **unused)
{
    (void)unused;
    for (size_t i = 0; ur_cell_name(i); i++) {
        check("embed 5 > %s 18 > %s 7 drop=0.3 > dense 12 tanh > dense", ur_cell_name(i), true, 6, SYMBOLS);
        check("embed 5 > dropout 0.4 > %s 18 > dropout 0.5 > dense", ur_cell_name(i), true, 6, SYMBOLS);
        check("onehot > %s 18 > dense", ur_cell_name(i), false, 6, SYMBOLS);
        check("embed 5 > dropout 0.4 > %s 9 bi > max > dropout 0.5 > dense", ur_cell_name(i), true, 2, 3);
        check("embed 5 > %s 9 > last > dense 1 sigmoid", ur_cell_name(i), true, 0, 1);
        check("embed 5 > %s 9 > last > dense 1 sigmoid", ur_cell_name(i), true, 1, 1);
    }
}

/* A learner leaves a last layer of so many outputs without packed weights. */
static void test_after_learner(void **unused)
{
    enum { MANY = 1100 };
    (void)unused;
    ur_error error = {0};
    ur_model *model;
    ur_learner *learner;
    ur_real before[STEPS], after[STEPS];
    ur_sizes sizes = {.symbols = MANY, .outputs = MANY};
    ur_learning learning = ur_learning_default();
    ok(ur_model_create(&model, "onehot > lstm 18 > dense", &sizes, 3, 0.5, NULL, &error), &error);
    ok(ur_saliency(model, IDS, STEPS, 6, before, NULL, &error), &error);
    ok(ur_learner_create(&learner, model, &learning, &error), &error);
    ok(ur_saliency(model, IDS, STEPS, 6, after, NULL, &error), &error);
    assert_memory_equal(before, after, sizeof before);
    ur_learner_free(learner);
    ur_model_free(model);
}

static void expect(const char *line, const int32_t *ids, size_t count, int32_t target, ur_status status,
                   const char *text)
{
    ur_error error = {0};
    ur_model *model;
    ur_real moved[STEPS];
    ur_sizes sizes = {.symbols = SYMBOLS, .outputs = SYMBOLS, .features = 2};
    ok(ur_model_create(&model, line, &sizes, 3, 0, NULL, &error), &error);
    assert_int_equal(ur_saliency(model, ids, count, target, moved, NULL, &error), status);
    assert_string_equal(error.text, text);
    ur_model_free(model);
}

static void test_mistakes(void **unused)
{
    (void)unused;
    const int32_t wrong[] = {1, SYMBOLS};
    expect("rnn 3 > dense", IDS, STEPS, 1, UR_ERR_USAGE,
           "the model (\"rnn 3 > dense\") is neither a language model nor a classifier of text");
    expect("onehot > dense 3 > rnn 3 > dense", IDS, STEPS, 1, UR_ERR_UNSUPPORTED,
           "in \"onehot > dense 3 > rnn 3 > dense\" no recurrent layer comes directly after the tokens");
    expect("embed 4 > rnn 3 > dense", IDS, STEPS, SYMBOLS, UR_ERR_USAGE, "target 23 is not below the 23 outputs");
    expect("embed 4 > rnn 3 > dense", IDS, 0, 1, UR_ERR_USAGE, "a batch needs at least one step");
    expect("embed 4 > rnn 3 > dense", wrong, 2, 1, UR_ERR_DATA, "step 1, lane 0: id 23 is not below 23");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_saliency), cmocka_unit_test(test_after_learner),
                                       cmocka_unit_test(test_mistakes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
