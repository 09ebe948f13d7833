/* A model's record in which a value has the wrong type or is too long is refused. The message names the key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "format/tensor_file.h"
#include "support/ok.h"
#include "support/place.h"
#include "unroll_train.h"

#include <jansson.h>

static const char *const TOKENS[] = {"a", "b"};

static void save_model(const char *path)
{
    ur_model *model;
    ur_error error = {0};
    ok(ur_model_create(&model, "embed 2 > gru 2 > dense", &(ur_sizes){.symbols = 3, .outputs = 3}, 1, 0, NULL, &error),
       &error);
    ok(ur_model_set_tokens(model, "char", TOKENS, 2, true, &error), &error);
    ok(ur_model_save(model, path, &error), &error);
    ur_model_free(model);
}

/* Writes the file again, with another value in its record. */
static void change_record(const char *path, const char *key, json_t *value)
{
    ur_tensor_file file;
    ur_error error = {0};
    ok(ur_tensor_file_read(&file, path, &error), &error);
    json_t *record = json_loads(json_string_value(json_object_get(file.metadata, "unroll")), 0, NULL);
    assert_int_equal(json_object_set_new(record, key, value), 0);
    char *text = json_dumps(record, 0);
    const char *metadata[] = {"unroll", text};
    ok(ur_tensor_file_write(path, file.entries, file.count, metadata, 1, &error), &error);
    free(text);
    json_decref(record);
    ur_tensor_file_free(&file);
}

static void check(const char *key, json_t *value, const char *message)
{
    ur_model *model;
    ur_error error = {0};
    char expected[600];
    const char *path = in_scratch(&place, "model");
    save_model(path);
    change_record(path, key, value);
    ur_status status = ur_model_load(&model, path, NULL, &error);
    assert_int_equal(status, message ? UR_ERR_FORMAT : UR_OK);
    snprintf(expected, sizeof expected, "%s: %s", path, message ? message : "");
    if (message) assert_string_equal(error.text, expected);
    ur_model_free(model);
}

static void test_values_of_a_wrong_kind(void **state)
{
    (void)state;
    check("task", json_string("a task with a name of 31 bytes.."), "the record's \"task\" is not the name of a task");
    check("task", json_integer(7), "the record's \"task\" is not the name of a task");
    check("task", json_string("a task with a name of 31 bytes."), NULL);
    check("unknown", json_string("yes"), "the record's \"unknown\" is missing or has the wrong type");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_values_of_a_wrong_kind, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
