/* Other programs: their output, their complaints, those that are not there, and those that are not read to the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/program.h"

#include <string.h>

static ur_status run(const char *script, char *text, size_t size, ur_error *error)
{
    const char *const words[] = {"sh", "-c", script, NULL};
    ur_program p;
    ur_status status = ur_program_begin(&p, words, error);
    if (status != UR_OK) return status;
    text[fread(text, 1, size - 1, p.output)] = 0;
    return ur_program_end(&p, UR_OK, error);
}

static void test_output(void **state)
{
    (void)state;
    ur_error error = {0};
    char text[64];
    assert_int_equal(run("echo one; echo aside >&2; cat; echo two", text, sizeof text, &error), UR_OK);
    assert_string_equal(text, "one\ntwo\n");
}

static void test_failures(void **state)
{
    (void)state;
    ur_error error = {0};
    char text[64];
    assert_int_equal(run("echo one; echo first >&2; echo ' the reason ' >&2; exit 3", text, sizeof text, &error),
                     UR_ERR_DATA);
    assert_string_equal(text, "one\n");
    assert_string_equal(error.text, "sh failed:  the reason");
    assert_int_equal(run("kill -9 $$", text, sizeof text, &error), UR_ERR_DATA);
    assert_string_equal(error.text, "sh failed");
    const char *const words[] = {"no-such-program", NULL};
    ur_program p;
    assert_int_equal(ur_program_begin(&p, words, &error), UR_ERR_UNSUPPORTED);
    assert_string_equal(error.text, "the program no-such-program is needed and was not found; install it");
    assert_true(ur_program_is_there("true", "x"));
    assert_false(ur_program_is_there("false", "x"));
    assert_false(ur_program_is_there("no-such-program", "x"));
}

/* One that writes for ever ends when nobody reads it any more; what went wrong before is what is said. */
static void test_left_alone(void **state)
{
    (void)state;
    ur_error error = {0};
    const char *const words[] = {"sh", "-c", "while echo yes; do :; done", NULL};
    ur_program p;
    assert_int_equal(ur_program_begin(&p, words, &error), UR_OK);
    assert_int_equal(getc(p.output), 'y');
    ur_fail(&error, UR_ERR_FORMAT, "not wanted");
    assert_int_equal(ur_program_end(&p, UR_ERR_FORMAT, &error), UR_ERR_FORMAT);
    assert_string_equal(error.text, "not wanted");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_output), cmocka_unit_test(test_failures),
                                       cmocka_unit_test(test_left_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
