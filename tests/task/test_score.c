/*
 * Which models can be scored: models of one line with one output per token. Others are refused, also when they should
 * answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"

#include "unroll_train.h"

#include <math.h>

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

/* A part of a text is measured in its own characters and bytes, even if its words are unknown. The words of the first half
 * have 5 characters and those of the second half 8, one of which has two bytes. */
static void check_part(double begin, double end, double chars, double bytes)
{
    static const char *const tokens[] = {"\n", " four"};
    scratch place;
    ur_model *model;
    ur_score score;
    ur_error error = {0};
    make_scratch(&place);
    const char *path = in_scratch(&place, "text");
    put(path,
        " four four four four four four four four längste längste längste längste längste längste längste längste");
    const ur_scoring how = {.paths = &path, .path_count = 1, .begin = begin, .end = end, .threads = 1};
    if (ur_model_create(&model, "embed 4 > gru 5 > dense", &(ur_sizes){.symbols = 3, .outputs = 3}, 1, 0, NULL,
                        &error) != UR_OK ||
        ur_model_set_tokens(model, "word", tokens, 2, true, &error) != UR_OK ||
        ur_score_text(model, &how, &score, &error) != UR_OK)
        fail_msg("%s", error.text);
    assert_int_equal(score.tokens, 16 * (end - begin));
    assert_true(fabs(score.bits_per_char * chars - score.loss / log(2)) < 1e-9);
    assert_true(fabs(score.bits_per_byte * bytes - score.loss / log(2)) < 1e-9);
    ur_model_free(model);
    remove_scratch(&place);
}

static void test_parts(void **state)
{
    (void)state;
    check_part(0, 1, 6.5, 7);
    check_part(0, 0.5, 5, 5);
    check_part(0.5, 1, 8, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_language_model), cmocka_unit_test(test_parts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
