/* Times: how they are read and written, and the calendar compared with the C library's. */
#define _GNU_SOURCE /* for timegm */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/table/date.h"

#include <string.h>
#include <time.h>

static void check(const char *text, long long seconds)
{
    ur_date_form form;
    int64_t read;
    char again[UR_DATE_TEXT];
    if (!ur_date_read(text, strlen(text), &form, &read)) fail_msg("%s is not read", text);
    if (read != seconds) fail_msg("%s: %lld instead of %lld", text, (long long)read, seconds);
    ur_date_write(read, form, again);
    assert_string_equal(again, text);
}

static void test_forms(void **state)
{
    (void)state;
    check("1970-01-01", 0);
    check("1969-12-31", -86400);
    check("2016-07-01 01:30:00", 1467336600);
    check("2016-07-01T01:30", 1467336600);
    check("2016-07-01T01:30:07Z", 1467336607);
    check("2016/07/01", 1467331200);
    check("1949-02", -660009600);
    check("1700", -8520336000);
    check("1467331200", 1467331200);
    check("1467331200000", 1467331200);
}

static void test_what_is_none(void **state)
{
    (void)state;
    static const char *const none[] = {
        "",
        "12",
        "12.5",
        "2016-13",
        "2016-02-30",
        "2016-00-01",
        "2016-01-01 25:00",
        "2016-01-01x",
        "2016-1-",
        "2016-01/01",
        "2016-01-01 12:60",
        "2016-01-01 12:00:",
        "Monday",
        "12345678",
    };
    ur_date_form form;
    int64_t seconds;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (ur_date_read(none[i], strlen(none[i]), &form, &seconds)) fail_msg("%s is read", none[i]);
}

static void test_beside_the_c_library(void **state)
{
    (void)state;
    for (int64_t seconds = -12000000000; seconds < 12000000000; seconds += 86400 * 11 + 3601) {
        time_t t = (time_t)seconds;
        struct tm tm;
        assert_non_null(gmtime_r(&t, &tm));
        ur_date_parts p = ur_date_split(seconds);
        assert_int_equal(p.year, tm.tm_year + 1900);
        assert_int_equal(p.month, tm.tm_mon + 1);
        assert_int_equal(p.day, tm.tm_mday);
        assert_int_equal(p.second, tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec);
        assert_int_equal(p.weekday, (tm.tm_wday + 6) % 7);
        assert_int_equal(p.day_of_year, tm.tm_yday);
    }
}

static void test_months(void **state)
{
    (void)state;
    ur_date_form form;
    int64_t seconds;
    char text[UR_DATE_TEXT];
    assert_true(ur_date_read("2023-12-31 06:00", 16, &form, &seconds));
    ur_date_write(ur_date_add_months(seconds, 2), form, text);
    assert_string_equal(text, "2024-02-29 06:00");
    ur_date_write(ur_date_add_months(seconds, -13), form, text);
    assert_string_equal(text, "2022-11-30 06:00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_what_is_none),
        cmocka_unit_test(test_beside_the_c_library),
        cmocka_unit_test(test_months),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
