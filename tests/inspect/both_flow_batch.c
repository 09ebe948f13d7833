/*
 * The flow of a batch against the flow of ids, which goes back by its own code (flow_back.c): the curves of the same
 * network are equal, for every cell. Also layers that read from the end, lanes of different lengths, and networks of
 * several lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "inspect/letters.h"
#include "support/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SYMBOLS = 7, STEPS = 9, BACK = 6 };

/*
 * Limit of the error of a logarithm, and so relative to the gradient. Each of up to 2·(BACK + 1) steps back, through
 * two layers, is a product of up to 4·18 terms. If each term adds a rounding of 2⁻²⁴, all add up to 6e-5 (2⁻⁵³:
 * 1.1e-13).
 */
#ifdef UR_REAL_DOUBLE
static const double LIMIT = 1e-12;
#else
static const double LIMIT = 1e-4;
#endif

static ur_flow *make_flow(ur_model *model)
{
    ur_error error = {0};
    ur_flow *flow;
    const ur_flow_settings settings = {.steps = BACK, .warm = STEPS - BACK - 1, .threads = 1};
    ok(ur_flow_create(&flow, model, &settings, &error), &error);
    return flow;
}

static ur_model *make_model(const char *net, const ur_sizes *sizes)
{
    ur_error error = {0};
    ur_model *model;
    ok(ur_model_create(&model, net, sizes, 3, 0.6, NULL, &error), &error);
    return model;
}

static void assert_curve(const char *what, const double *got, const double *want)
{
    assert_true((got == NULL) == (want == NULL));
    for (size_t k = 0; want && k <= BACK; k++) {
        if (isnan(want[k]) && isnan(got[k])) continue;
        if (!(fabs(got[k] - want[k]) <= LIMIT))
            fail_msg("%s, %zu back: %.12g instead of %.12g", what, k, got[k], want[k]);
    }
}

static void assert_layers(ur_flow *got, size_t layer, ur_flow *want, size_t as)
{
    ur_flow_layer a, b;
    assert_true(ur_flow_layer_at(got, layer, &a) && ur_flow_layer_at(want, as, &b));
    assert_curve("h", a.h, b.h), assert_curve("c", a.c, b.c), assert_curve("plus", a.plus, b.plus);
    assert_curve("slopes", a.slopes, b.slopes), assert_curve("recurrent", a.recurrent, b.recurrent);
    assert_curve("kept", a.kept, b.kept), assert_curve("Jacobians", a.jacobian, b.jacobian);
    assert_curve("alive", a.alive, b.alive);
    assert_true(fabs(a.h_moves - b.h_moves) < LIMIT);
    assert_true(isnan(b.c_moves) || fabs(a.c_moves - b.c_moves) < LIMIT);
}

/* Follows the label 4 of a lane's last step, or of its first step if the network reads from the end. */
static void follow_batch(ur_flow *flow, const int32_t *ids, size_t lanes, const int32_t *lengths)
{
    ur_error error = {0};
    int32_t labels[STEPS * 3];
    for (size_t i = 0; i < STEPS * lanes; i++) labels[i] = 4;
    ur_batch batch = {.input = {{.steps = STEPS, .lanes = lanes, .ids = ids, .lengths = lengths}},
                      .target = {{.ids = labels}},
                      .target_count = 1};
    ok(ur_flow_batch(flow, &batch, &error), &error);
}

static void follow_ids(ur_flow *flow, const int32_t *ids)
{
    ur_error error = {0};
    const int32_t next = 4;
    ok(ur_flow_ids(flow, ids, &next, 1, &error), &error);
}

static void test_every_cell(void **unused)
{
    (void)unused;
    int32_t ids[STEPS];
    fill_ids(ids, STEPS, 4, SYMBOLS);
    for (size_t i = 0; ur_cell_name(i); i++) {
        char net[80];
        const ur_sizes sizes = {.symbols = SYMBOLS, .outputs = SYMBOLS};
        snprintf(net, sizeof net, "embed 5 > %s 18 > %s 7 > dense", ur_cell_name(i), ur_cell_name(i));
        ur_model *model = make_model(net, &sizes);
        ur_flow *batch = make_flow(model), *steps = make_flow(model);
        follow_batch(batch, ids, 1, NULL);
        follow_ids(steps, ids);
        assert_layers(batch, 0, steps, 0);
        assert_layers(batch, 1, steps, 1);
        ur_flow_free(batch);
        ur_flow_free(steps);
        ur_model_free(model);
    }
}

/*
 * Copies the parameters of one model into another. A matrix with twice the columns gets them in its first or, if
 * `reverse`, its second half, and zeros elsewhere.
 */
static void copy_weights(ur_model *from, ur_model *to, bool reverse)
{
    ur_parameter a, b;
    char name[96];
    for (size_t i = 0; ur_model_parameter(from, i, &a); i++) {
        snprintf(name, sizeof name, "%s%s", a.name, reverse && strstr(a.name, "_l0") ? "_reverse" : "");
        size_t k = 0;
        while (ur_model_parameter(to, k, &b) && strcmp(b.name, name) != 0) k++;
        assert_true(ur_model_parameter(to, k, &b));
        if (a.size == b.size) {
            memcpy(b.value, a.value, a.size * sizeof *a.value);
            continue;
        }
        size_t half = a.shape[1];
        memset(b.value, 0, b.size * sizeof *b.value);
        for (size_t r = 0; r < a.shape[0]; r++)
            memcpy(b.value + r * 2 * half + (reverse ? half : 0), a.value + r * half, half * sizeof *a.value);
    }
    ur_model_changed(to);
}

/* With `bi`, each direction gives the curves that it gives alone, the second one on the reversed text. */
static void test_from_the_end(void **unused)
{
    (void)unused;
    const ur_sizes sizes = {.symbols = SYMBOLS, .outputs = SYMBOLS};
    int32_t ids[STEPS], turned[STEPS];
    fill_ids(ids, STEPS, 4, SYMBOLS);
    for (size_t t = 0; t < STEPS; t++) turned[t] = ids[STEPS - 1 - t];
    ur_model *one = make_model("embed 5 > lstm 18 > dense", &sizes),
             *two = make_model("embed 5 > lstm 18 bi > dense", &sizes);
    for (size_t reverse = 0; reverse < 2; reverse++) {
        copy_weights(one, two, reverse);
        ur_flow *batch = make_flow(two), *steps = make_flow(one);
        follow_batch(batch, ids, 1, NULL);
        follow_ids(steps, reverse ? turned : ids);
        assert_layers(batch, reverse, steps, 0);
        ur_flow_free(batch);
        ur_flow_free(steps);
    }
    ur_model_free(one);
    ur_model_free(two);
}

/* Lanes that end early give the curves that they give alone. */
static void test_lengths(void **unused)
{
    (void)unused;
    const ur_sizes sizes = {.symbols = SYMBOLS, .outputs = SYMBOLS};
    static const int32_t lengths[3] = {STEPS, 4, 7};
    int32_t ids[STEPS * 3], lane[STEPS];
    fill_ids(ids, STEPS * 3, 4, SYMBOLS);
    ur_model *model = make_model("embed 5 > gru 18 bi > lstm 17 bi > dense", &sizes);
    ur_flow *together = make_flow(model), *apart = make_flow(model);
    follow_batch(together, ids, 3, lengths);
    for (size_t b = 0; b < 3; b++) {
        ur_error error = {0};
        int32_t labels[STEPS];
        for (size_t t = 0; t < STEPS; t++) lane[t] = ids[t * 3 + b], labels[t] = 4;
        ur_batch batch = {.input = {{.steps = (size_t)lengths[b], .lanes = 1, .ids = lane}},
                          .target = {{.ids = labels}},
                          .target_count = 1};
        ok(ur_flow_batch(apart, &batch, &error), &error);
    }
    assert_int_equal(ur_flow_places(together), 3);
    assert_int_equal(ur_flow_places(apart), 3);
    for (size_t layer = 0; layer < 4; layer++) {
        ur_flow_layer a, b;
        assert_true(ur_flow_layer_at(together, layer, &a) && ur_flow_layer_at(apart, layer, &b));
        assert_curve("h", a.h, b.h), assert_curve("kept", a.kept, b.kept), assert_curve("alive", a.alive, b.alive);
        assert_true(fabs(a.h_moves - b.h_moves) < LIMIT && isfinite(a.h[BACK]));
    }
    ur_flow_free(together);
    ur_flow_free(apart);
    ur_model_free(model);
}

/* The gradient of an encoder begins where the decoder took its state, and goes back as far as the encoder has steps. */
static void test_lines(void **unused)
{
    (void)unused;
    ur_error error = {0};
    ur_flow_layer shown;
    const ur_sizes lines[] = {{.symbols = SYMBOLS}, {.symbols = SYMBOLS, .outputs = SYMBOLS}}, sizes = {.lines = lines};
    int32_t ids[STEPS], labels[STEPS];
    fill_ids(ids, STEPS, 4, SYMBOLS);
    fill_ids(labels, STEPS, 5, SYMBOLS);
    ur_model *model = make_model("a: embed 5 > lstm 6; embed 5 > lstm 6 from a > attend a 4 feed > dense", &sizes);
    ur_flow *flow = make_flow(model);
    ur_batch batch = {.input = {{.steps = 5, .lanes = 1, .ids = ids}, {.steps = STEPS, .lanes = 1, .ids = ids}},
                      .target = {{.line = 1, .ids = labels}},
                      .target_count = 1};
    ok(ur_flow_batch(flow, &batch, &error), &error);
    assert_true(ur_flow_layer_at(flow, 0, &shown));
    for (size_t k = 0; k <= BACK; k++) assert_true(isfinite(shown.h[k]) == (k < 5));
    assert_true(ur_flow_layer_at(flow, 1, &shown));
    for (size_t k = 0; k <= BACK; k++) assert_true(isfinite(shown.h[k]) && shown.alive[k] == 1);
    batch.target_count = 0;
    assert_int_equal(ur_flow_batch(flow, &batch, &error), UR_ERR_USAGE);
    ur_flow_free(flow);
    ur_model_free(model);
}

/* Returns the model's one output after the last of `ids`. */
static ur_real answer_of(const ur_model *model, const int32_t *ids)
{
    ur_error error = {0};
    ur_state *state;
    ur_real y = 0;
    ok(ur_state_create(&state, model, 1, &error), &error);
    for (size_t t = 0; t < STEPS; t++) ur_step(model, state, &ids[t], &y);
    ur_state_free(state);
    return y;
}

static void follow_value(ur_flow *flow, const int32_t *ids, ur_loss loss, double value)
{
    ur_error error = {0};
    ur_real values[STEPS];
    for (size_t t = 0; t < STEPS; t++) values[t] = (ur_real)(t + 1 == STEPS ? value : NAN);
    ur_batch batch = {.input = {{.steps = STEPS, .lanes = 1, .ids = ids}},
                      .target = {{.values = values, .loss = loss}},
                      .target_count = 1};
    ok(ur_flow_batch(flow, &batch, &error), &error);
}

/*
 * The error of a number goes back like the error of a yes-or-no label, if both errors are equal. Without an error,
 * nothing goes back.
 */
static void test_numbers(void **unused)
{
    (void)unused;
    const ur_sizes sizes = {.symbols = SYMBOLS, .outputs = 1};
    int32_t ids[STEPS];
    fill_ids(ids, STEPS, 4, SYMBOLS);
    ur_model *model = make_model("embed 5 > lstm 18 > dense", &sizes);
    ur_flow *number = make_flow(model), *yes = make_flow(model), *nothing = make_flow(model);
    double y = (double)answer_of(model, ids), off = 1 / (1 + exp(-y)) - 1;
    follow_value(number, ids, UR_LOSS_SQUARED, y - off / 2);
    follow_value(yes, ids, UR_LOSS_SIGMOID, 1);
    follow_value(nothing, ids, UR_LOSS_SQUARED, NAN);
    assert_layers(number, 0, yes, 0);
    assert_int_equal(ur_flow_places(number), 1);
    assert_int_equal(ur_flow_places(nothing), 0);
    ur_flow_free(number);
    ur_flow_free(yes);
    ur_flow_free(nothing);
    ur_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_cell), cmocka_unit_test(test_from_the_end),
                                       cmocka_unit_test(test_lengths), cmocka_unit_test(test_lines),
                                       cmocka_unit_test(test_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
