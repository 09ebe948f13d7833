/* Tokens and ids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/vocabulary.h"

#include <stdio.h>
#include <string.h>

static ur_vocabulary *make(ur_token_kind kind, const char *const *tokens, size_t count)
{
    ur_vocabulary *vocabulary;
    ur_error error;
    assert_int_equal(ur_vocabulary_create(&vocabulary, kind, &error), UR_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(ur_vocabulary_add(vocabulary, tokens[i], strlen(tokens[i]), NULL, &error), UR_OK);
    return vocabulary;
}

#define MAKE(kind, ...)                                                                                                \
    make(kind, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void settle(ur_vocabulary *vocabulary, size_t min_count, size_t limit, bool unknown)
{
    ur_error error;
    assert_int_equal(ur_vocabulary_settle(vocabulary, min_count, limit, unknown, &error), UR_OK);
}

/* The tokens in the order of their ids, joined by |, the unknown one as ?. Each must find itself. */
static void check_tokens(const ur_vocabulary *vocabulary, const char *expected)
{
    char joined[256] = "";
    for (int32_t id = 0; (size_t)id < ur_vocabulary_size(vocabulary); id++) {
        size_t length, at = strlen(joined);
        const char *text = ur_vocabulary_text(vocabulary, id, &length);
        assert_true(text || id == ur_vocabulary_unknown(vocabulary));
        snprintf(joined + at, sizeof joined - at, "%s%.*s", id ? "|" : "", text ? (int)length : 1, text ? text : "?");
        if (text) assert_int_equal(ur_vocabulary_find(vocabulary, text, length), id);
    }
    assert_string_equal(joined, expected);
}

static void adding(void **state)
{
    (void)state;
    ur_error error;
    ur_vocabulary *vocabulary = MAKE(UR_TOKEN_WORD, "b", " a", "b", "abc");
    int32_t id = -7;
    assert_int_equal(ur_vocabulary_size(vocabulary), 3);
    assert_int_equal(ur_vocabulary_add(vocabulary, " a", 2, &id, &error), UR_OK);
    assert_int_equal(id, 1);
    assert_int_equal(ur_vocabulary_add(vocabulary, "new", 3, &id, &error), UR_OK);
    assert_int_equal(id, 3);
    assert_int_equal(ur_vocabulary_find(vocabulary, "ab", 2), -1);
    assert_int_equal(ur_vocabulary_find(vocabulary, "a", 1), -1);
    assert_int_equal(ur_vocabulary_find(vocabulary, "", 0), -1);
    assert_int_equal(ur_vocabulary_kind(vocabulary), UR_TOKEN_WORD);
    assert_int_equal(ur_vocabulary_unknown(vocabulary), -1);
    ur_vocabulary_free(vocabulary);
    ur_vocabulary_free(NULL);
}

static void order_of_bytes(void **state)
{
    (void)state;
    ur_vocabulary *one = MAKE(UR_TOKEN_CHAR, "\xED\x95\x9C", "b", "a", "\xC3\xA9", "B", "\n");
    ur_vocabulary *other = MAKE(UR_TOKEN_CHAR, "a", "\n", "B", "\xC3\xA9", "\xED\x95\x9C", "b");
    settle(one, 0, 0, false);
    settle(other, 1, 0, false);
    check_tokens(one, "\n|B|a|b|\xC3\xA9|\xED\x95\x9C");
    check_tokens(other, "\n|B|a|b|\xC3\xA9|\xED\x95\x9C");
    ur_vocabulary_free(one);
    ur_vocabulary_free(other);
    ur_vocabulary *prefixes = MAKE(UR_TOKEN_WORD, "abc", "ab", "a", "b", " ab");
    settle(prefixes, 0, 0, true);
    check_tokens(prefixes, " ab|a|ab|abc|b|?");
    ur_vocabulary_free(prefixes);
}

static void which_are_kept(void **state)
{
    (void)state;
    ur_error error;
    ur_vocabulary *rare = MAKE(UR_TOKEN_CHAR, "c", "b", "a", "c", "b", "c");
    settle(rare, 2, 0, false);
    check_tokens(rare, "b|c");
    assert_int_equal(ur_vocabulary_find(rare, "a", 1), -1);
    ur_vocabulary_free(rare);
    ur_vocabulary *few = MAKE(UR_TOKEN_CHAR, "d", "c", "b", "a", "c", "c");
    assert_int_equal(ur_vocabulary_add_times(few, "\xC3\xA9", 2, 3000000000u, NULL, &error), UR_OK);
    settle(few, 0, 3, true); /* equals: the lower bytes stay */
    check_tokens(few, "a|c|\xC3\xA9|?");
    assert_int_equal(ur_vocabulary_unknown(few), 3);
    ur_vocabulary_free(few);
    ur_vocabulary *none = MAKE(UR_TOKEN_CHAR, "a");
    assert_int_equal(ur_vocabulary_settle(none, 2, 0, true, &error), UR_ERR_DATA);
    assert_string_equal(error.text, "no char occurs 2 times or more in the text");
    ur_vocabulary_free(none);
}

static void settled_once(void **state)
{
    (void)state;
    ur_error error;
    ur_vocabulary *vocabulary = MAKE(UR_TOKEN_CHAR, "a", "b");
    settle(vocabulary, 0, 0, false);
    assert_int_equal(ur_vocabulary_settle(vocabulary, 0, 0, false, &error), UR_ERR_USAGE);
    assert_int_equal(ur_vocabulary_add(vocabulary, "c", 1, NULL, &error), UR_ERR_USAGE);
    assert_int_equal(ur_vocabulary_size(vocabulary), 2);
    ur_vocabulary_free(vocabulary);
}

static void not_tokens(void **state)
{
    (void)state;
    ur_error error;
    char longest[UR_TOKEN_MAX_BYTES + 1];
    memset(longest, 'x', sizeof longest);
    ur_vocabulary *words = MAKE(UR_TOKEN_WORD, "a");
    assert_int_equal(ur_vocabulary_add(words, longest, UR_TOKEN_MAX_BYTES, NULL, &error), UR_OK);
    assert_int_equal(ur_vocabulary_add(words, longest, UR_TOKEN_MAX_BYTES + 1, NULL, &error), UR_ERR_FORMAT);
    assert_int_equal(ur_vocabulary_add(words, "two words", 9, NULL, &error), UR_ERR_FORMAT);
    assert_string_equal(error.text, "9 bytes that are not one token of kind word");
    assert_int_equal(ur_vocabulary_add(words, "", 0, NULL, &error), UR_ERR_FORMAT);
    assert_int_equal(ur_vocabulary_add(words, "\xFF", 1, NULL, &error), UR_ERR_FORMAT);
    assert_int_equal(ur_vocabulary_size(words), 2);
    ur_vocabulary_free(words);
    ur_vocabulary *bytes = MAKE(UR_TOKEN_BYTE, "\xFF");
    assert_int_equal(ur_vocabulary_add(bytes, "ab", 2, NULL, &error), UR_ERR_FORMAT);
    ur_vocabulary_free(bytes);
}

static void check_encode_error(ur_token_kind kind, const char *token, const char *expected)
{
    ur_error error;
    char full[256];
    int32_t id;
    ur_vocabulary *vocabulary = MAKE(kind, "a");
    settle(vocabulary, 0, 0, false);
    assert_int_equal(ur_vocabulary_encode(vocabulary, token, strlen(token), &id, &error), UR_ERR_DATA);
    snprintf(full, sizeof full, "the %s is not in the vocabulary, which has no token for unknown ones", expected);
    assert_string_equal(error.text, full);
    assert_int_equal(ur_vocabulary_encode(vocabulary, token, strlen(token), &id, NULL), UR_ERR_DATA);
    assert_int_equal(ur_vocabulary_encode(vocabulary, "a", 1, &id, &error), UR_OK);
    assert_int_equal(id, 0);
    ur_vocabulary_free(vocabulary);
}

static void encoding(void **state)
{
    (void)state;
    ur_error error;
    int32_t id;
    check_encode_error(UR_TOKEN_CHAR, "\xED\x95\x9C", "character \"\xED\x95\x9C\" (U+D55C)");
    check_encode_error(UR_TOKEN_CHAR, "\xF0\x9F\x98\x80", "character \"\xF0\x9F\x98\x80\" (U+1F600)");
    check_encode_error(UR_TOKEN_CHAR, "\n", "character \"\\x0a\" (U+000A)");
    check_encode_error(UR_TOKEN_BYTE, "\xE9", "byte 0xE9");
    check_encode_error(UR_TOKEN_WORD, " cat", "word \" cat\"");
    ur_vocabulary *vocabulary = MAKE(UR_TOKEN_CHAR, "b", "a");
    settle(vocabulary, 0, 0, true);
    assert_int_equal(ur_vocabulary_encode(vocabulary, "b", 1, &id, &error), UR_OK);
    assert_int_equal(id, 1);
    assert_int_equal(ur_vocabulary_encode(vocabulary, "\xC3\xA9", 2, &id, &error), UR_OK);
    assert_int_equal(id, 2);
    ur_vocabulary_free(vocabulary);
}

static void out_of_range(void **state)
{
    (void)state;
    size_t length = 9;
    ur_vocabulary *vocabulary = MAKE(UR_TOKEN_CHAR, "a");
    settle(vocabulary, 0, 0, true);
    assert_null(ur_vocabulary_text(vocabulary, -1, &length));
    assert_int_equal(length, 0);
    assert_null(ur_vocabulary_text(vocabulary, 1, &length));
    assert_null(ur_vocabulary_text(vocabulary, 2, &length));
    assert_non_null(ur_vocabulary_text(vocabulary, 0, &length));
    ur_vocabulary_free(vocabulary);
}

/* Enough words for the tables to grow many times and for several blocks of text; text of the first must not move. */
static void many_words(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    ur_error error;
    ur_vocabulary *vocabulary = MAKE(UR_TOKEN_WORD, " first");
    char word[32];
    size_t length;
    const char *first = ur_vocabulary_text(vocabulary, 0, &length);
    for (int i = 0; i < MANY; i++) {
        int32_t id;
        int size = snprintf(word, sizeof word, "w%d", (i * 7919) % MANY);
        assert_int_equal(ur_vocabulary_add(vocabulary, word, (size_t)size, &id, &error), UR_OK);
        assert_int_equal(id, i + 1);
    }
    settle(vocabulary, 0, 0, true);
    assert_int_equal(ur_vocabulary_size(vocabulary), MANY + 2);
    assert_memory_equal(first, " first", 6);
    for (int32_t id = 0; id + 2 < MANY; id++) {
        size_t next_length;
        const char *text = ur_vocabulary_text(vocabulary, id, &length);
        const char *next = ur_vocabulary_text(vocabulary, id + 1, &next_length);
        assert_int_equal(ur_vocabulary_find(vocabulary, text, length), id);
        int order = memcmp(text, next, length < next_length ? length : next_length);
        assert_true(order < 0 || (order == 0 && length < next_length));
    }
    ur_vocabulary_free(vocabulary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adding),       cmocka_unit_test(order_of_bytes), cmocka_unit_test(which_are_kept),
        cmocka_unit_test(settled_once), cmocka_unit_test(not_tokens),     cmocka_unit_test(encoding),
        cmocka_unit_test(out_of_range), cmocka_unit_test(many_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
