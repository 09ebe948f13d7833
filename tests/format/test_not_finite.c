/* What no reader would take is not written: weights, and what a checkpoint holds beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/ok.h"
#include "support/place.h"

#include "format/model_file.h"

#include <math.h>

static ur_model *make_model(void)
{
    const ur_sizes sizes = {.symbols = 3, .outputs = 3};
    ur_model *model;
    ur_error error;
    ok(ur_model_create(&model, "onehot > rnn 4 > dense", &sizes, 1, 0, NULL, &error), &error);
    return model;
}

static void refuses(const ur_model *model, const ur_tensor_entry *extra, size_t count, const char *said)
{
    ur_error error = {0};
    const char *path = in_scratch(&place, "model");
    assert_int_equal(ur_model_write(model, path, extra, count, &error), UR_ERR_NUMERIC);
    assert_string_equal(error.text, said);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void test_weights(void **state)
{
    static const float odd[] = {INFINITY, -INFINITY, NAN};
    (void)state;
    ur_model *model = make_model();
    ur_parameter p;
    for (size_t i = 0; ur_model_parameter(model, i, &p); i++) {
        char said[128];
        ur_real before = p.value[p.size - 1];
        snprintf(said, sizeof said, "tensor %s is not finite; the model was not saved", p.name);
        p.value[p.size - 1] = odd[i % 3];
        refuses(model, NULL, 0, said);
        p.value[p.size - 1] = before;
    }
    ur_error error;
    ok(ur_model_save(model, in_scratch(&place, "model"), &error), &error);
    unlink(in_scratch(&place, "model"));
    ur_model_free(model);
}

static void test_checkpoint(void **state)
{
    (void)state;
    real memory[5] = {0, 1, 2, (real)INFINITY, 4};
    ur_tensor_entry extra = {.name = "unroll.optimizer.second",
                             .dtype = sizeof(real) == 8 ? UR_F64 : UR_F32,
                             .rank = 1,
                             .shape = {5},
                             .data = memory,
                             .bytes = sizeof memory};
    ur_model *model = make_model();
    refuses(model, &extra, 1, "tensor unroll.optimizer.second is not finite; the model was not saved");
    ur_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_weights), cmocka_unit_test(test_checkpoint)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
