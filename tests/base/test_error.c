/* Errors: what is filled in, what is cut, and what is shown in place of control characters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static void test_fills_and_returns(void **state)
{
    (void)state;
    ur_error error = {0};
    assert_int_equal(ur_fail(&error, UR_ERR_DATA, "%s has %d lines", "a.txt", 3), UR_ERR_DATA);
    assert_int_equal(error.status, UR_ERR_DATA);
    assert_string_equal(error.text, "a.txt has 3 lines");
}

static void test_null_error(void **state)
{
    (void)state;
    assert_int_equal(ur_fail(NULL, UR_ERR_IO, "%d", 1), UR_ERR_IO);
    assert_int_equal(ur_fail_in(NULL, UR_ERR_FORMAT, "x"), UR_ERR_FORMAT);
    assert_int_equal(ur_fail_memory(NULL, "x"), UR_ERR_MEMORY);
}

static void test_prefix(void **state)
{
    (void)state;
    ur_error error;
    ur_fail(&error, UR_ERR_DATA, "line %d: no number", 7);
    assert_int_equal(ur_fail_in(&error, UR_ERR_FORMAT, "table.csv"), UR_ERR_FORMAT);
    assert_int_equal(error.status, UR_ERR_FORMAT);
    assert_string_equal(error.text, "table.csv: line 7: no number");
}

static void test_text_may_be_its_own_argument(void **state)
{
    (void)state;
    ur_error error;
    ur_fail(&error, UR_ERR_DATA, "inner");
    ur_fail(&error, UR_ERR_DATA, "%s, and %s", error.text, error.text);
    assert_string_equal(error.text, "inner, and inner");
}

static void test_memory(void **state)
{
    (void)state;
    ur_error error;
    assert_int_equal(ur_fail_memory(&error, "the weights"), UR_ERR_MEMORY);
    assert_int_equal(error.status, UR_ERR_MEMORY);
    assert_string_equal(error.text, "not enough memory for the weights");
}

static void test_control_characters(void **state)
{
    (void)state;
    ur_error error;
    ur_fail(&error, UR_ERR_DATA, "a\nb\tc\x1b[31m\x7f d");
    assert_string_equal(error.text, "a\\x0ab\\x09c\\x1b[31m\\x7f d");
    ur_fail(&error, UR_ERR_DATA, "c1 \xc2\x9b, not \xc2\xa0");
    assert_string_equal(error.text, "c1 \\xc2\\x9b, not \xc2\xa0");
    ur_fail(&error, UR_ERR_DATA, "bad \xff \xe2\x82 end \xe2\x82");
    assert_string_equal(error.text, "bad \\xff \\xe2\\x82 end \\xe2\\x82");
}

static bool is_utf8(const char *text)
{
    size_t length = strlen(text);
    while (length > 0) {
        uint32_t code;
        int size = ur_utf8_decode((const unsigned char *)text, length, &code);
        if (size < 1) return false;
        text += size;
        length -= (size_t)size;
    }
    return true;
}

/*
 * Fills a text with `lead` letters and then the same character again and again, so that the cut falls at every byte of
 * that character.
 */
static void check_cut(size_t lead, const char *character, size_t shown_size)
{
    enum { CAPACITY = sizeof((ur_error *)0)->text };
    char long_text[3 * CAPACITY];
    size_t size = strlen(character), length = lead;
    memset(long_text, 'a', lead);
    for (; length + size < sizeof long_text; length += size) memcpy(long_text + length, character, size);
    long_text[length] = 0;
    ur_error error;
    memset(&error, 'x', sizeof error);
    ur_fail(&error, UR_ERR_DATA, "%s", long_text);
    size_t fits = (CAPACITY - 1 - lead) / shown_size;
    assert_int_equal(strlen(error.text), lead + fits * shown_size);
    assert_true(is_utf8(error.text));
    ur_fail_in(&error, UR_ERR_DATA, "abcdefghi");
    assert_memory_equal(error.text, "abcdefghi: ", 11);
    assert_true(is_utf8(error.text));
    assert_true(strlen(error.text) <= CAPACITY - 1 && strlen(error.text) > CAPACITY - 1 - shown_size);
}

static void test_cut_at_a_character(void **state)
{
    (void)state;
    for (size_t lead = 0; lead < 12; lead++) {
        check_cut(lead, "b", 1);
        check_cut(lead, "\xc3\xa9", 2);
        check_cut(lead, "\xe2\x82\xac", 3);
        check_cut(lead, "\xf0\x9f\x8c\x80", 4);
        check_cut(lead, "\x01", 4);
    }
}

/* A path of any length must not push out the cause that follows it. */
static void test_cause_behind_a_long_text(void **state)
{
    static char path[100000];
    (void)state;
    for (size_t length = 400; length < sizeof path; length = length < 600 ? length + 1 : 3 * length) {
        ur_error error;
        memset(path, 'p', length);
        memcpy(path, "first", 5);
        memcpy(path + length - 4, "last", 5);
        ur_fail(&error, UR_ERR_IO, "%s: no such file or folder", path);
        ur_fail_in(&error, UR_ERR_IO, "verb");
        assert_memory_equal(error.text, "verb: first", 11);
        assert_string_equal(strstr(error.text, "last"), "last: no such file or folder");
        assert_true(is_utf8(error.text));
    }
}

static ur_status tried(ur_status status, int *reached)
{
    UR_TRY(status);
    *reached += 1;
    return UR_OK;
}

static void test_try(void **state)
{
    (void)state;
    int reached = 0;
    assert_int_equal(tried(UR_ERR_BUSY, &reached), UR_ERR_BUSY);
    assert_int_equal(reached, 0);
    assert_int_equal(tried(UR_OK, &reached), UR_OK);
    assert_int_equal(reached, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fills_and_returns),
        cmocka_unit_test(test_null_error),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_text_may_be_its_own_argument),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_cut_at_a_character),
        cmocka_unit_test(test_cause_behind_a_long_text),
        cmocka_unit_test(test_try),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
