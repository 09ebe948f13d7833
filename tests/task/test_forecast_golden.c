/*
 * The scores that eval finds for three small models, against tests/golden/forecast_oracle.py, which computes them in
 * double precision from the weights alone. One model gives the whole horizon at once in quantiles, one goes step by
 * step over missing values, and one forecasts logarithms.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/file.h"
#include "unroll_train.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *golden_path(const char *name, char path[1024])
{
    const char *folder = getenv("UNROLL_GOLDEN");
    assert_true(snprintf(path, 1024, "%s/%s", folder ? folder : "tests/golden", name) < 1024);
    return path;
}

/* Evaluates in batches of `batch` windows, on `threads` threads. */
static json_t *judge(const char *name, const char *batch, const char *threads)
{
    char path[1024], *text;
    ur_model *model;
    ur_settings *settings;
    ur_error error;
    if (ur_model_load(&model, golden_path(name, path), NULL, &error) != UR_OK) fail_msg("%s", error.text);
    if (ur_settings_of_model(&settings, model, &error) != UR_OK) fail_msg("%s", error.text);
    assert_int_equal(ur_settings_add_data(settings, golden_path("forecast.csv", path), &error), UR_OK);
    assert_int_equal(ur_settings_set(settings, "batch", batch, &error), UR_OK);
    assert_int_equal(ur_settings_set(settings, "threads", threads, &error), UR_OK);
    if (ur_judge(model, settings, &text, &error) != UR_OK) fail_msg("%s", error.text);
    json_t *result = json_loads(text, 0, NULL);
    assert_non_null(result);
    free(text);
    ur_settings_free(settings);
    ur_model_free(model);
    return result;
}

/* "below_0.1" is the share of values at or below that quantile. */
static double find_number(const json_t *result, const char *key)
{
    const json_t *value = json_object_get(result, key);
    if (strncmp(key, "below_", 6) == 0) value = json_object_get(json_object_get(result, "coverage"), key + 6);
    if (!json_is_number(value)) fail_msg("there is no %s", key);
    return json_number_value(value);
}

static void check_model(const char *model, const char *expected, size_t numbers)
{
    char path[1024];
    json_t *want = json_load_file(golden_path(expected, path), 0, NULL), *got = judge(model, "32", "1"), *value;
    const char *key;
    assert_non_null(want);
    assert_int_equal(json_object_size(want), numbers);
    json_object_foreach(want, key, value)
    {
        double w = json_number_value(value), g = find_number(got, key);
        if (!(fabs(g - w) <= 1e-6 * fabs(w))) fail_msg("%s: %s is %.12g instead of %.12g", model, key, g, w);
    }
    assert_string_equal(json_string_value(json_object_get(got, "part")), "test");
    json_decref(want);
    json_decref(got);
}

static void test_direct(void **state)
{
    (void)state;
    check_model("forecast-direct.safetensors", "forecast-direct.json", 21);
}

static void test_step(void **state)
{
    (void)state;
    check_model("forecast-step.safetensors", "forecast-step.json", 18);
}

static void test_log(void **state)
{
    (void)state;
    check_model("forecast-log.safetensors", "forecast-log.json", 18);
}

/* A forecast does not depend on the other forecasts of its batch. */
static void test_batches(void **state)
{
    (void)state;
    static const char *const models[] = {"forecast-direct.safetensors", "forecast-step.safetensors"};
    static const char *const keys[] = {"mse", "mae", "mse_data", "mae_data", "linear_mse"};
    for (size_t i = 0; i < 2; i++) {
        json_t *one = judge(models[i], "1", "1"), *many = judge(models[i], "29", "3");
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
            assert_true(find_number(one, keys[k]) == find_number(many, keys[k]));
        json_decref(one);
        json_decref(many);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_direct), cmocka_unit_test(test_step),
                                       cmocka_unit_test(test_log), cmocka_unit_test(test_batches)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
