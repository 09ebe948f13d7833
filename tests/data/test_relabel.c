/* Labels under other names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/relabel.h"

#include <string.h>

static void check(const char *rules, const char *label, const char *expected)
{
    ur_field name = ur_relabel(rules, (ur_field){label, strlen(label)});
    if (name.length != strlen(expected) || memcmp(name.text, expected, name.length) != 0)
        fail_msg("%s: %s becomes '%.*s' and not '%s'", rules, label, (int)name.length, name.text, expected);
}

static void rules(void **state)
{
    (void)state;
    check("0=neg,1=neg,2=,3=pos", "0", "neg");
    check("0=neg,1=neg,2=,3=pos", "1", "neg");
    check("0=neg,1=neg,2=,3=pos", "2", "");
    check("0=neg,1=neg,2=,3=pos", "3", "pos");
    check("0=neg,1=neg,2=,3=pos", "33", "33");
    check(" very bad = bad , good=very good ", "very bad", "bad");
    check(" very bad = bad , good=very good ", "good", "very good");
    check("a=b,a=c", "a", "b"); /* the first rule */
    check("a=b,b=c", "a", "b"); /* once */
    check("a=x=y", "a", "x=y");
    assert_int_equal(ur_relabel(NULL, (ur_field){"a", 1}).length, 1);
}

static void refused(void **state)
{
    (void)state;
    static const char *const BAD[] = {"a", "a=b,c", "=b", "a=b,,c=d", " =x"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        ur_error error = {0};
        if (ur_relabel_check(BAD[i], &error) != UR_ERR_USAGE || !strstr(error.text, "is not a rule"))
            fail_msg("\"%s\" is not refused: %s", BAD[i], error.text);
    }
    ur_error error = {0};
    assert_int_equal(ur_relabel_check("a=b,", &error), UR_OK);
    assert_int_equal(ur_relabel_check("a=", &error), UR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rules), cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
