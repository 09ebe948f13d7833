/* Tokens, places and hashes of texts full of trouble, against a plain second reading of the same bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "corpus_open.h"
#include "data/cursor.h"
#include "reference_text.h"

enum { MOST = 70000 };

typedef struct expectation {
    unsigned char raw[2][MOST], text[6 * MOST];
    size_t raw_size[2], ends[6 * MOST], tokens, length;
    uint64_t chars;
    bool valid;
} expectation;

static void expect(expectation *expected, ur_token_kind kind)
{
    bool valid[2];
    size_t first = reference_file(kind, expected->raw[0], expected->raw_size[0], expected->text, &valid[0]);
    bool broken = reference_break(kind, expected->raw[0], expected->raw_size[0], expected->raw_size[1]);
    size_t tokens = reference_tokens(kind, expected->text, first, expected->ends);
    assert_true(tokens <= first);
    if (broken) expected->text[first++] = '\n';
    if (broken) expected->ends[tokens++] = first;
    size_t second = reference_file(kind, expected->raw[1], expected->raw_size[1], expected->text + first, &valid[1]);
    size_t more = reference_tokens(kind, expected->text + first, second, expected->ends + tokens);
    assert_true(more <= second);
    for (size_t i = 0; i < more; i++) expected->ends[tokens + i] += first;
    expected->valid = valid[0] && valid[1];
    expected->tokens = tokens + more;
    expected->length = first + second;
    expected->chars = 0;
    for (size_t i = 0; i < expected->length; i++) expected->chars += (expected->text[i] & 0xC0) != 0x80;
}

static void check_token(const expectation *expected, size_t token, const unsigned char *text, size_t length)
{
    size_t begin = token ? expected->ends[token - 1] : 0;
    assert_non_null(text);
    assert_int_equal(length, expected->ends[token] - begin);
    assert_memory_equal(text, expected->text + begin, length);
}

static ur_file_list make_list(temp_text *temp, const expectation *expected)
{
    char first[512];
    ur_file_list list;
    ur_error error = {0};
    snprintf(first, sizeof first, "%s", temp_write(temp, "r0", expected->raw[0], expected->raw_size[0]));
    const char *const paths[] = {first, temp_write(temp, "r1", expected->raw[1], expected->raw_size[1])};
    assert_int_equal(ur_file_list_make(&list, paths, 2, UR_BINARY_NAMED, &error), UR_OK);
    return list;
}

/* Every token is met whole, whatever the buffer's size and so wherever its border falls. */
static void check_cursor(const expectation *expected, const ur_file_list *list, ur_token_kind kind, size_t capacity)
{
    ur_cursor cursor;
    ur_error error = {0};
    const unsigned char *text;
    size_t length;
    assert_int_equal(ur_cursor_open(&cursor, list, kind, !expected->valid, capacity, &error), UR_OK);
    for (size_t token = 0; token < expected->tokens; token++) {
        assert_int_equal(ur_cursor_next(&cursor, &text, &length, &error), UR_OK);
        check_token(expected, token, text, length);
    }
    for (int again = 0; again < 2; again++) {
        assert_int_equal(ur_cursor_next(&cursor, &text, &length, &error), UR_OK);
        assert_null(text);
    }
    ur_tally tally = {0};
    ur_cursor_place(&cursor, 0, 0);
    assert_int_equal(ur_cursor_skip(&cursor, UINT64_MAX, &tally, &error), UR_OK);
    assert_int_equal(tally.tokens, expected->tokens);
    assert_int_equal(tally.bytes, expected->length);
    assert_int_equal(tally.chars, expected->chars);
    ur_cursor_close(&cursor);
}

static void check_borders(temp_text *temp, expectation *expected)
{
    ur_file_list list = make_list(temp, expected);
    for (int kind = UR_TOKEN_CHAR; kind <= UR_TOKEN_WORD; kind++) {
        expect(expected, (ur_token_kind)kind);
        for (size_t more = 0; more < 70; more++)
            check_cursor(expected, &list, (ur_token_kind)kind, UR_CURSOR_LEAST + more);
    }
    ur_file_list_free(&list);
}

static void buffer_borders(void **state)
{
    expectation *expected = calloc(1, sizeof *expected);
    assert_non_null(expected);
    for (uint32_t seed = 0; seed < 6; seed++) {
        expected->raw_size[0] = reference_trouble(seed, seed % 2, expected->raw[0], 900 + seed * 37);
        expected->raw_size[1] = reference_trouble(seed + 100, seed % 2, expected->raw[1], 400);
        check_borders(*state, expected);
    }
    free(expected);
}

/* The most that a cut looks ahead: 127 letters, an apostrophe, and the four bytes of the character behind it. Short
 * tokens between them, so that each amount of text that a buffer may have left is met at the beginning of such a word.
 */
static void farthest_look(void **state)
{
    expectation *expected = calloc(1, sizeof *expected);
    assert_non_null(expected);
    unsigned char *end = expected->raw[0];
    for (size_t i = 0; i < 100; i++, end += 172) {
        memset(end, 'x', 127);
        memcpy(end + 127, "'\xF0\x9F\x98\x80", 5);
        memset(end + 132, '\n', 40);
    }
    expected->raw_size[0] = (size_t)(end - expected->raw[0]);
    check_borders(*state, expected);
    free(expected);
}

/* FNV-1a of both files, the eight bytes of its length behind each. */
static uint64_t reference_hash(const expectation *expected)
{
    uint64_t hash = 14695981039346656037u;
    for (int file = 0; file < 2; file++) {
        for (size_t i = 0; i < expected->raw_size[file]; i++) hash = (hash ^ expected->raw[file][i]) * 1099511628211u;
        for (int i = 0; i < 8; i++)
            hash = (hash ^ (unsigned char)((uint64_t)expected->raw_size[file] >> 8 * i)) * 1099511628211u;
    }
    return hash;
}

static void check_jumps(const expectation *expected, ur_reader *reader)
{
    ur_error error = {0};
    for (size_t i = 0; i < 300; i++) {
        const char *text;
        size_t length, token = i * i * 2654435761u % (expected->tokens + 1);
        if (i % 3 == 1) token = ur_reader_position(reader) + i % 40; /* a little forward */
        if (token > expected->tokens) continue;
        assert_int_equal(ur_reader_seek(reader, token, &error), UR_OK);
        assert_int_equal(ur_reader_position(reader), token);
        assert_int_equal(ur_reader_next_text(reader, &text, &length, &error), UR_OK);
        if (token < expected->tokens)
            check_token(expected, token, (const unsigned char *)text, length);
        else
            assert_null(text);
    }
    assert_int_equal(ur_reader_seek(reader, expected->tokens + 1, &error), UR_ERR_USAGE);
}

static void check_ids(const expectation *expected, ur_corpus *corpus)
{
    ur_error error = {0};
    ur_vocabulary *vocabulary;
    ur_reader *reader;
    int32_t *ids = calloc(expected->tokens, sizeof *ids);
    assert_non_null(ids);
    assert_int_equal(ur_corpus_count(corpus, 0, expected->tokens, &vocabulary, &error), UR_OK);
    assert_int_equal(ur_vocabulary_settle(vocabulary, 0, 0, false, &error), UR_OK);
    assert_int_equal(ur_reader_open(&reader, corpus, vocabulary, &error), UR_OK);
    assert_int_equal(ur_reader_next(reader, ids, expected->tokens / 3, &error), UR_OK);
    size_t done = expected->tokens / 3;
    assert_int_equal(ur_reader_next(reader, ids + done, expected->tokens - done, &error), UR_OK);
    for (size_t token = 0; token < expected->tokens; token++) {
        size_t length;
        const char *text = ur_vocabulary_text(vocabulary, ids[token], &length);
        check_token(expected, token, (const unsigned char *)text, length);
    }
    assert_int_equal(ur_reader_next(reader, ids, 1, &error), UR_ERR_DATA);
    assert_string_equal(error.text, "1 more tokens are needed, but only 0 are left in the text");
    check_jumps(expected, reader);
    ur_reader_close(reader);
    ur_vocabulary_free(vocabulary);
    free(ids);
}

/* More than the buffers of readers and of the first pass hold, and an index of every size. */
static void whole_corpus(void **state)
{
    temp_text *temp = *state;
    expectation *expected = calloc(1, sizeof *expected);
    assert_non_null(expected);
    expected->raw_size[0] = reference_trouble(7, false, expected->raw[0], MOST - 5);
    expected->raw_size[1] = reference_trouble(8, false, expected->raw[1], MOST);
    temp_folder(temp, "whole");
    temp_write(temp, "whole/0", expected->raw[0], expected->raw_size[0]);
    temp_write(temp, "whole/1", expected->raw[1], expected->raw_size[1]);
    for (int kind = UR_TOKEN_CHAR; kind <= UR_TOKEN_WORD; kind++) {
        static const size_t every[] = {0, 1, 3, 1000};
        expect(expected, (ur_token_kind)kind);
        for (size_t i = 0; i < 4; i++) {
            ur_corpus *corpus = open_good((ur_token_kind)kind, true, every[i], temp_path(temp, "whole"));
            assert_int_equal(ur_corpus_tokens(corpus), expected->tokens);
            assert_int_equal(ur_corpus_bytes(corpus), expected->length);
            assert_int_equal(ur_corpus_chars(corpus), expected->chars);
            assert_true(ur_corpus_hash(corpus) == reference_hash(expected));
            check_ids(expected, corpus);
            ur_corpus_close(corpus);
        }
    }
    free(expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffer_borders),
        cmocka_unit_test(farthest_look),
        cmocka_unit_test(whole_corpus),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
