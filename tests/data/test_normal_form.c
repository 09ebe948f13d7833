/* Normal form C: what is composed, what stays unchanged, and the message of a build without utf8proc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/normal_form.h"
#include "support/ok.h"
#include "unroll_train.h"

#include <string.h>

static void becomes(const char *text, const char *wanted)
{
    ur_normal_form form = {0};
    ur_field field = {text, strlen(text)};
    ur_error error;
    if (ur_makes_normal_form()) {
        ok(ur_normalise(&form, &field, &error), &error);
        assert_int_equal(field.length, strlen(wanted));
        assert_memory_equal(field.text, wanted, field.length);
    } else {
        assert_int_equal(ur_normalise(&form, &field, &error), UR_ERR_UNSUPPORTED);
        assert_non_null(strstr(error.text, "made without utf8proc"));
    }
    ur_normal_form_free(&form);
}

static void test_what_is_joined(void **state)
{
    (void)state;
    becomes("cafe\xCC\x81", "caf\xC3\xA9"); /* e and acute accent */
    becomes("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB\xE1\x84\x80\xE1\x85\xB3\xE1\x86\xAF",
            "\xED\x95\x9C\xEA\xB8\x80");                 /* Hangul letters */
    becomes("\xED\x95\x98\xE1\x86\xAB", "\xED\x95\x9C"); /* a Hangul syllable and its final letter */
    becomes("\xE3\x81\x8B\xE3\x82\x99", "\xE3\x81\x8C"); /* ka and voicing mark */
    becomes("a\xCC\xA7\xCC\x83 q\xCC\x83",
            "\xC3\xA3\xCC\xA7 q\xCC\x83"); /* marks in another order; no composed letter exists */
}

/* The text stays at the same address, with the same bytes. */
static void stays(const char *text, size_t length)
{
    ur_normal_form form = {0};
    ur_field field = {text, length};
    ur_error error;
    ok(ur_normalise(&form, &field, &error), &error);
    assert_ptr_equal(field.text, text);
    assert_int_equal(field.length, length);
    ur_normal_form_free(&form);
}

static void test_what_stays(void **state)
{
    (void)state;
    stays("", 0);
    stays("a\0b", 3);
    stays("caf\xC3\xA9 \xE2\x80\x9C\xED\x95\x9C\xEA\xB8\x80\xE2\x80\x9D \xE3\x81\x8C\xE6\xBC\xA2", 24);
    stays("a\xFF\xCC\x81", 4); /* not UTF-8 */
    stays("a\xCC", 2);
}

/* One buffer for texts of any length. Each result is right. */
static void test_room(void **state)
{
    (void)state;
    static char text[3001], wanted[2001];
    ur_normal_form form = {0};
    ur_error error;
    if (!ur_makes_normal_form()) {
        print_message("skipped: this build has no utf8proc\n");
        skip();
    }
    for (size_t count = 1; count <= 1000; count = 3 * count + 1) {
        for (size_t i = 0; i < count; i++) {
            memcpy(text + 3 * i, "e\xCC\x81", 3);
            memcpy(wanted + 2 * i, "\xC3\xA9", 2);
        }
        for (int again = 0; again < 2; again++) {
            ur_field field = {text, 3 * count};
            ok(ur_normalise(&form, &field, &error), &error);
            assert_int_equal(field.length, 2 * count);
            assert_memory_equal(field.text, wanted, field.length);
        }
    }
    ur_normal_form_free(&form);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_joined),
        cmocka_unit_test(test_what_stays),
        cmocka_unit_test(test_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
