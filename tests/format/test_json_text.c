/* JSON values as they are read and written. The messages about broken texts are tested in test_tensor_file_parse.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "format/json_text.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

static json_t *read_text(const char *text)
{
    json_t *value = NULL;
    ur_error error = {0};
    if (ur_json_read(text, strlen(text), 0, &value, &error) != UR_OK) fail_msg("%s: %s", text, error.text);
    return value;
}

static void rewritten(const char *text, const char *expected)
{
    char *out = NULL;
    json_t *value = read_text(text);
    assert_int_equal(ur_json_write(value, &out, NULL), UR_OK);
    assert_string_equal(out, expected);
    free(out);
    json_decref(value);
}

static void test_values_of_every_kind(void **state)
{
    (void)state;
    const char *text = "{\"b\":[1,-2,true,false,null,\"x\"],\"a\":{\"c\":[]},\"\":{}}";
    rewritten(text, text);
    rewritten(" [ 1 ,\t{ } \n]\r ", "[1,{}]");
    rewritten("[\"\\u0041\\/\\u00e9\"]", "[\"A/é\"]");
    rewritten("[9223372036854775807,-9223372036854775808,-0]", "[9223372036854775807,-9223372036854775808,0]");
}

static void real_is(const char *text, double expected)
{
    json_t *value = read_text(text);
    double got = json_real_value(value);
    assert_true(json_is_real(value));
    assert_memory_equal(&got, &expected, sizeof got);
    json_decref(value);
}

static void read_reals(void)
{
    real_is("0.1", 0.1);
    real_is("-2.5e-3", -0.0025);
    real_is("1E+2", 100.0);
    real_is("1.7976931348623157e308", 1.7976931348623157e308);
}

/* Also in a locale with a decimal comma, if the machine has one. */
static void test_reals(void **state)
{
    (void)state;
    read_reals();
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8")) {
        print_message("left out: numbers in a locale with a decimal comma: there is no de_DE.UTF-8\n");
        return;
    }
    read_reals();
    setlocale(LC_NUMERIC, "C");
}

static void refused(const char *text, const char *message)
{
    json_t *value = NULL;
    ur_error error = {0};
    assert_int_equal(ur_json_read(text, strlen(text), 1000, &value, &error), UR_ERR_FORMAT);
    assert_string_equal(error.text, message);
    assert_null(value);
}

static void test_messages_count_from_the_origin(void **state)
{
    (void)state;
    refused("", "byte 1000: expected a value, and the JSON text ends");
    refused("[1", "byte 1002: expected \",\" or \"]\", and the JSON text ends");
    refused("1 1", "byte 1002: expected the end of the JSON text");
    refused("0.0000000000000000000000000000000000000000000000000000000000000001",
            "byte 1000: a number of more than 63 characters");
}

static void test_depth(void **state)
{
    (void)state;
    char text[2 * UR_JSON_DEPTH_MAX + 3] = {0};
    memset(text, '[', UR_JSON_DEPTH_MAX);
    memset(text + UR_JSON_DEPTH_MAX, ']', UR_JSON_DEPTH_MAX);
    rewritten(text, text);
    memset(text, '[', UR_JSON_DEPTH_MAX + 1);
    memset(text + UR_JSON_DEPTH_MAX + 1, ']', UR_JSON_DEPTH_MAX + 1);
    refused(text, "byte 1032: too many levels");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_of_every_kind),
        cmocka_unit_test(test_reals),
        cmocka_unit_test(test_messages_count_from_the_origin),
        cmocka_unit_test(test_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
