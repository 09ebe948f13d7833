/*
 * The machine's predicates for every character of small texts. The expected values are below each text: # where the
 * predicate holds, . where it does not, digits for numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "inspect/predicates.h"

#include <stdio.h>
#include <string.h>

enum { MOST = 400 };

/* Reads a text line by line, as the labels do. says[i]: predicates of character i. */
static size_t read_text(const char *text, float says[MOST][UR_BUILT_IN])
{
    ur_machine m = {0};
    size_t count = 0;
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n") + 1;
        if (!line[length - 1]) length--;
        for (size_t at = 0; at < length; count++) {
            ur_machine_begin_token(&m);
            at += ur_machine_read(&m, line, length, at);
            assert_true(at <= length && count < MOST);
            ur_machine_says(&m, line[at] == '\n', says[count]);
        }
        line += length;
    }
    return count;
}

static void expect(ur_predicate_id id, const char *text, const char *want)
{
    static float says[MOST][UR_BUILT_IN];
    char got[MOST + 1] = "";
    size_t count = read_text(text, says);
    for (size_t i = 0; i < count; i++) {
        float x = says[i][id];
        got[i] = ur_predicate_counts(id) ? (char)('0' + (int)x) : x > 0 ? '#' : '.';
    }
    if (strcmp(got, want) != 0) fail_msg("%s\n%s\n%s instead of\n%s", ur_predicate_name(id), text, got, want);
}

static void test_quotes(void **state)
{
    (void)state;
    expect(UR_IS_QUOTE, "a \"bc\" d", "..###...");
    expect(UR_IS_QUOTE, "“ab” c", "###...");
    expect(UR_IS_QUOTE, "“ab\ncd” e", "######...");
    /* an empty line ends what was left open, and so does a line of blanks */
    expect(UR_IS_QUOTE, "“ab\n\ncd", "####...");
    expect(UR_IS_QUOTE, "\"a\n \t\nb", "###....");
    expect(UR_IS_QUOTE, "\"a\\\"b\" c", "#####...");
    expect(UR_IS_QUOTE, "x = '\"'; y", "..........");
}

static void test_brackets(void **state)
{
    (void)state;
    expect(UR_IS_PAREN, "a(b)c", ".##..");
    expect(UR_IS_PAREN, "((a))b", "####..");
    expect(UR_IS_BRACKET, "a[b]c(d)", ".##.....");
    expect(UR_IS_BRACE, "{a{b}c}d", "######..");
    expect(UR_IS_DEPTH, "f(a[1]){b}", "0112210110");
    expect(UR_IS_PAREN_DEPTH, "f(a[1]){b(", "0112210001");
    expect(UR_IS_BRACE_DEPTH, "f(a[1]){b(", "0000000111");
    /* not in strings, comments and character constants; a bracket that was not open is not closed */
    expect(UR_IS_PAREN, "\"(\" '(' /* ( */ (", "................#");
    expect(UR_IS_DEPTH, ")]}(", "0001");
    /* an empty line closes ( and [, and a } in the first column closes everything */
    expect(UR_IS_DEPTH, "({[\n\nb",
           "1233"
           "11");
    expect(UR_IS_DEPTH, "{{(\n}\nb",
           "1233"
           "000");
    /* a quotation mark without a second one in its line opens no string */
    expect(UR_IS_PAREN, "5\" (a)", "...##.");
}

static void test_code(void **state)
{
    (void)state;
    expect(UR_IS_COMMENT, "a / b // c\nd", ".......###..");
    expect(UR_IS_COMMENT, "a /* b\nc */ d", "...#######...");
    expect(UR_IS_COMMENT, "/*/ a */b", ".######..");
    expect(UR_IS_COMMENT, "\"/*\" a '/' * b", "..............");
    expect(UR_IS_COMMENT, "//* a\nb", ".####..");
    expect(UR_IS_STRING, "a \"b\\\"c\" d", "..#####...");
    expect(UR_IS_STRING, "don't \"b\"", "......##.");
    expect(UR_IS_STRING, "/* \"a\" */ \"b\"", "..........##.");
    expect(UR_IS_IF, "if (a(b)) c", "...#####...");
    expect(UR_IS_IF, "if(a) (b)", "..##.....");
    expect(UR_IS_IF, "elif (a) iff (b) f(c)", ".....................");
    expect(UR_IS_IF, "if (a ||\n    b) c", "...###########...");
    expect(UR_IS_IF, "/* if (a) */ if x (b)", ".....................");
}

static void test_lines(void **state)
{
    (void)state;
    expect(UR_IS_COLUMN, "ab\n\nc", "12001");
    expect(UR_IS_INDENT, "  a b\n\tc", "12222011");
    expect(UR_IS_LINE_END, "ab\n\nc\n", ".##.#.");
    float says[MOST][UR_BUILT_IN];
    read_text("abc", says);
    assert_float_equal(says[2][UR_IS_DISTANCE], 1.3862944, 1e-6);
}

static void test_characters(void **state)
{
    (void)state;
    expect(UR_IS_WORD_START, "Don't a_b 'c' 12", "#.....#....#..#.");
    expect(UR_IS_WORD_START, "나는 간다", "#..#.");
    expect(UR_IS_CAPITAL, "aBcÉéЖ", ".#.#.#");
    expect(UR_IS_DIGIT, "a1 23", ".#.##");
    expect(UR_IS_HANGUL, "a한ㄱ漢", ".##.");
}

/* Bytes that are not UTF-8 are accepted. */
static void test_any_bytes(void **state)
{
    (void)state;
    expect(UR_IS_WORD_START,
           "\xFF"
           "a\xC3",
           ".#.");
    ur_machine m = {0};
    float says[UR_BUILT_IN];
    unsigned char line[256];
    for (size_t i = 0; i < sizeof line; i++) line[i] = (unsigned char)(i * 37 + 11);
    for (size_t at = 0; at < sizeof line;) {
        size_t read = ur_machine_read(&m, (const char *)line, sizeof line, at);
        assert_true(read >= 1 && read <= sizeof line - at);
        at += read;
        ur_machine_says(&m, false, says);
        for (size_t p = 0; p < UR_BUILT_IN; p++) assert_true(says[p] >= 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quotes), cmocka_unit_test(test_brackets),   cmocka_unit_test(test_code),
        cmocka_unit_test(test_lines),  cmocka_unit_test(test_characters), cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
