/*
 * Saliency against its definition, in networks of several lines and of numbers: making the input of a step larger by a
 * share e changes log p by e · s. Words and their letters occur once each, so that scaling rows of the embeddings
 * scales one step.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/numbers.h"
#include "support/ok.h"
#include "unroll_inspect.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { STEPS = 5, LANES = 2, WORDS = STEPS * LANES, LABELS = 4, FEATURES = 12 };
static const double SHARE = 1e-5;
static const int32_t LENGTHS[LANES] = {STEPS, 3};

/* A batch of words, each spelled with one letter, or a batch of numbers. */
typedef struct words {
    int32_t word[WORDS], letter[WORDS], lane_of[WORDS];
    ur_real value[WORDS * FEATURES];
    ur_batch batch;
} words;

static double log_probability(ur_model *model, const ur_batch *batch, const ur_prediction *of)
{
    ur_error error = {0};
    ur_learner *learner;
    ur_learning learning = ur_learning_default();
    ur_real out[WORDS * LABELS];
    double sum = 0;
    ur_model_changed(model);
    ok(ur_learner_create(&learner, model, &learning, &error), &error);
    ok(ur_predict_line(learner, batch, of->line, out, &error), &error);
    ur_learner_free(learner);
    const ur_real *row = out + (of->step * LANES + of->lane) * LABELS;
    for (size_t i = 0; i < LABELS; i++) sum += exp((double)row[i]);
    return (double)row[of->target] - log(sum);
}

/* Scales row `id` of an embedding. */
static void scale_row(ur_model *model, size_t parameter, int32_t id, double by)
{
    ur_parameter p;
    assert_true(ur_model_parameter(model, parameter, &p));
    for (size_t i = 0; i < p.shape[1]; i++) p.value[(size_t)id * p.shape[1] + i] *= by;
}

typedef void scaling(ur_model *model, words *w, size_t place, double by);

static void check(ur_model *model, words *w, ur_prediction of, size_t read, scaling *scale)
{
    ur_error error = {0};
    ur_real moved[WORDS];
    double largest = 0;
    ok(ur_saliency_of(model, &w->batch, &of, read, moved, &error), &error);
    assert_true(fabs(log(of.probability) - log_probability(model, &w->batch, &of)) < 1e-12);
    for (size_t i = 0; i < WORDS; i++) largest = fmax(largest, fabs((double)moved[i]));
    assert_true(largest > 1e-3);
    for (size_t i = 0; i < WORDS; i++) {
        bool other = i % LANES != of.lane || i / LANES >= (size_t)LENGTHS[i % LANES];
        scale(model, w, i, 1 + SHARE);
        double above = log_probability(model, &w->batch, &of);
        scale(model, w, i, (1 - SHARE) / (1 + SHARE));
        double below = log_probability(model, &w->batch, &of);
        scale(model, w, i, 1 / (1 - SHARE));
        double want = (above - below) / (2 * SHARE);
        if (fabs(want - (double)moved[i]) > 1e-6 * largest || (other && moved[i] != 0))
            fail_msg("%s, place %zu: %.9g instead of %.9g", ur_model_net(model), i, (double)moved[i], want);
    }
}

static void scale_word(ur_model *model, words *w, size_t place, double by)
{
    scale_row(model, 0, w->letter[w->lane_of[place]], by);
    scale_row(model, 1, w->word[place], by);
}

static void scale_numbers(ur_model *model, words *w, size_t place, double by)
{
    (void)model;
    for (size_t i = 0; i < FEATURES; i++) w->value[place * FEATURES + i] *= (ur_real)by;
}

static void fill_words(words *w, size_t lines)
{
    *w = (words){.word = {0}};
    for (size_t i = 0; i < WORDS; i++) {
        w->word[i] = (int32_t)(i * 7 % WORDS);
        w->letter[i] = (int32_t)(i * 3 % WORDS);
        w->lane_of[i] = (int32_t)(WORDS - 1 - i);
    }
    w->batch.input[0] = (ur_sequences){.steps = 1, .lanes = WORDS, .ids = w->letter};
    for (size_t i = 1; i < lines; i++)
        w->batch.input[i] =
            (ur_sequences){.steps = STEPS, .lanes = LANES, .ids = w->word, .lengths = LENGTHS, .lane_of = w->lane_of};
}

/* A tagger with two heads: for either head, at a place in the middle and at one in the shorter lane. */
static void test_words(void **unused)
{
    (void)unused;
    ur_error error = {0};
    ur_model *model;
    words w;
    const ur_sizes lines[] = {{.symbols = WORDS}, {.symbols = WORDS}, {.outputs = LABELS}, {.outputs = LABELS}};
    const ur_sizes sizes = {.lines = lines};
    fill_words(&w, 4);
    ok(ur_model_create(&model,
                       "chars: embed 4 > last; words: embed 5 > join chars > dropout 0.4 > lstm 6 bi > gru 7; "
                       "also: join words > dense; join words > dense > crf",
                       &sizes, 3, 0.7, NULL, &error),
       &error);
    check(model, &w, (ur_prediction){.line = 2, .step = 2, .lane = 0, .target = 3}, 1, scale_word);
    check(model, &w, (ur_prediction){.line = 3, .step = 2, .lane = 1, .target = 0}, 1, scale_word);
    check(model, &w, (ur_prediction){.line = 3, .step = 0, .lane = 0, .target = 1}, 1, scale_word);
    ur_model_free(model);
}

static void test_numbers(void **unused)
{
    (void)unused;
    static const char *const nets[] = {"gru 6 bi > dense", "conv 3 3x3 relu > lstm 5 > dense"};
    for (size_t i = 0; i < 2; i++) {
        ur_error error = {0};
        ur_model *model;
        words w = {.word = {0}};
        const ur_sizes sizes = {.features = FEATURES, .rows = 3, .columns = 4, .channels = 1, .outputs = LABELS};
        fill_random(w.value, WORDS * FEATURES, 5, 1);
        w.batch.input[0] = (ur_sequences){.steps = STEPS, .lanes = LANES, .values = w.value, .lengths = LENGTHS};
        ok(ur_model_create(&model, nets[i], &sizes, 3, 0.7, NULL, &error), &error);
        check(model, &w, (ur_prediction){.step = 3, .target = 2}, 0, scale_numbers);
        ur_model_free(model);
    }
}

/* Returns the output with the number of the target, at the place of `of`. */
static double number_of(ur_model *model, const ur_batch *batch, const ur_prediction *of)
{
    ur_error error = {0};
    ur_learner *learner;
    ur_learning learning = ur_learning_default();
    ur_real out[WORDS * LABELS];
    ok(ur_learner_create(&learner, model, &learning, &error), &error);
    ok(ur_predict_line(learner, batch, of->line, out, &error), &error);
    ur_learner_free(learner);
    return (double)out[(of->step * LANES + of->lane) * LABELS + (size_t)of->target];
}

/* Each feature made larger by a share at all places, and each step. */
static void test_a_number(void **unused)
{
    (void)unused;
    ur_error error = {0};
    ur_model *model;
    words w = {.word = {0}};
    ur_real moved[WORDS], features[FEATURES];
    const ur_sizes sizes = {.features = FEATURES, .outputs = LABELS};
    ur_prediction of = {.lane = 1, .target = 2, .number = true, .features = features};
    fill_random(w.value, WORDS * FEATURES, 5, 1);
    w.batch.input[0] = (ur_sequences){.steps = STEPS, .lanes = LANES, .values = w.value};
    ok(ur_model_create(&model, "dense 7 relu > gru 6 > last > dropout 0.5 > dense", &sizes, 3, 0.7, NULL, &error),
       &error);
    ok(ur_saliency_of(model, &w.batch, &of, 0, moved, &error), &error);
    assert_true(fabs(of.probability - number_of(model, &w.batch, &of)) < 1e-12);
    double sum = 0;
    for (size_t i = 0; i < WORDS; i++) sum += (double)moved[i];
    for (size_t k = 0; k < FEATURES; k++) {
        double at[2];
        for (int side = 0; side < 2; side++) {
            words changed = w;
            changed.batch.input[0].values = changed.value;
            for (size_t i = k; i < WORDS * FEATURES; i += FEATURES) changed.value[i] *= 1 + (side ? SHARE : -SHARE);
            at[side] = number_of(model, &changed.batch, &of);
        }
        sum -= (double)features[k];
        if (fabs((at[1] - at[0]) / (2 * SHARE) - (double)features[k]) > 1e-7) fail_msg("feature %zu", k);
    }
    assert_true(fabs(sum) < 1e-12 && fabs((double)moved[1]) > 1e-6 && moved[0] == 0);
    of.target = -1;
    assert_int_equal(ur_saliency_of(model, &w.batch, &of, 0, moved, &error), UR_ERR_USAGE);
    of.target = LABELS;
    assert_int_equal(ur_saliency_of(model, &w.batch, &of, 0, moved, &error), UR_ERR_USAGE);
    ur_model_free(model);
}

/* The most probable target is found. Targets and places that do not exist are refused. */
static void test_targets(void **unused)
{
    (void)unused;
    ur_error error = {0};
    ur_model *model;
    words w;
    ur_real moved[WORDS];
    const ur_sizes lines[] = {{.symbols = WORDS}, {.symbols = WORDS, .outputs = LABELS}};
    const ur_sizes sizes = {.lines = lines};
    fill_words(&w, 2);
    ok(ur_model_create(&model, "chars: embed 4 > last; embed 5 > join chars > lstm 6 > dense", &sizes, 3, 0.7, NULL,
                       &error),
       &error);
    ur_prediction of = {.line = 1, .step = 1, .lane = 1, .target = -1};
    ok(ur_saliency_of(model, &w.batch, &of, 1, moved, &error), &error);
    assert_true(of.target >= 0 && of.target < LABELS);
    for (int32_t target = 0; target < LABELS; target++) {
        ur_prediction other = {.line = 1, .step = 1, .lane = 1, .target = target};
        ok(ur_saliency_of(model, &w.batch, &other, 1, moved, &error), &error);
        assert_true(target == of.target ? other.probability == of.probability : other.probability < of.probability);
    }
    const struct {
        ur_prediction of;
        size_t read;
        const char *text;
    } wrong[] = {
        {{.line = 2}, 1, "there is no line 3 in "},
        {{.line = 1}, 2, "there is no line 3 in "},
        {{.line = 1, .target = LABELS}, 1, "target 4 is not below the 4 outputs"},
        {{.line = 1, .step = 3, .lane = 1}, 1, "there is no prediction at step 3 of lane 1"},
        {{.line = 1, .lane = 2}, 1, "there is no prediction at step 0 of lane 2"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        of = wrong[i].of;
        assert_int_equal(ur_saliency_of(model, &w.batch, &of, wrong[i].read, moved, &error), UR_ERR_USAGE);
        assert_non_null(strstr(error.text, wrong[i].text));
    }
    ur_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words), cmocka_unit_test(test_numbers),
                                       cmocka_unit_test(test_a_number), cmocka_unit_test(test_targets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
