/*
 * Where a flow of gradients begins, for every loss of loss.inc: ∂loss/∂h of the last step is Wᵀ ∂loss/∂y, with W of the
 * last dense layer. ∂loss/∂y is what an update with SGD takes from that layer's bias.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "inspect/letters.h"
#include "layer/loss.h"
#include "support/numbers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SYMBOLS = 7, STEPS = 9, LANES = 3, OUTPUTS = 4, UNITS = 18 };

/* The bias after an update is rounded to 2⁻²⁴ of itself (2⁻⁵³), as is each of the 18·4 products. The gradients here are
 * above a hundredth of the bias. */
#ifdef UR_REAL_DOUBLE
static const double LIMIT = 1e-12;
#else
static const double LIMIT = 1e-4;
#endif

static const double LEVELS[] = {0.2, 0.7};

/* A batch, and what it points at. */
typedef struct sample {
    int32_t ids[STEPS * LANES], labels[STEPS * LANES];
    ur_real values[STEPS * LANES * OUTPUTS];
    ur_batch batch;
} sample;

static const int32_t LENGTHS[LANES] = {STEPS, 4, 7};

static void point(sample *s, size_t steps, size_t lanes, const int32_t *lengths, ur_loss loss, size_t levels)
{
    s->batch =
        (ur_batch){.input = {{.steps = steps, .lanes = lanes, .ids = s->ids, .lengths = lengths}}, .target_count = 1};
    s->batch.target[0] = (ur_target){
        .loss = loss, .ids = s->labels, .values = s->values, .levels = levels ? LEVELS : NULL, .level_count = levels};
}

static size_t width_of(size_t levels) { return OUTPUTS / (levels ? levels : 1); }

/* Texts of different lengths with targets at all steps: labels and numbers. */
static void fill(sample *s, ur_loss loss, size_t levels)
{
    point(s, STEPS, LANES, LENGTHS, loss, levels);
    fill_ids(s->ids, STEPS * LANES, 4, SYMBOLS);
    fill_ids(s->labels, STEPS * LANES, 5, OUTPUTS);
    for (size_t i = 0; i < STEPS * LANES * width_of(levels); i++) s->values[i] = (ur_real)(0.9 - 0.3 * (double)(i % 7));
}

/* One lane of it, with a target at its last step alone. */
static void fill_lane(sample *one, const sample *s, size_t lane, ur_loss loss, size_t levels)
{
    size_t width = width_of(levels), steps = (size_t)LENGTHS[lane], last = steps - 1;
    point(one, steps, 1, NULL, loss, levels);
    for (size_t t = 0; t < steps; t++) one->ids[t] = s->ids[t * LANES + lane];
    for (size_t t = 0; t < last; t++) one->labels[t] = -1;
    for (size_t i = 0; i < last * width; i++) one->values[i] = (ur_real)NAN;
    one->labels[last] = s->labels[last * LANES + lane];
    memcpy(one->values + last * width, s->values + (last * LANES + lane) * width, width * sizeof *one->values);
}

static ur_model *make_model(const char *net)
{
    ur_error error = {0};
    ur_model *model;
    const ur_sizes sizes = {.symbols = SYMBOLS, .outputs = OUTPUTS};
    ok(ur_model_create(&model, net, &sizes, 3, 0.6, NULL, &error), &error);
    return model;
}

static ur_parameter parameter(ur_model *model, const char *name)
{
    ur_parameter p;
    for (size_t i = 0; ur_model_parameter(model, i, &p); i++)
        if (strcmp(p.name, name) == 0) return p;
    fail_msg("no %s", name);
    return p;
}

/* Updates the model once, and returns ln ‖Wᵀ ∂loss/∂y‖. */
static double learn(ur_model *model, const ur_batch *batch)
{
    ur_error error = {0};
    ur_learning learning = {.sum = true, .optimizer = UR_SGD, .rate = 1, .threads = 1};
    ur_learner *learner;
    ur_real w[OUTPUTS * UNITS], before[OUTPUTS];
    const ur_parameter bias = parameter(model, "out.bias");
    double loss, square = 0;
    memcpy(w, parameter(model, "out.weight").value, sizeof w);
    memcpy(before, bias.value, sizeof before);
    ok(ur_learner_create(&learner, model, &learning, &error), &error);
    ok(ur_learn(learner, batch, &loss, &error), &error);
    for (size_t u = 0; u < UNITS; u++) {
        double sum = 0;
        for (size_t i = 0; i < OUTPUTS; i++)
            sum += (double)w[i * UNITS + u] * ((double)before[i] - (double)bias.value[i]);
        square += sum * sum;
    }
    ur_learner_free(learner);
    return log(square) / 2;
}

/* Returns the status; *h is ln ‖∂loss/∂h‖ of the last step, the mean over the lanes. */
static ur_status follow(ur_model *model, const ur_batch *batch, double *h)
{
    ur_error error = {0};
    ur_flow_layer shown;
    ur_flow *flow;
    const ur_flow_settings settings = {.steps = 2, .threads = 1};
    ok(ur_flow_create(&flow, model, &settings, &error), &error);
    ur_status status = ur_flow_batch(flow, batch, &error);
    assert_true(status != UR_OK || ur_flow_layer_at(flow, 0, &shown));
    assert_int_equal(ur_flow_places(flow), status == UR_OK ? LANES : 0);
    if (status == UR_OK) *h = shown.h[0];
    ur_flow_free(flow);
    return status;
}

static double learn_lanes(const sample *s, ur_loss loss, size_t levels)
{
    double sum = 0;
    for (size_t b = 0; b < LANES; b++) {
        sample one;
        ur_model *model = make_model("embed 5 > gru 18 > dense");
        fill_lane(&one, s, b, loss, levels);
        sum += learn(model, &one.batch);
        ur_model_free(model);
    }
    return sum / LANES;
}

/* The gradient of a crf begins at the probability of the step's label by itself, which is a softmax. */
static void compare(ur_loss loss, size_t levels)
{
    const ur_loss_kind *kind = ur_loss_at((size_t)loss);
    char net[64];
    double h = NAN;
    sample s;
    snprintf(net, sizeof net, "embed 5 > gru 18 > dense%s%s", kind->layer ? " > " : "", kind->layer ? kind->word : "");
    ur_model *model = make_model(net);
    fill(&s, loss, levels);
    assert_int_equal(follow(model, &s.batch, &h), kind->own_steps ? UR_ERR_UNSUPPORTED : UR_OK);
    ur_model_free(model);
    if (kind->own_steps) return;
    double want = learn_lanes(&s, kind->layer ? UR_LOSS_SOFTMAX : loss, levels);
    if (!(fabs(h - want) <= LIMIT)) fail_msg("%s: %.12g instead of %.12g", kind->word, h, want);
}

static void test_every_loss(void **unused)
{
    (void)unused;
    for (size_t i = 0; ur_loss_at(i); i++) compare((ur_loss)i, 0);
    compare(UR_LOSS_QUANTILE, 2);
}

/* What comes after a target's own lengths is not looked at. */
static void test_lengths_of_targets(void **unused)
{
    (void)unused;
    double h;
    sample s;
    ur_model *model = make_model("embed 5 > gru 18 > dense");
    fill(&s, UR_LOSS_SOFTMAX, 0);
    s.batch.input[0].lengths = NULL;
    s.batch.target[0].lengths = LENGTHS;
    for (size_t i = 0; i < STEPS * LANES; i++)
        if (i / LANES >= (size_t)LENGTHS[i % LANES]) s.labels[i] = 1000;
    assert_int_equal(follow(model, &s.batch, &h), UR_OK);
    static const int32_t beyond[LANES] = {1000, 1000, 1000};
    fill(&s, UR_LOSS_SOFTMAX, 0);
    s.batch.target[0].lengths = beyond;
    assert_int_equal(follow(model, &s.batch, &h), UR_OK);
    ur_model_free(model);
}

static void test_no_loss(void **unused)
{
    (void)unused;
    sample s;
    double h;
    ur_model *model = make_model("embed 5 > gru 18 > dense");
    fill(&s, (ur_loss)99, 0);
    assert_int_equal(follow(model, &s.batch, &h), UR_ERR_USAGE);
    ur_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_loss), cmocka_unit_test(test_lengths_of_targets),
                                       cmocka_unit_test(test_no_loss)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
