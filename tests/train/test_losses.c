/*
 * The values of losses: label smoothing, weights, quantiles and absolute errors. Also the labels and probabilities that
 * the outputs give.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "layer/ctc.h"
#include "train/targets_setting.h"

#include <math.h>

/* Returns −Σ q·log p with q = (1 − ε)·onehot + ε/W, times the weight, averaged over the rows that count. */
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

/* The logits of a wide softmax are never there as a whole without weights. With weights of 1 the result is the same. */
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

/* By hand: lane b has the outputs 0, 1 and 2 for the levels 0.1, 0.5 and 0.9 of its single target. */
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

/* Without levels, the loss is half the absolute error. */
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

/*
 * Labels are the best sequence of each lane after a crf, otherwise the largest number of each place, and −1 after a
 * lane's end.
 */
static void check_labels(const char *line)
{
    setting s;
    ur_error error = {0};
    static real y[ROWS * OUTPUTS];
    int32_t labels[ROWS], best[STEPS];
    size_t differ = 0;
    set_up(&s, line);
    for (size_t i = 0; i < s.model->numbers; i++) s.model->values[i] *= 4; /* so that neighbours matter */
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

/* After ctc, the labels of a lane come one after another. */
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
