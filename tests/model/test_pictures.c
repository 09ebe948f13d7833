/*
 * Networks that see pictures: sizes that are no picture are refused; a file keeps the picture's size and the filters' shape,
 * and gives the same bits, with small weights, too; pooling keeps what is not a number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/numbers.h"
#include "support/ok.h"

#include "unroll_train.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROWS = 5, COLUMNS = 6, CHANNELS = 2, NUMBERS = ROWS * COLUMNS * CHANNELS, STEPS = 4, OUTPUTS = 3 };

#define NET "conv 5 3x2 relu > pool 2 > dropout 0.1 > gru 4 > dense 3"

static const ur_sizes PICTURE = {.rows = ROWS, .columns = COLUMNS, .channels = CHANNELS};

static void refuse(const char *net, const ur_sizes *sizes, const char *message)
{
    ur_error error = {0};
    ur_model *model;
    assert_int_equal(ur_model_create(&model, net, sizes, 1, 0, NULL, &error), UR_ERR_USAGE);
    assert_null(model);
    assert_string_equal(error.text, message);
}

static void test_no_picture(void **state)
{
    (void)state;
    const ur_sizes numbers = {.features = 60}, other = {.features = 61, .rows = 5, .columns = 6, .channels = 2};
    const ur_sizes large = {.rows = 2048, .columns = 1024}, ids = {.symbols = 5};
    const ur_sizes long_one = {.rows = 1 << 20, .columns = 1};
    refuse("conv 2 3x3 > dense 3", &numbers,
           "network line, column 1: \"conv\" needs a picture of known size; set ur_sizes.rows, columns and channels");
    refuse("dense 60 > pool 2 > dense 3", &PICTURE,
           "network line, column 12: \"pool\" needs a picture, but the layer before it does not give one");
    refuse("embed 4 > conv 2 3x3 > dense 3", &ids,
           "network line, column 11: \"conv\" needs a picture, but the layer before it does not give one");
    refuse("conv 2 3x3 > dense 3", &other, "61 features do not make a picture of 5 x 6 x 2");
    refuse("conv 2 3x3 > dense 3", &large, "a picture of 2048 x 1024 x 1; it may have 1 to 1048576 values");
    refuse("conv 2 3x3 > pool 6 > dense 3", &PICTURE,
           "network line, column 14: \"pool 6\" of a picture of 5 x 6 leaves nothing");
    refuse("conv 1 1x64 > dense 3", &long_one,
           "network line, column 1: 1 filters of 1x64 over a picture of 1048576 x 1 are too large");
    refuse("conv 100000 3x3 > dense 3", &PICTURE,
           "network line, column 1: 100000 filters of 3x3 over a picture of 5 x 6 are too large");
}

/* The outputs of some steps. */
static void step(const ur_model *model, const real *x, real *out)
{
    ur_error error = {0};
    ur_state *state;
    ok(ur_state_create(&state, model, 1, &error), &error);
    for (size_t t = 0; t < STEPS; t++) ur_step_values(model, state, x + t * NUMBERS, out + t * OUTPUTS);
    ur_state_free(state);
}

static void check_file(ur_weights weights)
{
    char path[] = "/tmp/unroll-picturesXXXXXX";
    ur_error error = {0};
    ur_model *model, *loaded;
    ur_parameter filters;
    real x[STEPS * NUMBERS], before[STEPS * OUTPUTS], after[STEPS * OUTPUTS];
    fill_random(x, STEPS * NUMBERS, 1, 1);
    close(mkstemp(path));
    ok(ur_model_create(&model, NET, &PICTURE, 1, 0, NULL, &error), &error);
    ok(ur_model_use_weights(model, weights, &error), &error);
    ok(ur_model_save(model, path, &error), &error);
    ok(ur_model_load(&loaded, path, NULL, &error), &error);
    assert_true(ur_model_weights(loaded) == weights && ur_model_features(loaded) == NUMBERS);
    assert_true(ur_model_parameter(loaded, 0, &filters));
    assert_string_equal(filters.name, "conv.weight");
    assert_true(filters.rank == 4 && filters.shape[0] == 5 && filters.shape[1] == CHANNELS && filters.shape[2] == 3 &&
                filters.shape[3] == 2);
    step(model, x, before);
    step(loaded, x, after);
    assert_same("a loaded model", after, before, STEPS * OUTPUTS);
    ur_model_free(model);
    ur_model_free(loaded);
    unlink(path);
}

static void test_files(void **state)
{
    (void)state;
    check_file(UR_WEIGHTS_F32);
    check_file(UR_WEIGHTS_BF16);
    check_file(UR_WEIGHTS_INT8);
}

/* Two pictures of 2 x 3 places of 2 channels: what stands where, with row and column behind it. */
static void test_places(void **state)
{
    (void)state;
    ur_error error = {0};
    ur_model *model;
    ur_learner *learner;
    const ur_sizes sizes = {.rows = 2, .columns = 3, .channels = 2};
    real x[2 * 12], out[6 * 2 * 4];
    for (int i = 0; i < 24; i++) x[i] = (real)i;
    ur_learning learning = ur_learning_default();
    ur_batch batch = {.input = {{.steps = 1, .lanes = 2, .values = x}}};
    ok(ur_model_create(&model, "places", &sizes, 1, 0, NULL, &error), &error);
    ok(ur_learner_create(&learner, model, &learning, &error), &error);
    ok(ur_predict(learner, &batch, out, &error), &error);
    for (int place = 0; place < 6; place++)
        for (int lane = 0; lane < 2; lane++) {
            const real *y = out + (place * 2 + lane) * 4;
            assert_true(y[0] == (real)(12 * lane + 2 * place) && y[1] == y[0] + 1);
            assert_true(y[2] == (real)(place / 3 * 2 - 1) && y[3] == (real)(place % 3 - 1));
        }
    batch.input[0] = (ur_sequences){.steps = 2, .lanes = 1, .values = x};
    assert_int_equal(ur_predict(learner, &batch, out, &error), UR_ERR_USAGE);
    assert_string_equal(error.text, "\"places\" takes one picture per lane, not 2");
    ur_learner_free(learner);
    ur_model_free(model);
    refuse("dense 60 > places", &PICTURE,
           "network line, column 12: \"places\" needs a picture, but the layer before it does not give one");
}

static void test_pooling_keeps_what_is_no_number(void **state)
{
    (void)state;
    ur_error error = {0};
    ur_model *model;
    ur_state *one;
    const ur_sizes sizes = {.rows = 2, .columns = 5};
    real x[10] = {1, 2, -1, -2, 9, 0, (real)NAN, -3, -4, 9}, out[2];
    ok(ur_model_create(&model, "pool 2", &sizes, 1, 0, NULL, &error), &error);
    ok(ur_state_create(&one, model, 1, &error), &error);
    ur_step_values(model, one, x, out);
    assert_true(isnan(out[0]));
    assert_true(out[1] == -1);
    ur_state_free(one);
    ur_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_picture), cmocka_unit_test(test_files),
                                       cmocka_unit_test(test_places),
                                       cmocka_unit_test(test_pooling_keeps_what_is_no_number)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
