/*
 * Models with small weights: bf16 is the f32 model with the rounded weights; a file keeps them and gives the same bits;
 * rounding twice changes nothing; a file that was changed is refused with the tensor's name; none is trained.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "format/tensor_file.h"
#include "model/model.h"
#include "support/numbers.h"
#include "support/ok.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SYMBOLS = 21, STEPS = 12 };

static const char *const LINES[] = {"embed 18 > lstm 37 x2 > dense", "onehot > gru 35 > dense 20 tanh > dense",
                                    "embed 18 > gru-before 19 > rnn 18 > dense tied"};

static ur_model *new_model(const char *line)
{
    ur_error error = {0};
    ur_model *model;
    ur_sizes sizes = {.symbols = SYMBOLS, .outputs = SYMBOLS};
    ok(ur_model_create(&model, line, &sizes, 3, 0, NULL, &error), &error);
    return model;
}

static ur_model *small_model(const char *line, ur_weights weights)
{
    ur_error error = {0};
    ur_model *model = new_model(line);
    ok(ur_model_use_weights(model, weights, &error), &error);
    assert_int_equal(ur_model_weights(model), weights);
    return model;
}

/* The outputs of some steps; free() them. */
static real *outputs_of(const ur_model *model)
{
    ur_error error = {0};
    ur_state *state;
    size_t n = ur_model_outputs(model);
    real *out = zeros(STEPS * n, sizeof(real));
    ok(ur_state_create(&state, model, 1, &error), &error);
    for (int32_t t = 0; t < STEPS; t++) {
        int32_t id = 5 * t % SYMBOLS;
        ur_step(model, state, &id, out + (size_t)t * n);
    }
    ur_state_free(state);
    return out;
}

static void assert_same_outputs(const char *what, const ur_model *a, const ur_model *b)
{
    real *x = outputs_of(a), *y = outputs_of(b);
    assert_same(what, x, y, STEPS * ur_model_outputs(a));
    free(x);
    free(y);
}

static bool same_values(const ur_model *a, const ur_model *b)
{
    return memcmp(a->values, b->values, a->numbers * sizeof(real)) == 0;
}

static void test_bf16_is_f32_with_rounded_weights(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        ur_error error = {0};
        ur_model *whole = new_model(LINES[i]), *small = small_model(LINES[i], UR_WEIGHTS_BF16);
        ur_model *wide = small_model(LINES[i], UR_WEIGHTS_BF16);
        ok(ur_model_use_weights(wide, UR_WEIGHTS_F32, &error), &error);
        assert_false(same_values(whole, small));
        assert_true(same_values(wide, small));
        assert_same_outputs(LINES[i], small, wide);
        ur_model_free(whole);
        ur_model_free(small);
        ur_model_free(wide);
    }
}

/* A second rounding, and one after ur_model_changed, find what they would make. */
static void test_rounding_stays(void **state)
{
    (void)state;
    for (int weights = UR_WEIGHTS_BF16; weights <= UR_WEIGHTS_INT8; weights++) {
        ur_error error = {0};
        ur_model *once = small_model(LINES[0], (ur_weights)weights),
                 *twice = small_model(LINES[0], (ur_weights)weights);
        ok(ur_model_use_weights(twice, UR_WEIGHTS_F32, &error), &error);
        ok(ur_model_use_weights(twice, (ur_weights)weights, &error), &error);
        ur_model_changed(twice);
        assert_true(same_values(once, twice));
        assert_same_outputs("rounded twice", twice, once);
        ur_model_free(once);
        ur_model_free(twice);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    ur_error error = {0};
    ur_learner *learner;
    ur_learning learning = ur_learning_default();
    ur_model *model = small_model(LINES[0], UR_WEIGHTS_INT8);
    assert_int_equal(ur_learner_create(&learner, model, &learning, &error), UR_ERR_USAGE);
    assert_non_null(strstr(error.text, "a model with int8 weights cannot be trained"));
    ur_model_free(model);

    model = new_model(LINES[0]);
    assert_int_equal(ur_model_use_weights(model, (ur_weights)3, &error), UR_ERR_USAGE);
    ok(ur_learner_create(&learner, model, &learning, &error), &error);
    assert_int_equal(ur_model_use_weights(model, UR_WEIGHTS_BF16, &error), UR_ERR_USAGE);
    assert_non_null(strstr(error.text, "keeps its f32 weights"));
    ur_learner_free(learner);
    ur_model_free(model);

    real *before;
    model = new_model(LINES[0]);
    model->params[1].value[7] = (real)3.4e38; /* bf16 has no such number */
    ur_model_changed(model);
    before = outputs_of(model);
    assert_int_equal(ur_model_use_weights(model, UR_WEIGHTS_BF16, &error), UR_ERR_NUMERIC);
    assert_non_null(strstr(error.text, "rnn.weight_ih_l0: number 7 is 3.4e+38 and cannot be rounded to bf16"));
    assert_int_equal(ur_model_weights(model), UR_WEIGHTS_F32);
    real *after = outputs_of(model);
    assert_same("after a refusal", after, before, STEPS * ur_model_outputs(model));
    model->params[1].value[7] = (real)NAN;
    assert_int_equal(ur_model_use_weights(model, UR_WEIGHTS_INT8, &error), UR_ERR_NUMERIC);
    free(before);
    free(after);
    ur_model_free(model);

    ur_sizes sizes = {.features = 2, .outputs = 1};
    ok(ur_model_create(&model, "dense 32769 > dense", &sizes, 1, 0, NULL, &error), &error);
    assert_int_equal(ur_model_use_weights(model, UR_WEIGHTS_INT8, &error), UR_ERR_UNSUPPORTED);
    assert_non_null(strstr(error.text, "layer 2 sums 32769 products"));
    ok(ur_model_use_weights(model, UR_WEIGHTS_BF16, &error), &error);
    ur_model_free(model);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static char path[64];

static int make_path(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "/tmp/unroll-small-XXXXXX");
    int file = mkstemp(path);
    return file < 0 ? -1 : close(file);
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

static void test_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (int weights = UR_WEIGHTS_BF16; weights <= UR_WEIGHTS_INT8; weights++) {
            ur_error error = {0};
            ur_model *model = small_model(LINES[i], (ur_weights)weights), *again;
            ok(ur_model_save(model, path, &error), &error);
            ok(ur_model_load(&again, path, NULL, &error), &error);
            assert_int_equal(ur_model_weights(again), weights);
            assert_true(same_values(model, again));
            assert_same_outputs(LINES[i], again, model);
            ur_model_free(model);
            ur_model_free(again);
        }
}

/* A small int8 model's file, one tensor of which is changed by `change`. */
typedef void change(ur_tensor_entry *entry, unsigned char *data);

static void load_changed(const char *tensor, change *how, const char *message)
{
    ur_error error = {0};
    ur_tensor_file file;
    ur_model *model;
    ok(ur_tensor_file_read(&file, path, &error), &error);
    ur_tensor_entry *e = (ur_tensor_entry *)(uintptr_t)ur_tensor_file_find(&file, tensor);
    assert_non_null(e);
    unsigned char *data = zeros(4 * e->bytes, 1);
    memcpy(data, e->data, e->bytes);
    e->data = data;
    how(e, data);
    char changed[80];
    const char *metadata[] = {"unroll", json_string_value(json_object_get(file.metadata, "unroll"))};
    snprintf(changed, sizeof changed, "%s.changed", path);
    ok(ur_tensor_file_write(changed, file.entries, file.count, metadata, 1, &error), &error);
    assert_int_equal(ur_model_load(&model, changed, NULL, &error), UR_ERR_FORMAT);
    if (!strstr(error.text, message)) fail_msg("\"%s\" is not in \"%s\"", message, error.text);
    assert_null(model);
    unlink(changed);
    free(data);
    ur_tensor_file_free(&file);
}

static void beyond_range(ur_tensor_entry *e, unsigned char *data)
{
    (void)e;
    data[0] = 0x80;
}
static void no_largest(ur_tensor_entry *e, unsigned char *data) { memset(data, 1, e->shape[1]); }
static void longer_scale(ur_tensor_entry *e, unsigned char *data)
{
    (void)e;
    data[0] |= 1;
}
static void infinite_scale(ur_tensor_entry *e, unsigned char *data)
{
    (void)e;
    memcpy(data, &(float){INFINITY}, 4);
}
static void negative_scale(ur_tensor_entry *e, unsigned char *data)
{
    (void)e;
    data[3] |= 0x80;
}
static void other_name(ur_tensor_entry *e, unsigned char *data)
{
    (void)data;
    e->name[0] = 'x';
}
static void as_bf16(ur_tensor_entry *e, unsigned char *data)
{
    (void)data;
    e->bytes = 2 * e->shape[0] * (e->rank > 1 ? e->shape[1] : 1);
    e->dtype = UR_BF16;
}
static void as_f32(ur_tensor_entry *e, unsigned char *data)
{
    memset(data, 0, 4 * e->bytes);
    e->dtype = UR_F32;
    e->bytes *= 4;
}
static void as_unsigned(ur_tensor_entry *e, unsigned char *data)
{
    (void)data;
    e->bytes = e->shape[0] * (e->rank > 1 ? e->shape[1] : 1);
    e->dtype = UR_U8;
}
static void shorter(ur_tensor_entry *e, unsigned char *data)
{
    (void)data;
    e->shape[0]--;
    e->bytes -= 4;
}
static void not_finite(ur_tensor_entry *e, unsigned char *data)
{
    (void)e;
    data[6] = 0x80;
    data[7] = 0x7f;
}

static void save_small(ur_weights weights)
{
    ur_error error = {0};
    ur_model *model = small_model(LINES[0], weights);
    ok(ur_model_save(model, path, &error), &error);
    ur_model_free(model);
}

static void test_changed_files(void **state)
{
    (void)state;
    save_small(UR_WEIGHTS_INT8);
    load_changed("rnn.weight_ih_l0", beyond_range, "tensor rnn.weight_ih_l0, row 0: scale ");
    load_changed("rnn.weight_ih_l0", no_largest,
                 "is not valid with these numbers: scales have 17 bits and are not negative, and the largest number of "
                 "a row is 127");
    load_changed("rnn.weight_ih_l0", as_bf16, "tensor embed.weight has int8 weights, but rnn.weight_ih_l0 has bf16");
    load_changed("rnn.weight_ih_l0", as_f32, "tensor embed.weight has int8 weights, but rnn.weight_ih_l0 has f32");
    load_changed("embed.weight", as_f32, "tensor embed.weight has f32 weights, but rnn.weight_ih_l0 has int8");
    load_changed("embed.weight", as_unsigned, "tensor embed.weight is neither F32 nor F64");
    load_changed("rnn.weight_ih_l0.scale", longer_scale, "row 0: scale");
    load_changed("rnn.weight_ih_l0.scale", infinite_scale, "row 0: scale inf");
    load_changed("rnn.weight_ih_l0.scale", negative_scale, "row 0: scale -");
    load_changed("rnn.weight_ih_l0.scale", shorter, "must be a list of 148 F32 numbers, one for each row");
    load_changed("rnn.weight_ih_l0.scale", as_unsigned, "must be a list of 148 F32 numbers, one for each row");
    load_changed("rnn.weight_ih_l0.scale", other_name, "is I8, but its scales are missing: rnn.weight_ih_l0.scale");
    load_changed("out.bias", as_bf16, "out.bias");
    save_small(UR_WEIGHTS_BF16);
    load_changed("rnn.weight_hh_l1", not_finite, "tensor rnn.weight_hh_l1: number 3 is not finite");
    load_changed("rnn.bias_hh_l1", other_name, "tensor rnn.bias_hh_l1 is missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bf16_is_f32_with_rounded_weights),
        cmocka_unit_test(test_rounding_stays),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test_setup_teardown(test_files, make_path, remove_path),
        cmocka_unit_test_setup_teardown(test_changed_files, make_path, remove_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
