/* What can be scored: models of one line that give a number for each token. Others are refused and not answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"

#include "unroll_train.h"

static void refuse(const char *net, const char *path, bool windows)
{
    static const char *const tokens[] = {"a", "b", "c"};
    const ur_scoring how = {.paths = &path, .path_count = 1, .end = 1, .windows = windows, .threads = 1};
    ur_model *model;
    ur_score score;
    ur_error error = {0};
    if (ur_model_create(&model, net, &(ur_sizes){.symbols = 3, .outputs = 3}, 1, 0, NULL, &error) != UR_OK ||
        ur_model_set_tokens(model, "char", tokens, 3, false, &error) != UR_OK)
        fail_msg("%s", error.text);
    assert_int_equal(ur_score_text(model, &how, &score, &error), UR_ERR_USAGE);
    assert_non_null(strstr(error.text, "\") is not a language model"));
    ur_model_free(model);
}

static void test_no_language_model(void **state)
{
    (void)state;
    scratch place;
    make_scratch(&place);
    put(in_scratch(&place, "text"), "abcabcabcabc");
    for (int windows = 0; windows < 2; windows++) {
        refuse("a: embed 4 > lstm 5; embed 4 > lstm 5 from a > dense", place.path, windows);
        refuse("embed 4 > lstm 5 > last > dense", place.path, windows);
        refuse("embed 4 > lstm 5 > dense 2", place.path, windows);
    }
    remove_scratch(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_language_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
