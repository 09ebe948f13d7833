/*
 * Where tokens are cut: compared with cuts made by hand for what the rules say, and by properties for everything else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "data/vocabulary.h"
#include "reference_text.h"

#include <string.h>

/* `cuts`: the text with a | between tokens. */
static void check_cuts(ur_token_kind kind, const char *cuts)
{
    char text[512], got[1024];
    size_t length = 0, at = 0, out = 0;
    for (const char *c = cuts; *c; c++)
        if (*c != '|') text[length++] = *c;
    while (at < length) {
        int size = ur_token_cut(kind, (unsigned char *)text + at, length - at, true);
        assert_true(size > 0);
        if (at > 0) got[out++] = '|';
        memcpy(got + out, text + at, (size_t)size);
        out += (size_t)size;
        at += (size_t)size;
    }
    got[out] = 0;
    assert_string_equal(got, cuts);
}

static void words(void **state)
{
    (void)state;
    check_cuts(UR_TOKEN_WORD, "Hello|,| world|!");
    check_cuts(UR_TOKEN_WORD, "don't| stop| '|tis| the| dogs|'| '|90s|'");
    check_cuts(UR_TOKEN_WORD, "a|'|'|b| '|'|c");
    check_cuts(UR_TOKEN_WORD, "x_1|=|y2|;|\n|\t|if");
    check_cuts(UR_TOKEN_WORD, " | one| |\n| |\t| | two| ");
    check_cuts(UR_TOKEN_WORD, "\r|\n|\x01|\x7F| |\x02| (|(");
    check_cuts(UR_TOKEN_WORD, "na\xC3\xAFve| \xED\x95\x9C\xEA\xB8\x80|.| l'\xC3\xA9t\xC3\xA9|'");
    check_cuts(UR_TOKEN_WORD, "don\xE2\x80\x99t");
}

static void chars_and_bytes(void **state)
{
    (void)state;
    check_cuts(UR_TOKEN_CHAR, "a|\xC3\xA9|\xED\x95\x9C|\xF0\x9F\x98\x80|\r|\n| ");
    check_cuts(UR_TOKEN_BYTE, "a|\xC3|\xA9|\xFF|\r|\n");
}

static void whole_texts(void **state)
{
    (void)state;
    check_cuts(UR_TOKEN_WHOLE, "don't");
    check_cuts(UR_TOKEN_WHOLE, "...");
    check_cuts(UR_TOKEN_WHOLE, "10 000 \xE2\x82\xAC");
    assert_int_equal(ur_token_cut(UR_TOKEN_WHOLE, (const unsigned char *)"ab", 2, false), 0);
    assert_int_equal(ur_token_cut(UR_TOKEN_WHOLE, (const unsigned char *)"a\xFF", 2, true), -1);
}

static void too_little_text(void **state)
{
    (void)state;
    const unsigned char *text = (const unsigned char *)" can't \xED\x95\x9C";
    assert_int_equal(ur_token_cut(UR_TOKEN_WORD, text, 0, false), 0);
    assert_int_equal(ur_token_cut(UR_TOKEN_WORD, text, 0, true), 0);
    for (size_t length = 1; length < 7; length++) assert_int_equal(ur_token_cut(UR_TOKEN_WORD, text, length, false), 0);
    assert_int_equal(ur_token_cut(UR_TOKEN_WORD, text, 7, false), 6);
    assert_int_equal(ur_token_cut(UR_TOKEN_WORD, text, 1, true), 1);
    assert_int_equal(ur_token_cut(UR_TOKEN_WORD, text, 5, true), 4); /* the apostrophe is not inside the word */
    assert_int_equal(ur_token_cut(UR_TOKEN_CHAR, text + 7, 2, false), 0);
    assert_int_equal(ur_token_cut(UR_TOKEN_CHAR, text + 7, 2, true), -1);
    assert_int_equal(ur_token_cut(UR_TOKEN_WORD, text + 7, 2, false), 0);
    assert_int_equal(ur_token_cut(UR_TOKEN_WORD, text + 7, 2, true), -1);
    assert_int_equal(ur_token_cut(UR_TOKEN_CHAR, text + 7, 3, false), 3);
}

static void invalid_text(void **state)
{
    (void)state;
    static const char *const invalid[] = {"\xFF",  "\x80",   "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                          "\xE2(", "ab\xFF", " \xFF",    "ab'\xFF"};
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
        const unsigned char *text = (const unsigned char *)invalid[i];
        size_t length = strlen(invalid[i]);
        assert_int_equal(ur_token_cut(UR_TOKEN_WORD, text, length, true), -1);
        if (i < 6) assert_int_equal(ur_token_cut(UR_TOKEN_CHAR, text, length, true), -1);
        assert_int_equal(ur_token_cut(UR_TOKEN_BYTE, text, length, true), 1);
    }
}

/* Makes a text of `lead` letters a, then the piece, then more letters a. Returns where the first token is cut. */
static int cut_long(size_t lead, const char *piece)
{
    unsigned char text[400];
    memset(text, 'a', sizeof text);
    memcpy(text + lead, piece, strlen(piece));
    return ur_token_cut(UR_TOKEN_WORD, text, sizeof text, true);
}

static void long_words(void **state)
{
    (void)state;
    assert_int_equal(UR_TOKEN_MAX_BYTES, 128);
    assert_int_equal(cut_long(0, " a"), 128);
    assert_int_equal(cut_long(124, "\xED\x95\x9C"), 128);
    assert_int_equal(cut_long(125, "\xED\x95\x9C"), 128);
    assert_int_equal(cut_long(126, "\xED\x95\x9C"), 126);
    assert_int_equal(cut_long(127, "\xED\x95\x9C"), 127);
    assert_int_equal(cut_long(128, "\xED\x95\x9C"), 128);
    assert_int_equal(cut_long(126, "'"), 128);
    assert_int_equal(cut_long(127, "'"), 127); /* an apostrophe never ends a token that it joins */
    assert_int_equal(cut_long(128, "'"), 128);
    assert_int_equal(cut_long(128, "\xFF"), 128); /* the invalid byte is not looked at */
    assert_int_equal(cut_long(127, "\xFF"), -1);
}

enum { SIZE = 700 };

/* With less text the cut is the same or undecided. A token alone is one token. All tokens together are the text. */
static void check_properties(ur_token_kind kind, const unsigned char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        int size = ur_token_cut(kind, text + at, length - at, true);
        assert_in_range(size, 1, UR_TOKEN_MAX_BYTES);
        assert_true((size_t)size <= length - at);
        assert_int_equal(ur_token_cut(kind, text + at, (size_t)size, true), size);
        for (size_t part = 0; part < 140 && part <= length - at; part++) {
            int early = ur_token_cut(kind, text + at, part, false);
            assert_true(early == 0 || early == size);
            if (part >= 133) assert_int_equal(early, size);
        }
        at += (size_t)size;
    }
}

static void properties(void **state)
{
    (void)state;
    unsigned char text[SIZE];
    for (uint32_t seed = 0; seed < 60; seed++) {
        size_t length = reference_trouble(seed, true, text, sizeof text);
        check_properties(UR_TOKEN_CHAR, text, length);
        check_properties(UR_TOKEN_WORD, text, length);
        check_properties(UR_TOKEN_BYTE, text, length);
        check_properties(UR_TOKEN_WHOLE, text, length);
    }
}

static void names(void **state)
{
    (void)state;
    static const char *const expected[] = {"char", "byte", "word", "whole", "piece"};
    ur_error error;
    for (int i = 0; i < 5; i++) {
        ur_token_kind kind;
        assert_string_equal(ur_token_kind_name((ur_token_kind)i), expected[i]);
        assert_int_equal(ur_token_kind_find(expected[i], &kind, &error), UR_OK);
        assert_int_equal(kind, i);
    }
    ur_token_kind kind = UR_TOKEN_WORD;
    assert_int_equal(ur_token_kind_find("line", &kind, &error), UR_ERR_USAGE);
    assert_string_equal(error.text, "unknown kind of token \"line\"; the kinds are char, byte, word, whole and piece");
    assert_int_equal(kind, UR_TOKEN_WORD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),           cmocka_unit_test(chars_and_bytes), cmocka_unit_test(whole_texts),
        cmocka_unit_test(too_little_text), cmocka_unit_test(long_words),      cmocka_unit_test(invalid_text),
        cmocka_unit_test(properties),      cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
