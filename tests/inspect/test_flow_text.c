/* Gradients back through time at places of a text: which places those are; the shortest texts; what has no gradient; what
 * cannot be followed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/temp_text.h"
#include "inspect/letters.h"
#include "support/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const TOKENS[] = {"\n", " ", "a", "b", "c", "d"};
enum { KINDS = 6, LENGTH = 300, STEPS = 12, WARM = 5, WINDOW = WARM + STEPS + 1 };

static ur_flow *make_flow(ur_model *model, size_t steps, size_t warm, size_t places)
{
    ur_error error = {0};
    ur_flow *flow;
    ur_flow_settings settings = {.steps = steps, .warm = warm, .places = places, .threads = 1};
    ok(ur_flow_create(&flow, model, &settings, &error), &error);
    return flow;
}

/* A message about the text, whose file it names. */
static void check_text(temp_text *temp, const ur_error *error, const char *expected)
{
    char full[1024];
    snprintf(full, sizeof full, "%s: %s", temp_path(temp, "text"), expected);
    assert_string_equal(error->text, full);
}

/* One lane of ids, followed from token `at` on. */
static void follow(ur_flow *flow, const int32_t *ids, size_t at)
{
    ur_error error = {0};
    ok(ur_flow_ids(flow, ids + at, ids + at + WINDOW, 1, &error), &error);
}

/* Three places of a text: its beginning, its middle, its end. */
/* The layer `last` changes nothing of the loss behind the last step, and so nothing of its way back. */
static void test_last(void **state)
{
    (void)state;
    int32_t ids[WINDOW + 1];
    ur_flow_layer want, got;
    fill_ids(ids, WINDOW + 1, 7, KINDS);
    ur_model *plain = letters_model("embed 4 > gru 7 > lstm 5 > dense 4 tanh > dense", TOKENS, KINDS, 0);
    ur_model *last = letters_model("embed 4 > gru 7 > lstm 5 > last > dense 4 tanh > dense", TOKENS, KINDS, 0);
    ur_flow *a = make_flow(plain, STEPS, WARM, 0), *b = make_flow(last, STEPS, WARM, 0);
    follow(a, ids, 0), follow(b, ids, 0);
    for (size_t layer = 0; layer < 2; layer++) {
        assert_true(ur_flow_layer_at(a, layer, &want) && ur_flow_layer_at(b, layer, &got));
        assert_memory_equal(want.h, got.h, (STEPS + 1) * sizeof *want.h);
        assert_true(want.h[0] > -20);
    }
    ur_flow_free(a), ur_flow_free(b);
    ur_model_free(plain), ur_model_free(last);
}

/* One number behind σ costs what two behind a softmax do, whose second weighs what the one does and whose first nothing. */
static void test_one_output(void **state)
{
    (void)state;
    ur_error error = {0};
    int32_t ids[WINDOW];
    ur_flow_layer want, got;
    ur_sizes sizes = {.symbols = KINDS};
    ur_model *two, *one;
    ur_parameter p, q;
    fill_ids(ids, WINDOW, 7, KINDS);
    ok(ur_model_create(&two, "embed 4 > gru 6 > last > dense 2", &sizes, 3, 0, NULL, &error), &error);
    ok(ur_model_create(&one, "embed 4 > gru 6 > last > dense 1 sigmoid", &sizes, 3, 0, NULL, &error), &error);
    for (size_t i = 0; ur_model_parameter(two, i, &p) && ur_model_parameter(one, i, &q); i++) {
        if (p.size == q.size) memcpy(q.value, p.value, p.size * sizeof(real));
        for (size_t k = 0; p.size != q.size && k < q.size; k++) q.value[k] = p.value[q.size + k], p.value[k] = 0;
    }
    ur_model_changed(two), ur_model_changed(one);
    for (int32_t label = 0; label < 2; label++) {
        ur_flow *a = make_flow(two, STEPS, WARM, 0), *b = make_flow(one, STEPS, WARM, 0);
        ok(ur_flow_ids(a, ids, &label, 1, &error), &error);
        ok(ur_flow_ids(b, ids, &label, 1, &error), &error);
        assert_true(ur_flow_layer_at(a, 0, &want) && ur_flow_layer_at(b, 0, &got));
        for (size_t k = 0; k <= STEPS; k++) assert_true(fabs(want.h[k] - got.h[k]) < 1e-4);
        ur_flow_free(a), ur_flow_free(b);
    }
    ur_model_free(two), ur_model_free(one);
}

static void test_places(void **state)
{
    ur_error error = {0};
    int32_t ids[LENGTH];
    char text[LENGTH];
    ur_flow_layer want, got;
    fill_ids(ids, LENGTH, 7, KINDS);
    for (size_t i = 0; i < LENGTH; i++) text[i] = TOKENS[ids[i]][0];
    const char *paths[] = {temp_write(*state, "text", text, LENGTH)};
    ur_reading reading = {.paths = paths, .path_count = 1};
    ur_model *model = letters_model("embed 4 > lstm 9 > dense", TOKENS, KINDS, 0);
    ur_flow *by_text = make_flow(model, STEPS, WARM, 3), *by_ids = make_flow(model, STEPS, WARM, 0);
    ok(ur_flow_text(by_text, &reading, &error), &error);
    size_t left = LENGTH - (WINDOW + 1);
    follow(by_ids, ids, 0), follow(by_ids, ids, left / 2), follow(by_ids, ids, left);
    assert_int_equal(ur_flow_places(by_text), 3);
    assert_true(ur_flow_layer_at(by_text, 0, &got) && ur_flow_layer_at(by_ids, 0, &want));
    for (size_t k = 0; k <= STEPS; k++) {
        assert_true(fabs(got.h[k] - want.h[k]) < 1e-6);
        assert_true(fabs(got.plus[k] - want.plus[k]) < 1e-6);
        assert_true(got.jacobian[k] == want.jacobian[k]);
    }
    assert_false(ur_flow_layer_at(by_text, 1, &got));
    ur_flow_free(by_text), ur_flow_free(by_ids);
    ur_model_free(model);
}

/* The same passages as ids; and what cannot be read. */
static void test_read_places(void **state)
{
    ur_error error = {0};
    int32_t ids[LENGTH], read[3 * WINDOW];
    char text[LENGTH];
    fill_ids(ids, LENGTH, 7, KINDS);
    for (size_t i = 0; i < LENGTH; i++) text[i] = TOKENS[ids[i]][0];
    const char *paths[] = {temp_write(*state, "text", text, LENGTH)};
    ur_reading half = {.paths = paths, .path_count = 1, .begin = 0.5, .end = 1};
    ur_model *model = letters_model("embed 4 > lstm 9 > dense", TOKENS, KINDS, 0);
    ok(ur_read_places(model, &half, 3, WINDOW, read, &error), &error);
    size_t left = LENGTH / 2 - WINDOW;
    const size_t at[] = {LENGTH / 2, LENGTH / 2 + left / 2, LENGTH / 2 + left};
    for (size_t t = 0; t < WINDOW; t++)
        for (size_t b = 0; b < 3; b++) assert_int_equal(read[t * 3 + b], ids[at[b] + t]);
    assert_int_equal(ur_read_places(model, &half, 1, LENGTH / 2 + 1, read, &error), UR_ERR_DATA);
    check_text(*state, &error, "the text has 150 tokens, too few for 1 places of 151 tokens");
    half.begin = 1;
    assert_int_equal(ur_read_places(model, &half, 1, 1, read, &error), UR_ERR_USAGE);
    ur_model_free(model);
    ur_sizes sizes = {.symbols = KINDS, .outputs = KINDS};
    ok(ur_model_create(&model, "onehot > rnn 3 > dense", &sizes, 1, 0, NULL, &error), &error);
    assert_int_equal(ur_read_places(model, &half, 1, 1, read, &error), UR_ERR_USAGE);
    ur_model_free(model);
}

static ur_status follow_text(void *temp, const char *net, const char *text, size_t steps, double begin, ur_error *error)
{
    const char *paths[] = {temp_string(temp, "text", text)};
    ur_reading reading = {.paths = paths, .path_count = 1, .begin = begin, .end = 1};
    ur_model *model = letters_model(net, TOKENS, KINDS, 0);
    ur_flow *flow = make_flow(model, steps, 0, 0);
    ur_status status = ur_flow_text(flow, &reading, error);
    if (status == UR_OK) assert_int_equal(ur_flow_places(flow), 1);
    ur_flow_free(flow);
    ur_model_free(model);
    return status;
}

static void test_short_texts(void **state)
{
    ur_error error = {0};
    static const char net[] = "onehot > gru 5 > dense";
    ok(follow_text(*state, net, "abcd", 2, 0, &error), &error);
    assert_int_equal(follow_text(*state, net, "abc", 2, 0, &error), UR_ERR_DATA);
    check_text(*state, &error, "the text has 3 tokens; 2 steps back need 4; give a longer text or a smaller `back`");
    assert_int_equal(follow_text(*state, net, "abcdabcd", 3, 0.5, &error), UR_ERR_DATA);
    assert_int_equal(follow_text(*state, net, "abcd", 2, 1, &error), UR_ERR_USAGE);
}

/* Of ids; what has a recurrent layer may have a flow of a batch. */
static void refused(const char *net, const ur_sizes *sizes, const char *message)
{
    ur_error error = {0};
    ur_model *model;
    ur_flow *flow;
    const int32_t ids[WINDOW] = {0}, next = 0;
    ok(ur_model_create(&model, net, sizes, 1, 0, NULL, &error), &error);
    ur_status status = ur_flow_create(&flow, model, NULL, &error);
    assert_int_equal(status, ur_probe_layers(model) ? UR_OK : UR_ERR_USAGE);
    if (status == UR_OK) assert_int_equal(ur_flow_ids(flow, ids, &next, 1, &error), UR_ERR_USAGE);
    if (status != UR_OK) assert_null(flow);
    assert_non_null(strstr(error.text, message));
    ur_flow_free(flow);
    ur_model_free(model);
}

static void test_what_has_no_flow(void **state)
{
    (void)state;
    ur_error error = {0};
    ur_flow *flow;
    ur_sizes ids = {.symbols = KINDS, .outputs = KINDS}, numbers = {.features = 2, .outputs = 2};
    refused("onehot > dense", &ids, "has no recurrent layer");
    refused("rnn 3 > dense", &numbers, "reads ids and gives an output at every step");
    refused("onehot > rnn 3 bi > last > dense", &ids, "reads ids and gives an output at every step");
    refused("onehot > rnn 3 > mean > dense", &ids, "reads ids and gives an output at every step");
    refused("a: onehot > rnn 3; onehot > rnn 3 from a > dense", &ids, "of one line");
    ur_model *model = letters_model("onehot > rnn 3 > dense", TOKENS, KINDS, 0);
    ok(ur_model_use_weights(model, UR_WEIGHTS_BF16, &error), &error);
    assert_int_equal(ur_flow_create(&flow, model, NULL, &error), UR_ERR_USAGE);
    ur_model_free(model);
}

static void test_wrong_ids(void **state)
{
    (void)state;
    ur_error error = {0};
    int32_t ids[WINDOW] = {0}, next = KINDS;
    ur_model *model = letters_model("onehot > rnn 3 > dense", TOKENS, KINDS, 0);
    ur_flow *flow = make_flow(model, STEPS, WARM, 0);
    assert_int_equal(ur_flow_ids(flow, ids, &next, 1, &error), UR_ERR_DATA);
    assert_string_equal(error.text, "lane 0: the next token, 6, is not below the 6 outputs");
    next = 0, ids[3] = -1;
    assert_int_equal(ur_flow_ids(flow, ids, &next, 1, &error), UR_ERR_DATA);
    assert_int_equal(ur_flow_ids(flow, ids, &next, 0, &error), UR_ERR_USAGE);
    assert_int_equal(ur_flow_places(flow), 0);
    ids[3] = 0;
    ok(ur_flow_ids(flow, ids, &next, 1, &error), &error);
    ur_flow_free(flow);
    ur_model_free(model);
}

static void set_all(ur_model *model, const char *name, ur_real value)
{
    ur_parameter p;
    for (size_t i = 0; ur_model_parameter(model, i, &p); i++)
        for (size_t k = 0; strcmp(p.name, name) == 0 && k < p.size; k++) p.value[k] = value;
    ur_model_changed(model);
}

/* Tokens that are shut let nothing through: not a small number, none. */
static void test_dead_tokens(void **state)
{
    (void)state;
    ur_flow_layer shown;
    int32_t ids[WINDOW + 1] = {0};
    ur_model *model = letters_model("onehot > rnn 3 relu > dense", TOKENS, KINDS, 0);
    set_all(model, "rnn.bias_ih_l0", -100);
    ur_flow *flow = make_flow(model, STEPS, WARM, 0);
    follow(flow, ids, 0);
    assert_true(ur_flow_layer_at(flow, 0, &shown));
    assert_true(isfinite(shown.h[0]) && shown.alive[0] == 1);
    for (size_t k = 1; k <= STEPS; k++) assert_true(isnan(shown.h[k]) && shown.alive[k] == 0);
    assert_true(isinf(shown.jacobian[1]) && shown.jacobian[1] < 0);
    ur_flow_free(flow);
    ur_model_free(model);
}

/* A prediction that is all but certain has a gradient that is small, not lost: here p − 1 is about −e^−80. */
static void test_certain_prediction(void **state)
{
    (void)state;
    ur_parameter p;
    ur_flow_layer shown;
    int32_t ids[WINDOW + 1] = {0};
    ur_model *model = letters_model("onehot > rnn 3 > dense", TOKENS, KINDS, 0);
    for (size_t i = 0; ur_model_parameter(model, i, &p); i++)
        if (strcmp(p.name, "out.bias") == 0) p.value[0] = 80;
    ur_model_changed(model);
    ur_flow *flow = make_flow(model, STEPS, WARM, 0);
    follow(flow, ids, 0);
    assert_true(ur_flow_layer_at(flow, 0, &shown));
    assert_true(shown.h[0] > -90 && shown.h[0] < -70);
    ur_flow_free(flow);
    ur_model_free(model);
}

static void test_infinite_weights(void **state)
{
    (void)state;
    ur_error error = {0};
    int32_t ids[WINDOW + 1] = {0};
    ur_spectra *spectra;
    ur_model *model = letters_model("onehot > rnn 3 > dense", TOKENS, KINDS, 0);
    ur_flow *flow = make_flow(model, STEPS, WARM, 0);
    set_all(model, "rnn.weight_hh_l0", (ur_real)INFINITY);
    assert_int_equal(ur_flow_ids(flow, ids, ids + WINDOW, 1, &error), UR_ERR_NUMERIC);
    assert_int_equal(ur_spectra_create(&spectra, model, 0, &error), UR_ERR_NUMERIC);
    assert_string_equal(error.text, "rnn.weight_hh_l0: number 0 is not finite");
    assert_int_equal(ur_spectra_create(&spectra, model, 1, &error), UR_ERR_USAGE);
    assert_null(spectra);
    ur_flow_free(flow);
    ur_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_last),
        cmocka_unit_test(test_one_output),
        cmocka_unit_test(test_read_places),
        cmocka_unit_test(test_short_texts),
        cmocka_unit_test(test_what_has_no_flow),
        cmocka_unit_test(test_wrong_ids),
        cmocka_unit_test(test_dead_tokens),
        cmocka_unit_test(test_certain_prediction),
        cmocka_unit_test(test_infinite_weights),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
