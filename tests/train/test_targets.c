/*
 * What a batch's targets cost: several outputs with weights of their own; what counts and what does not, for every loss
 * of loss.inc; lines that differ in lanes; and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "layer/ctc.h"
#include "support/numbers.h"
#include "support/ok.h"
#include "train/learner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { STEPS = 6, LANES = 19, SYMBOLS = 5, OUTPUTS = 4, ROWS = STEPS * LANES };

typedef struct setting {
    ur_model *model;
    ur_learner *learner;
    ur_batch batch;
    int32_t ids[ROWS], lengths[LANES], targets[2][ROWS];
    real values[2][ROWS * OUTPUTS];
} setting;

static void set_up_on(setting *s, const char *line, size_t threads)
{
    ur_error error = {0};
    ur_learning learning = ur_learning_default();
    ur_sizes sizes = {.symbols = SYMBOLS, .features = OUTPUTS, .outputs = OUTPUTS};
    memset(s, 0, sizeof *s);
    learning.threads = threads;
    ok(ur_model_create(&s->model, line, &sizes, 1, 0, NULL, &error), &error);
    ok(ur_learner_create(&s->learner, s->model, &learning, &error), &error);
    fill_ids(s->ids, ROWS, 1, SYMBOLS);
    fill_ids(s->lengths, LANES, 2, STEPS);
    for (size_t b = 0; b < LANES; b++) s->lengths[b]++;
    for (uint32_t i = 0; i < 2; i++) {
        fill_ids(s->targets[i], ROWS, 3 + i, OUTPUTS);
        fill_random(s->values[i], ROWS * OUTPUTS, 5 + i, 1);
        s->batch.input[i] = (ur_sequences){
            .steps = STEPS, .lanes = LANES, .ids = s->ids, .values = s->values[i], .lengths = s->lengths};
    }
}

static void set_up(setting *s, const char *line) { set_up_on(s, line, 2); }

static void tear_down(setting *s)
{
    ur_learner_free(s->learner);
    ur_model_free(s->model);
}

static void aim(setting *s, size_t i, ur_loss loss, double weight)
{
    s->batch.target[i] =
        (ur_target){.line = i, .loss = loss, .weight = weight, .ids = s->targets[i], .values = s->values[i]};
    s->batch.target_count = i + 1;
}

/* Loss and gradients of the batch; free() them. */
static real *gradients(setting *s, ur_window_result *result)
{
    ur_error error = {0};
    ok(ur_learner_gradients(s->learner, &s->batch, NULL, result, &error), &error);
    real *copy = zeros(s->model->numbers, sizeof *copy);
    memcpy(copy, s->model->gradients, s->model->numbers * sizeof *copy);
    return copy;
}

/* Whatever stands behind a lane's end: it is not looked at. */
static void spoil(setting *s, bool count)
{
    for (size_t i = 0; i < ROWS; i++) {
        if ((size_t)s->lengths[i % LANES] > i / LANES) continue;
        s->targets[0][i] = count ? 1000 : -1;
        for (size_t k = 0; k < OUTPUTS; k++) s->values[0][i * OUTPUTS + k] = count ? (real)INFINITY : (real)NAN;
    }
}

static void test_behind_the_end_nothing_counts(void **state)
{
    (void)state;
    for (size_t loss = 0; ur_loss_at(loss); loss++) {
        setting s;
        ur_window_result masked, whole;
        if (ur_loss_at(loss)->own_steps) continue; /* see below */
        set_up(&s, loss == UR_LOSS_CRF ? "embed 3 > lstm 4 > dense > crf" : "embed 3 > lstm 4 > dense");
        aim(&s, 0, (ur_loss)loss, 0);
        spoil(&s, false);
        real *want = gradients(&s, &masked);
        spoil(&s, true);
        real *got = gradients(&s, &whole);
        assert_true(masked.loss == whole.loss && masked.count == whole.count && whole.count > 0);
        assert_same(ur_loss_at(loss)->word, got, want, s.model->numbers);
        free(got);
        free(want);
        tear_down(&s);
    }
}

static void test_threads_change_no_bit(void **state)
{
    (void)state;
    for (size_t loss = 0; ur_loss_at(loss); loss++) {
        setting s;
        const ur_loss_kind *kind = ur_loss_at(loss);
        ur_window_result result[2];
        real *gradient[2];
        for (size_t i = 0; i < 2; i++) {
            char line[64];
            snprintf(line, sizeof line, "embed 3 > lstm 4 > dense%s%s", kind->layer ? " > " : "",
                     kind->layer ? kind->word : "");
            set_up_on(&s, line, 1 + 3 * i);
            aim(&s, 0, (ur_loss)loss, 0);
            if (kind->own_steps) s.batch.target[0].steps = 1;
            gradient[i] = gradients(&s, &result[i]);
            if (!i) tear_down(&s);
        }
        assert_true(result[0].loss == result[1].loss);
        assert_same(kind->word, gradient[1], gradient[0], s.model->numbers);
        tear_down(&s);
        free(gradient[0]);
        free(gradient[1]);
    }
}

/* A lane has as many labels as its target's length says, whatever the line's; the others are not looked at. */
static void test_labels_without_places(void **state)
{
    (void)state;
    setting s;
    ur_window_result whole, masked;
    int32_t lengths[LANES];
    size_t count = 0;
    set_up(&s, "embed 3 > lstm 4 > dense > ctc");
    for (size_t b = 0; b < LANES; b++) count += (size_t)(lengths[b] = b % 2 ? 0 : 1);
    s.batch.target[0] = (ur_target){.loss = UR_LOSS_CTC, .ids = s.targets[0], .steps = 2, .lengths = lengths};
    s.batch.target_count = 1;
    real *want = gradients(&s, &whole);
    for (size_t b = 0; b < LANES; b++) {
        s.targets[0][LANES + b] = 1000;
        if (lengths[b] == 0) s.targets[0][b] = -7;
    }
    real *got = gradients(&s, &masked);
    assert_true(whole.loss == masked.loss && whole.count == count);
    assert_same("ctc", got, want, s.model->numbers);
    free(got);
    free(want);
    tear_down(&s);
}

/* A target's own lengths stand in for the line's. */
static void test_lengths_of_targets(void **state)
{
    (void)state;
    setting s;
    int32_t one[LANES];
    ur_window_result result;
    for (size_t b = 0; b < LANES; b++) one[b] = 1;
    set_up(&s, "embed 3 > lstm 4 > dense");
    aim(&s, 0, UR_LOSS_SOFTMAX, 0);
    s.batch.target[0].lengths = one;
    free(gradients(&s, &result));
    assert_int_equal(result.count, LANES);
    tear_down(&s);
}

static void test_several_outputs(void **state)
{
    (void)state;
    setting s;
    ur_window_result both, part[2];
    real *one[2];
    set_up(&s, "a: embed 3 > lstm 4 > dense 4; b: gru 4 > dense");
    for (size_t i = 0; i < 2; i++) {
        aim(&s, i, i ? UR_LOSS_SQUARED : UR_LOSS_SOFTMAX, i ? -0.5 : 3);
        ur_target only = s.batch.target[i], first = s.batch.target[0];
        s.batch.target[0] = only;
        s.batch.target_count = 1;
        one[i] = gradients(&s, &part[i]);
        s.batch.target[0] = first;
    }
    s.batch.target_count = 2;
    real *all = gradients(&s, &both);
    assert_true(both.loss == part[0].loss + part[1].loss);
    assert_true(part[0].loss == 3 * (part[0].sum / (double)part[0].count));
    assert_true(part[1].loss == -0.5 * (part[1].sum / (double)part[1].count));
    assert_int_equal(both.count, part[0].count + part[1].count);
    for (size_t i = 0; i < s.model->numbers; i++) one[0][i] += one[1][i]; /* the lines share nothing */
    assert_same("gradients of two outputs", all, one[0], s.model->numbers);
    free(all);
    free(one[0]);
    free(one[1]);
    tear_down(&s);
}

static void test_lines_differ_in_lanes(void **state)
{
    (void)state;
    setting s;
    ur_error error = {0};
    double loss;
    set_up(&s, "a: embed 3 > lstm 4 > dense 4; b: gru 4 > dense");
    aim(&s, 0, UR_LOSS_SOFTMAX, 0);
    aim(&s, 1, UR_LOSS_SQUARED, 0);
    s.batch.input[1].lanes = 7;
    ok(ur_learn(s.learner, &s.batch, &loss, &error), &error);
    s.batch.carry = true;
    assert_int_equal(ur_learn(s.learner, &s.batch, &loss, &error), UR_ERR_USAGE);
    assert_string_equal(error.text, "states to carry: the batch's lines have different numbers of lanes");
    tear_down(&s);
}

/* The same network with and without a wide last layer that a softmax would take apart. */
static void test_other_losses_of_a_wide_layer(void **state)
{
    (void)state;
    static const char *const lines[] = {"gru 3 > dense 1100", "gru 3 > dense 1100 > dropout 0"};
    real *gradient[2], *values = random_numbers(ROWS * 1100, 9, 1);
    ur_window_result result[2];
    size_t numbers = 0;
    for (size_t i = 0; i < 2; i++) {
        setting s;
        set_up(&s, lines[i]);
        aim(&s, 0, UR_LOSS_SOFTMAX, 0);
        free(gradients(&s, &result[i]));
        aim(&s, 0, UR_LOSS_SQUARED, 0);
        s.batch.target[0].values = values;
        gradient[i] = gradients(&s, &result[i]);
        numbers = s.model->numbers;
        tear_down(&s);
    }
    assert_true(result[0].loss == result[1].loss);
    assert_same(lines[0], gradient[0], gradient[1], numbers);
    free(gradient[0]);
    free(gradient[1]);
    free(values);
}

static void refuse(setting *s, ur_status status, const char *message)
{
    ur_error error = {0};
    assert_int_equal(ur_learn(s->learner, &s->batch, NULL, &error), status);
    assert_string_equal(error.text, message);
}

static void test_labels_that_do_not_fit(void **state)
{
    (void)state;
    setting s;
    int32_t lengths[LANES] = {0};
    set_up(&s, "embed 3 > lstm 4 > dense > ctc");
    s.lengths[1] = 3;
    s.targets[0][1] = s.targets[0][LANES + 1] = s.targets[0][2 * LANES + 1] = 1;
    lengths[1] = 3;
    s.batch.target[0] = (ur_target){.loss = UR_LOSS_CTC, .ids = s.targets[0], .steps = 3, .lengths = lengths};
    s.batch.target_count = 1;
    refuse(&s, UR_ERR_DATA,
           "lane 1: 3 steps are too few for a target of 3 labels, 2 of them like the one before; it takes 5");
    lengths[1] = 4;
    refuse(&s, UR_ERR_DATA, "lane 1: a target of 4 labels, where there is room for 3");
    lengths[1] = -1;
    refuse(&s, UR_ERR_DATA, "lane 1: a target of -1 labels, where there is room for 3");
    lengths[1] = 1;
    s.targets[0][1] = OUTPUTS; /* the blank */
    refuse(&s, UR_ERR_DATA, "lane 1: label 1 of its target is 4, not below the 4 labels");
    s.targets[0][1] = -1;
    refuse(&s, UR_ERR_DATA, "lane 1: label 1 of its target is -1, not below the 4 labels");
    s.batch.target[0].ids = NULL;
    refuse(&s, UR_ERR_USAGE, "this loss takes ids as targets, the batch has none");
    tear_down(&s);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    setting s;
    set_up(&s, "a: embed 3 > lstm 4 > dense 4; b: gru 4 > dense");
    refuse(&s, UR_ERR_USAGE, "the batch has no targets");
    aim(&s, 0, UR_LOSS_SOFTMAX, 0);
    s.targets[0][2 * LANES + 4] = -2;
    s.lengths[4] = STEPS;
    refuse(&s, UR_ERR_DATA, "step 2, lane 4: target -2 is neither -1 nor below the 4 outputs");
    s.targets[0][2 * LANES + 4] = 4;
    refuse(&s, UR_ERR_DATA, "step 2, lane 4: target 4 is neither -1 nor below the 4 outputs");
    s.targets[0][2 * LANES + 4] = -1;
    s.batch.target[0].steps = 5;
    refuse(&s, UR_ERR_USAGE, "targets of 5 steps for outputs of 6");
    s.batch.target[0].steps = STEPS;
    s.batch.target[0].ids = NULL;
    refuse(&s, UR_ERR_USAGE, "this loss takes ids as targets, the batch has none");
    s.batch.target[0].loss = (ur_loss)77;
    refuse(&s, UR_ERR_USAGE, "there is no loss 77");
    s.batch.target[0] = (ur_target){.loss = UR_LOSS_QUANTILE, .values = s.values[0], .levels = (double[]){0.1, 1, 0.2}};
    s.batch.target[0].level_count = 2;
    refuse(&s, UR_ERR_USAGE, "quantile 1 is not between 0 and 1");
    s.batch.target[0].levels = (double[]){0.1, 0.5, 0.9};
    s.batch.target[0].level_count = 3;
    refuse(&s, UR_ERR_USAGE, "4 outputs cannot be shared out among 3 quantiles");
    s.batch.target[0] = (ur_target){.line = 2, .ids = s.targets[0]};
    refuse(&s, UR_ERR_USAGE, "a target for line 3 of a network of 2 lines");
    aim(&s, 0, UR_LOSS_SOFTMAX, 0);
    s.batch.target[1] = s.batch.target[0];
    s.batch.target_count = 2;
    refuse(&s, UR_ERR_USAGE, "two targets for line 1");
    aim(&s, 0, UR_LOSS_CRF, 0);
    s.batch.target_count = 1;
    refuse(&s, UR_ERR_USAGE, "the loss \"crf\" needs a line that ends in one; line 1 does not");
    aim(&s, 0, UR_LOSS_CTC, 0);
    s.batch.target_count = 1;
    refuse(&s, UR_ERR_USAGE, "the loss \"ctc\" needs a line that ends in one; line 1 does not");
    tear_down(&s);
    set_up(&s, "embed 3 > dense > ctc");
    aim(&s, 0, UR_LOSS_CRF, 0);
    refuse(&s, UR_ERR_USAGE, "line 1 ends in \"ctc\", so it takes that loss");
    aim(&s, 0, UR_LOSS_CTC, 0);
    s.batch.target[0].weights = s.values[0];
    refuse(&s, UR_ERR_USAGE, "the loss \"ctc\" is of whole sequences, so its steps have no weights");
    tear_down(&s);
    set_up(&s, "embed 3 > dense > crf");
    aim(&s, 0, UR_LOSS_SOFTMAX, 0);
    refuse(&s, UR_ERR_USAGE, "line 1 ends in \"crf\", so it takes that loss");
    tear_down(&s);
}

/* −Σ q·log p with q = (1 − ε)·onehot + ε/W, times the weight, over what counts. */
static double smoothed_loss(const setting *s, const real *y, double smoothing, const real *weights)
{
    double sum = 0;
    size_t counted = 0;
    for (size_t row = 0; row < ROWS; row++) {
        if ((size_t)s->lengths[row % LANES] <= row / LANES) continue;
        const real *x = y + row * OUTPUTS;
        double total = 0, loss = 0;
        for (size_t i = 0; i < OUTPUTS; i++) total += exp((double)x[i]);
        for (size_t i = 0; i < OUTPUTS; i++) {
            double wanted = smoothing / OUTPUTS + ((int32_t)i == s->targets[0][row] ? 1 - smoothing : 0);
            loss -= wanted * ((double)x[i] - log(total));
        }
        sum += loss * (double)weights[row];
        counted++;
    }
    return sum / (double)counted;
}

static void test_smoothing_and_weights(void **state)
{
    (void)state;
    setting s;
    ur_error error = {0};
    ur_window_result result;
    real weights[ROWS], y[ROWS * OUTPUTS];
    set_up(&s, "embed 3 > gru 4 > dense 4");
    aim(&s, 0, UR_LOSS_SOFTMAX, 1);
    fill_random(weights, ROWS, 9, 2);
    ok(ur_predict(s.learner, &s.batch, y, &error), &error);
    s.batch.target[0].weights = weights;
    s.batch.target[0].smoothing = 0.3;
    free(gradients(&s, &result));
    double expected = smoothed_loss(&s, y, 0.3, weights);
    assert_near("loss", &(real){(real)result.loss}, &(real){(real)expected}, 1, 1e-5);
    s.batch.target[0].smoothing = 1;
    assert_int_equal(ur_evaluate(s.learner, &s.batch, NULL, &error), UR_ERR_USAGE);
    assert_non_null(strstr(error.text, "a label smoothing of 1; it must be at least 0 and below 1"));
    s.batch.target[0].smoothing = 0.3;
    s.batch.target[0].loss = UR_LOSS_SQUARED;
    assert_int_equal(ur_evaluate(s.learner, &s.batch, NULL, &error), UR_ERR_USAGE);
    assert_non_null(
        strstr(error.text, "label smoothing works with softmax and sigmoid, not with the loss \"squared\""));
    tear_down(&s);
}

/* A wide softmax, whose logits are else never there, gives the same with weights of 1. */
static void test_weights_of_a_wide_layer(void **state)
{
    (void)state;
    setting s;
    ur_window_result plain, weighed;
    real weights[ROWS];
    for (size_t i = 0; i < ROWS; i++) weights[i] = 1;
    set_up(&s, "embed 3 > gru 4 > dense 1500");
    aim(&s, 0, UR_LOSS_SOFTMAX, 1);
    real *a = gradients(&s, &plain);
    s.batch.target[0].weights = weights;
    real *b = gradients(&s, &weighed);
    assert_true(plain.loss == weighed.loss);
    assert_same("gradients", a, b, s.model->numbers);
    free(a);
    free(b);
    tear_down(&s);
}

/* By hand: lane b has the outputs 0, 1 and 2 for the levels 0.1, 0.5 and 0.9 of its one target. */
static void test_quantiles(void **state)
{
    (void)state;
    static const double levels[] = {0.1, 0.5, 0.9};
    setting s;
    ur_window_result result;
    set_up(&s, "gru 1 > dense 3");
    memset(s.model->values, 0, s.model->numbers * sizeof(real)); /* the outputs are the biases, which come last */
    for (size_t i = 0; i < 3; i++) s.model->values[s.model->numbers - 3 + i] = (real)i;
    ur_model_changed(s.model);
    s.batch.input[0] = (ur_sequences){.steps = 1, .lanes = 3, .values = s.values[0]};
    real target[3] = {(real)1.5, NAN, -1};
    s.batch.target[0] = (ur_target){.loss = UR_LOSS_QUANTILE, .values = target, .levels = levels, .level_count = 3};
    s.batch.target_count = 1;
    real *gradient = gradients(&s, &result);
    double first = 0.1 * 1.5 + 0.5 * 0.5 + 0.1 * 0.5, last = 0.9 * 1 + 0.5 * 2 + 0.1 * 3;
    assert_true(fabs(result.sum - first - last) < 1e-6);
    assert_int_equal(result.count, 2);
    assert_near("slopes", gradient + s.model->numbers - 3,
                (real[]){(real)(-0.1 + 0.9) / 2, (real)(-0.5 + 0.5) / 2, (real)(0.1 + 0.1) / 2}, 3, 1e-6);
    free(gradient);
    tear_down(&s);
}

/* Without levels: half the absolute error. */
static void test_absolute_error(void **state)
{
    (void)state;
    setting s;
    ur_window_result result;
    set_up(&s, "gru 1 > dense 2");
    memset(s.model->values, 0, s.model->numbers * sizeof(real));
    ur_model_changed(s.model);
    s.batch.input[0] = (ur_sequences){.steps = 1, .lanes = 1, .values = s.values[0]};
    s.batch.target[0] = (ur_target){.loss = UR_LOSS_QUANTILE, .values = (real[]){3, -4}};
    s.batch.target_count = 1;
    free(gradients(&s, &result));
    assert_true(result.loss == (1.5 + 2) / 2);
    tear_down(&s);
}

/* The best sequence of each lane behind a crf, else the largest number of each place; −1 behind a lane's end. */
static void check_labels(const char *line)
{
    setting s;
    ur_error error = {0};
    static real y[ROWS * OUTPUTS];
    int32_t labels[ROWS], best[STEPS];
    size_t differ = 0;
    set_up(&s, line);
    for (size_t i = 0; i < s.model->numbers; i++) s.model->values[i] *= 4; /* so that neighbours count */
    ur_model_changed(s.model);
    ok(ur_predict(s.learner, &s.batch, y, &error), &error);
    ok(ur_predict_labels(s.learner, &s.batch, 0, labels, &error), &error);
    const ur_crf *crf = ur_line_crf(s.model, 0);
    for (size_t b = 0; b < LANES; b++) {
        size_t length = (size_t)s.lengths[b];
        if (crf) ok(ur_crf_best(crf, y + b * OUTPUTS, LANES * OUTPUTS, length, best, 1, &error), &error);
        for (size_t t = 0; t < STEPS; t++) {
            const real *row = y + (t * LANES + b) * OUTPUTS;
            int32_t largest = 0;
            for (int32_t i = 1; i < OUTPUTS; i++) largest = row[i] > row[largest] ? i : largest;
            assert_int_equal(labels[t * LANES + b], t >= length ? -1 : crf ? best[t] : largest);
            differ += t < length && labels[t * LANES + b] != largest;
        }
    }
    assert_true(crf ? differ > 0 : differ == 0);
    assert_int_equal(ur_predict_labels(s.learner, &s.batch, 1, labels, &error), UR_ERR_USAGE);
    tear_down(&s);
}

/* Behind ctc the labels stand one after the other. */
static void test_labels_behind_ctc(void **state)
{
    (void)state;
    setting s;
    ur_error error = {0};
    static real y[ROWS * (OUTPUTS + 1)];
    int32_t labels[ROWS], best[STEPS];
    size_t found = 0;
    set_up(&s, "embed 3 > lstm 4 > dense > ctc");
    assert_int_equal(ur_model_outputs(s.model), OUTPUTS + 1);
    for (size_t i = 0; i < s.model->numbers; i++) s.model->values[i] *= 4;
    ur_model_changed(s.model);
    ok(ur_predict(s.learner, &s.batch, y, &error), &error);
    ok(ur_predict_labels(s.learner, &s.batch, 0, labels, &error), &error);
    for (size_t b = 0; b < LANES; b++) {
        size_t count =
            ur_ctc_best(y + b * (OUTPUTS + 1), OUTPUTS + 1, LANES * (OUTPUTS + 1), (size_t)s.lengths[b], best, 1);
        for (size_t t = 0; t < STEPS; t++) assert_int_equal(labels[t * LANES + b], t < count ? best[t] : -1);
        found += count;
    }
    assert_true(found > 0);
    tear_down(&s);
}

static void test_labels(void **state)
{
    (void)state;
    check_labels("embed 3 > lstm 4 > dense");
    check_labels("embed 3 > lstm 4 > dense > crf");
}

static void test_decode(void **state)
{
    (void)state;
    const real y[3] = {1, -2, (real)0.5};
    real out[3];
    double sum = exp(1) + exp(-2) + exp(0.5);
    ur_loss_softmax.decode(y, 3, out);
    assert_near("softmax", out, (real[]){(real)(exp(1) / sum), (real)(exp(-2) / sum), (real)(exp(0.5) / sum)}, 3, 1e-6);
    ur_loss_sigmoid.decode(y, 3, out);
    assert_near("sigmoid", out,
                (real[]){(real)(1 / (1 + exp(-1))), (real)(1 / (1 + exp(2))), (real)(1 / (1 + exp(-0.5)))}, 3, 1e-6);
    ur_loss_squared.decode(y, 3, out);
    assert_same("squared", out, y, 3);
    ur_loss_crf.decode(y, 3, out);
    assert_near("crf", out, (real[]){(real)(exp(1) / sum), (real)(exp(-2) / sum), (real)(exp(0.5) / sum)}, 3, 1e-6);
    ur_loss_ctc.decode(y, 3, out);
    assert_near("ctc", out, (real[]){(real)(exp(1) / sum), (real)(exp(-2) / sum), (real)(exp(0.5) / sum)}, 3, 1e-6);
    ur_loss_quantile.decode(y, 3, out);
    assert_same("quantile", out, y, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_behind_the_end_nothing_counts),
        cmocka_unit_test(test_threads_change_no_bit),
        cmocka_unit_test(test_labels_without_places),
        cmocka_unit_test(test_labels_that_do_not_fit),
        cmocka_unit_test(test_lengths_of_targets),
        cmocka_unit_test(test_several_outputs),
        cmocka_unit_test(test_lines_differ_in_lanes),
        cmocka_unit_test(test_other_losses_of_a_wide_layer),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_smoothing_and_weights),
        cmocka_unit_test(test_weights_of_a_wide_layer),
        cmocka_unit_test(test_quantiles),
        cmocka_unit_test(test_absolute_error),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_labels_behind_ctc),
        cmocka_unit_test(test_decode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
