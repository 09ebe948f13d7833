/* The numbers of a tensor in a file are copied or converted, and the first one that is not finite is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "format/model_file.h"

#include <math.h>
#include <stdio.h>

enum { COUNT = 200 };

static float narrow[COUNT];
static double wide[COUNT];

static ur_tensor_entry entry_of(ur_dtype dtype)
{
    bool f32 = dtype == UR_F32;
    for (size_t i = 0; i < COUNT; i++) wide[i] = (double)(narrow[i] = 1 / (float)(3 + i));
    return (ur_tensor_entry){.name = "w",
                             .dtype = dtype,
                             .data = f32 ? (const void *)narrow : (const void *)wide,
                             .bytes = f32 ? sizeof narrow : sizeof wide};
}

static const ur_dtype DTYPES[] = {UR_F32, UR_F64};

static void test_values(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        ur_error error = {0};
        real numbers[COUNT];
        ur_tensor_entry entry = entry_of(DTYPES[k]);
        assert_int_equal(ur_tensor_numbers(&entry, numbers, COUNT, "file", &error), UR_OK);
        for (size_t i = 0; i < COUNT; i++) assert_true(numbers[i] == (real)narrow[i]);
        assert_int_equal(ur_tensor_numbers(&entry, numbers, COUNT - 1, "file", &error), UR_ERR_FORMAT);
    }
}

static void refuse(ur_dtype dtype, size_t place, float odd)
{
    ur_error error = {0};
    char want[64];
    real numbers[COUNT];
    ur_tensor_entry entry = entry_of(dtype);
    for (size_t i = place; i < COUNT; i += 7) wide[i] = (double)(narrow[i] = odd);
    snprintf(want, sizeof want, "file: tensor w: number %zu is not finite", place);
    assert_int_equal(ur_tensor_numbers(&entry, numbers, COUNT, "file", &error), UR_ERR_FORMAT);
    assert_string_equal(error.text, want);
}

static void test_not_finite(void **state)
{
    (void)state;
    for (size_t place = 0; place < COUNT; place++)
        for (size_t k = 0; k < 2; k++) {
            refuse(DTYPES[k], place, INFINITY);
            refuse(DTYPES[k], place, -INFINITY);
            refuse(DTYPES[k], place, NAN);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_values), cmocka_unit_test(test_not_finite)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
