/* A learner whose last layer is so wide that its outputs never exist as a whole: losses, steps and predictions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kernel/reference/reference.h"
#include "support/lab.h"
#include "support/numbers.h"
#include "support/ok.h"
#include "train/learner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 5, LANES = 19, WIDTH = 1500, ROWS = STEPS * LANES };

static const char *const LINES[] = {"embed 20 > lstm 300 > dense", "embed 12 > gru 12 > dense tied",
                                    "embed 12 > rnn 9 nobias > dense nobias"};

typedef struct setting {
    ur_model *model;
    ur_learner *learner;
    ur_batch batch;
    int32_t ids[ROWS], targets[ROWS], lengths[LANES];
} setting;

static void set_up(setting *s, const char *line)
{
    ur_error error = {0};
    ur_sizes sizes = {.symbols = WIDTH, .outputs = WIDTH};
    memset(s, 0, sizeof *s);
    ok(ur_model_create(&s->model, line, &sizes, 5, 0, NULL, &error), &error);
    fill_ids(s->ids, ROWS, 1, WIDTH);
    fill_ids(s->targets, ROWS, 2, WIDTH);
    fill_ids(s->lengths, LANES, 3, STEPS);
    for (size_t b = 0; b < LANES; b++) s->lengths[b]++;
    for (size_t i = 0; i < ROWS; i++)
        if (i / LANES >= (size_t)s->lengths[i % LANES]) s->targets[i] = -1;
    s->batch = (ur_batch){.target = {{.ids = s->targets}}, .target_count = 1};
    s->batch.input[0] = (ur_sequences){.steps = STEPS, .lanes = LANES, .ids = s->ids, .lengths = s->lengths};
}

static void begin_learning(setting *s, bool sum, size_t sampled)
{
    ur_error error = {0};
    ur_learning learning = ur_learning_default();
    learning.threads = 2;
    learning.sum = sum;
    learning.sampled = sampled;
    ok(ur_learner_create(&s->learner, s->model, &learning, &error), &error);
}

static void tear_down(setting *s)
{
    ur_learner_free(s->learner);
    ur_model_free(s->model);
}

static real *steps_of(const setting *s)
{
    ur_error error = {0};
    ur_state *state;
    real *out = zeros(ROWS * WIDTH, sizeof *out);
    ok(ur_state_create(&state, s->model, LANES, &error), &error);
    for (size_t t = 0; t < STEPS; t++) ur_step(s->model, state, s->ids + t * LANES, out + t * LANES * WIDTH);
    ur_state_free(state);
    return out;
}

/* A learner drops the packed weights of the last layer. A step gives the same bits without them. */
static void test_steps(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        setting s;
        set_up(&s, LINES[i]);
        real *before = steps_of(&s);
        size_t packed = s.model->layers[s.model->layer_count - 1].dense.forward != NULL;
        begin_learning(&s, false, 0);
        assert_true(packed && !s.model->layers[s.model->layer_count - 1].dense.forward);
        real *after = steps_of(&s);
        assert_same(LINES[i], after, before, ROWS * WIDTH);
        free(before);
        free(after);
        tear_down(&s);
    }
}

/* Adds the loss as docs/arithmetic.md says, from the outputs of ur_predict. */
static double loss_of(const setting *s, const real *logits)
{
    double sum = 0;
    for (size_t lane = 0; lane < LANES; lane += 16) {
        double shard = 0;
        for (size_t t = 0; t < STEPS; t++)
            for (size_t b = lane; b < lane + 16 && b < LANES; b++) {
                size_t row = t * LANES + b;
                shard += ur_reference_softmax_loss(logits + row * WIDTH, WIDTH, s->targets[row], 1, NULL);
            }
        sum += shard;
    }
    return sum;
}

static void test_losses(void **state)
{
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        setting s;
        ur_error error = {0};
        double evaluated = NAN, learnt = NAN, next = NAN;
        size_t count = 0;
        set_up(&s, LINES[i % 3]);
        begin_learning(&s, i < 3, i % 2 ? WIDTH : 0); /* a sample of all outputs is no sample */
        real *logits = zeros(ROWS * WIDTH, sizeof *logits);
        ok(ur_predict(s.learner, &s.batch, logits, &error), &error);
        for (size_t r = 0; r < ROWS; r++) count += s.targets[r] >= 0;
        double want = loss_of(&s, logits) / (i < 3 ? 1 : (double)count);
        ok(ur_evaluate(s.learner, &s.batch, &evaluated, &error), &error);
        ok(ur_learn(s.learner, &s.batch, &learnt, &error), &error);
        ok(ur_evaluate(s.learner, &s.batch, &next, &error), &error);
        if (evaluated != want || learnt != want)
            fail_msg("%s: %a, %a, expected %a", LINES[i % 3], evaluated, learnt, want);
        assert_true(next < learnt);
        free(logits);
        tear_down(&s);
    }
}

/*
 * Returns five standard errors of a sampled loss, averaged over the rows that count. The sum of exp over a uniform
 * sample of n outputs has the relative standard error s/(m·√n), where m and s are the mean and the standard deviation
 * of exp over all outputs. This is also the standard error of its logarithm, and so of the row's loss.
 */
static double sampling_error(const setting *s, const real *logits, size_t sampled)
{
    double all = 0;
    size_t count = 0;
    for (size_t r = 0; r < ROWS; r++) {
        double sum = 0, squares = 0;
        if (s->targets[r] < 0) continue;
        for (size_t i = 0; i < WIDTH; i++) {
            double e = exp((double)logits[r * WIDTH + i]);
            sum += e, squares += e * e;
        }
        all += sqrt(squares * WIDTH / (sum * sum) - 1);
        count++;
    }
    return 5 * all / (double)count / sqrt((double)sampled);
}

/*
 * Training with sampled outputs: each update draws another sample, evaluations use all outputs, and the network learns.
 */
static void test_sampled(void **state)
{
    (void)state;
    enum { UPDATES = 20, SAMPLED = 100 };
    setting s;
    ur_error error = {0};
    double loss[2], whole = NAN, last = NAN;
    set_up(&s, LINES[0]);
    begin_learning(&s, false, SAMPLED);
    real *logits = zeros(ROWS * WIDTH, sizeof *logits);
    size_t count = 0;
    ok(ur_predict(s.learner, &s.batch, logits, &error), &error);
    ok(ur_evaluate(s.learner, &s.batch, &whole, &error), &error);
    for (size_t r = 0; r < ROWS; r++) count += s.targets[r] >= 0;
    assert_true(whole == loss_of(&s, logits) / (double)count);
    ur_learner_set_rate(s.learner, 0);
    for (int i = 0; i < 2; i++) ok(ur_learn(s.learner, &s.batch, &loss[i], &error), &error);
    assert_true(loss[0] != loss[1] && loss[0] != whole);
    assert_true(fabs(loss[0] - whole) < sampling_error(&s, logits, SAMPLED));
    ur_learner_set_rate(s.learner, 0.01);
    for (int i = 0; i < UPDATES; i++) ok(ur_learn(s.learner, &s.batch, NULL, &error), &error);
    ok(ur_evaluate(s.learner, &s.batch, &last, &error), &error);
    if (!(last < 0.7 * whole)) fail_msg("loss %g after %d updates, %g before", last, UPDATES, whole);
    free(logits);
    tear_down(&s);
}

/* A task's own loss may ask for all outputs, and goes back through them. */
static ur_status forward_whole(void *context, ur_pass *pass, ur_window_result *result, ur_error *error)
{
    const setting *s = context;
    ur_line_run(pass->model, pass->tape, 0, &(ur_line_call){.in = s->batch.input[0]}, pass->output);
    for (size_t r = 0; r < ROWS; r++) result->count += s->targets[r] >= 0;
    ur_softmax_loss(pass->tape, pass->output[0].y, s->targets, 1 / (double)result->count, &result->sum);
    result->loss = result->sum / (double)result->count;
    return ur_tape_status(pass->tape, error);
}

static void test_own_forward(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        setting s;
        ur_error error = {0};
        ur_window_result want, got;
        set_up(&s, LINES[i]);
        begin_learning(&s, false, 0);
        size_t size = s.model->numbers * sizeof(real);
        real *gradients = zeros(s.model->numbers, sizeof *gradients);
        ok(ur_learner_gradients(s.learner, &s.batch, NULL, &want, &error), &error);
        memcpy(gradients, s.model->gradients, size);
        s.learner->forward = forward_whole;
        s.learner->task_context = &s;
        ok(ur_learner_gradients(s.learner, &s.batch, NULL, &got, &error), &error);
        assert_true(got.loss == want.loss && got.sum == want.sum && got.count == want.count);
        assert_same(LINES[i], s.model->gradients, gradients, s.model->numbers);
        free(gradients);
        tear_down(&s);
    }
}

static void refuse_sampled(const char *line)
{
    setting s;
    ur_error error = {0};
    ur_learning learning = ur_learning_default();
    learning.sampled = 10;
    set_up(&s, line);
    assert_int_equal(ur_learner_create(&s.learner, s.model, &learning, &error), UR_ERR_USAGE);
    assert_non_null(strstr(error.text, "a sampled softmax needs"));
    tear_down(&s);
}

static void test_sampled_refused(void **state)
{
    (void)state;
    refuse_sampled("embed 5 > rnn 4");
    refuse_sampled("embed 5 > rnn 4 > dense tanh");
    setting s;
    ur_error error = {0};
    set_up(&s, LINES[0]);
    begin_learning(&s, false, 10);
    s.batch.target[0].loss = UR_LOSS_SIGMOID;
    assert_int_equal(ur_learn(s.learner, &s.batch, NULL, &error), UR_ERR_USAGE);
    assert_non_null(strstr(error.text, "a sampled softmax needs"));
    tear_down(&s);
}

static void test_bad_target(void **state)
{
    (void)state;
    setting s;
    ur_error error = {0};
    set_up(&s, LINES[0]);
    begin_learning(&s, false, 0);
    s.targets[3] = WIDTH;
    assert_int_equal(ur_learn(s.learner, &s.batch, NULL, &error), UR_ERR_DATA);
    assert_string_equal(error.text, "step 0, lane 3: target 1500 is neither -1 nor below the 1500 outputs");
    s.targets[3] = 1;
    s.model->params[s.model->param_count - 1].value[7] = NAN;
    ur_model_changed(s.model);
    assert_int_equal(ur_learn(s.learner, &s.batch, NULL, &error), UR_ERR_NUMERIC);
    assert_non_null(strstr(error.text, "neither the loss nor"));
    tear_down(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),           cmocka_unit_test(test_losses),     cmocka_unit_test(test_sampled),
        cmocka_unit_test(test_sampled_refused), cmocka_unit_test(test_bad_target), cmocka_unit_test(test_own_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
