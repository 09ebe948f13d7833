/* Whole networks against PyTorch: loss, outputs and the gradient of every parameter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/golden.h"
#include "support/numbers.h"
#include "support/ok.h"
#include "train/learner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { VOCABULARY = 11, FEATURES = 7 };

typedef struct net {
    const golden *g;
    ur_model *model;
    ur_learner *learner;
    ur_batch batch;
    int32_t *targets;
    real *target_values;
    size_t outputs, rows; /* numbers in a row of logits; rows */
} net;

/* Copies all of the file's weights into the model's parameters. */
static void load_weights(net *n)
{
    ur_parameter p;
    for (size_t i = 0; ur_model_parameter(n->model, i, &p); i++) {
        size_t count;
        real *values = golden_values(n->g, p.name, &count);
        assert_int_equal(count, p.size);
        memcpy(p.value, values, count * sizeof(real));
        free(values);
    }
    ur_model_changed(n->model);
}

/* Finds NAME.LINE, or NAME if the network has one line. NULL if the file has neither. */
static const ur_tensor_entry *find(const net *n, const char *name, size_t line, char full[64])
{
    snprintf(full, 64, "%s.%zu", name, line);
    if (!golden_has(n->g, full)) snprintf(full, 64, "%s", name);
    return golden_has(n->g, full) ? golden_entry(n->g, full) : NULL;
}

static int32_t *ids_of(net *n, const char *name, size_t line)
{
    char full[64];
    return find(n, name, line, full) ? golden_ids(n->g, full, NULL) : NULL;
}

static void load_line(net *n, size_t line)
{
    char full[64];
    const ur_tensor_entry *input = find(n, "ids", line, full);
    ur_sequences *in = &n->batch.input[line];
    if (!input) input = find(n, "values", line, full);
    *in = (ur_sequences){.steps = input->shape[0],
                         .lanes = input->shape[1],
                         .ids = ids_of(n, "ids", line),
                         .values = find(n, "values", line, full) ? golden_values(n->g, full, NULL) : NULL,
                         .lengths = ids_of(n, "lengths", line),
                         .lane_of = ids_of(n, "lane_of", line)};
}

static void load_batch(net *n, bool sigmoid)
{
    size_t count;
    n->targets = golden_ids(n->g, "targets", &n->rows);
    n->target_values = zeros(n->rows, sizeof(real));
    for (size_t i = 0; i < n->rows; i++) n->target_values[i] = (real)n->targets[i];
    for (size_t line = 0; line < n->model->line_count; line++) load_line(n, line);
    n->batch.target[0] = (ur_target){.line = n->model->line_count - 1, .ids = n->targets};
    if (sigmoid) n->batch.target[0] = (ur_target){.loss = UR_LOSS_SIGMOID, .values = n->target_values};
    n->batch.target_count = 1;
    free(golden_values(n->g, "logits", &count));
    n->outputs = count / n->rows;
}

static ur_sizes sizes_of_pictures(const golden *g)
{
    return (ur_sizes){.symbols = VOCABULARY,
                      .rows = (size_t)golden_number(g, "rows", 0),
                      .columns = (size_t)golden_number(g, "columns", 0),
                      .channels = (size_t)golden_number(g, "channels", 0),
                      .outputs = VOCABULARY};
}

static void load(net *n, const golden *g, const char *isa)
{
    ur_error error = {0};
    bool sigmoid = strncmp(golden_told(g, "loss"), "sigmoid", 7) == 0;
    ur_learning learning = ur_learning_default();
    ur_sizes sizes = {.symbols = VOCABULARY, .features = FEATURES, .outputs = VOCABULARY};
    if (golden_told_or(g, "rows", NULL)) sizes = sizes_of_pictures(g);
    *n = (net){.g = g};
    ok(ur_model_create(&n->model, golden_told(g, "net"), &sizes, 1, 0, isa, &error), &error);
    learning.threads = 1;
    ok(ur_learner_create(&n->learner, n->model, &learning, &error), &error);
    load_weights(n);
    load_batch(n, sigmoid);
}

static void unload(net *n)
{
    ur_learner_free(n->learner);
    ur_model_free(n->model);
    for (size_t line = 0; line < UR_MAX_LINES; line++) {
        free((void *)(size_t)n->batch.input[line].ids);
        free((void *)(size_t)n->batch.input[line].values);
        free((void *)(size_t)n->batch.input[line].lengths);
        free((void *)(size_t)n->batch.input[line].lane_of);
    }
    free(n->targets);
    free(n->target_values);
}

/* Whether a row counts: rows after a lane's end do not. */
static bool is_there(const net *n, size_t row)
{
    const ur_sequences *in = &n->batch.input[n->model->line_count - 1];
    bool steps = n->rows == in->steps * in->lanes && in->lengths;
    return !steps || (size_t)in->lengths[row % in->lanes] > row / in->lanes;
}

/* ur_predict gives the outputs of the last layer. After `sigmoid` they are probabilities. */
static void compare_outputs(const net *n)
{
    ur_error error = {0};
    size_t count = n->rows * n->outputs;
    real *got = zeros(count, sizeof(real)), *want = golden_values(n->g, "logits", NULL);
    ok(ur_predict(n->learner, &n->batch, got, &error), &error);
    for (size_t i = 0; i < count && n->batch.target[0].values; i++) want[i] = (real)(1 / (1 + exp(-(double)want[i])));
    for (size_t i = 0; i < n->rows; i++)
        if (is_there(n, i))
            assert_near(n->g->name, got + i * n->outputs, want + i * n->outputs, n->outputs, GOLDEN_LIMIT);
    free(got);
    free(want);
}

static void compare_learning(const net *n)
{
    ur_error error = {0};
    ur_window_result result;
    ur_parameter p;
    ok(ur_learner_gradients(n->learner, &n->batch, NULL, &result, &error), &error);
    size_t there = 0;
    for (size_t i = 0; i < n->rows; i++) there += is_there(n, i) ? 1 : 0;
    assert_int_equal(result.count, there);
    real loss = (real)(result.sum / (double)result.count);
    assert_golden(n->g, "loss", &loss, 1);
    double evaluated;
    ok(ur_evaluate(n->learner, &n->batch, &evaluated, &error), &error);
    assert_true(evaluated == result.sum / (double)result.count);
    for (size_t i = 0; ur_model_parameter(n->model, i, &p); i++) {
        char name[128];
        snprintf(name, sizeof name, "grad.%s", p.name);
        assert_golden(n->g, name, p.gradient, p.size);
    }
}

/* The model has as many parameters as the file has gradients, so the model lacks none. */
static void compare_names(const net *n)
{
    size_t gradients = 0;
    ur_parameter p;
    for (size_t i = 0; i < n->g->file.count; i++) gradients += strncmp(n->g->file.entries[i].name, "grad.", 5) == 0;
    assert_true(gradients > 0);
    assert_true(ur_model_parameter(n->model, gradients - 1, &p));
    assert_false(ur_model_parameter(n->model, gradients, &p));
}

static void check(void **state)
{
    golden g = golden_open(*state);
    for (size_t i = 0; ur_isa_name(i); i++) {
        net n;
        load(&n, &g, ur_isa_name(i));
        compare_names(&n);
        compare_outputs(&n);
        compare_learning(&n);
        unload(&n);
    }
    golden_close(&g);
}

#define CASE(name)                                                                                                     \
    {                                                                                                                  \
        name, check, NULL, NULL, (char[]) { name }                                                                     \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {CASE("net"),
                                       CASE("net-tied"),
                                       CASE("net-sigmoid"),
                                       CASE("net-bi"),
                                       CASE("net-mean"),
                                       CASE("net-max"),
                                       CASE("net-conv"),
                                       CASE("net-join"),
                                       CASE("net-bridge"),
                                       CASE("net-from-mean"),
                                       CASE("net-like"),
                                       CASE("net-places"),
                                       CASE("net-attend-general"),
                                       CASE("net-attend-dot"),
                                       CASE("net-attend-additive")};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
