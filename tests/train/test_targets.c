/*
 * The targets of a batch: what counts and what does not for every loss of loss.inc, several outputs with their own
 * weights, lines that differ in lanes, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../model/loss_lines.h"

#include "train/targets_setting.h"

#include <math.h>

/* Puts anything after the ends of lanes: it must not be looked at. */
static void spoil(setting *s, bool count)
{
    for (size_t i = 0; i < ROWS; i++) {
        if ((size_t)s->lengths[i % LANES] > i / LANES) continue;
        s->targets[0][i] = count ? 1000 : -1;
        for (size_t k = 0; k < OUTPUTS; k++) s->values[0][i * OUTPUTS + k] = count ? (real)INFINITY : (real)NAN;
    }
}

static void check_end(const char *line, ur_loss loss)
{
    setting s;
    ur_window_result masked, whole;
    if (ur_loss_at((size_t)loss)->own_steps) return; /* see below */
    set_up(&s, line);
    aim(&s, 0, loss, 0);
    spoil(&s, false);
    real *want = gradients(&s, &masked);
    spoil(&s, true);
    real *got = gradients(&s, &whole);
    assert_true(masked.loss == whole.loss && masked.count == whole.count && whole.count > 0);
    assert_same(ur_loss_at((size_t)loss)->word, got, want, s.model->numbers);
    free(got);
    free(want);
    tear_down(&s);
}

static void test_behind_the_end_nothing_counts(void **state)
{
    (void)state;
    check_losses(check_end);
}

static void check_threads(const char *line, ur_loss loss)
{
    setting s;
    ur_window_result result[2];
    real *gradient[2];
    for (size_t i = 0; i < 2; i++) {
        set_up_on(&s, line, 1 + 3 * i);
        aim(&s, 0, loss, 0);
        if (ur_loss_at((size_t)loss)->own_steps) {
            fill_ids(s.targets[0], ROWS, 3, OUTPUTS - 1); /* below the blank */
            s.batch.target[0].steps = 1;
        }
        gradient[i] = gradients(&s, &result[i]);
        if (!i) tear_down(&s);
    }
    assert_true(result[0].loss == result[1].loss);
    assert_same(ur_loss_at((size_t)loss)->word, gradient[1], gradient[0], s.model->numbers);
    tear_down(&s);
    free(gradient[0]);
    free(gradient[1]);
}

static void test_threads_change_no_bit(void **state)
{
    (void)state;
    check_losses(check_threads);
}

/*
 * A lane has as many labels as its target's length says, whatever the line's lengths are. Further labels are not looked
 * at.
 */
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

/* A target's own lengths are used instead of the line's. */
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
    for (size_t i = 0; i < 2; i++)
        assert_true(fabs(part[i].loss - part[i].sum / (double)part[i].count) < 1e-12 * fabs(part[i].loss));
    assert_true(both.sum == part[0].sum + part[1].sum);
    assert_int_equal(both.count, part[0].count);
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

/* The same network with and without a wide last layer that a softmax would split into parts. */
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
