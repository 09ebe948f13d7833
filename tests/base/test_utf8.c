/*
 * UTF-8 against an oracle that only encodes code points by arithmetic, for all sequences of up to three bytes and for
 * the edge cases of four-byte sequences.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/utf8.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Encodes by division, from the ranges of code points alone. */
static int oracle_encode(uint32_t code, unsigned char *out)
{
    if (code >= 0xD800 && code <= 0xDFFF) return 0;
    if (code > 1114111) return 0;
    int length = code < 128 ? 1 : code < 2048 ? 2 : code < 65536 ? 3 : 4;
    static const uint32_t MARK[] = {0, 0, 192, 224, 240};
    for (int i = length - 1; i > 0; i--, code /= 64) out[i] = (unsigned char)(128 + code % 64);
    out[0] = (unsigned char)(MARK[length] + code);
    return length;
}

/*
 * For every sequence of up to three bytes: bit 0 is set if the sequence is a whole character, bit 1 if it is a proper
 * prefix of one.
 */
static unsigned char one[256], two[65536], three[16777216];
static uint32_t code_of_two[65536], code_of_three[16777216];

static size_t join2(const unsigned char *b) { return (size_t)b[0] << 8 | b[1]; }
static size_t join3(const unsigned char *b) { return (size_t)b[0] << 16 | (size_t)b[1] << 8 | b[2]; }

static int build_oracle(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= 0x110000; code++) {
        unsigned char b[4];
        int length = oracle_encode(code, b);
        if (length == 0) continue;
        one[b[0]] |= length == 1 ? 1 : 2;
        if (length >= 2) two[join2(b)] |= length == 2 ? 1 : 2;
        if (length == 2) code_of_two[join2(b)] = code;
        if (length >= 3) three[join3(b)] |= length == 3 ? 1 : 2;
        if (length == 3) code_of_three[join3(b)] = code;
    }
    return 0;
}

/* Returns what decode must return for up to three bytes. */
static int oracle_decode(const unsigned char *b, size_t length, uint32_t *code)
{
    *code = b[0];
    if (one[b[0]] == 1) return 1;
    *code = 1;
    if (one[b[0]] == 0) return -1;
    if (length == 1) return 0;
    if (two[join2(b)] == 0) return -1;
    *code = code_of_two[join2(b)];
    if (two[join2(b)] == 1) return 2;
    if (length == 2) return 0;
    *code = 2;
    if (three[join3(b)] == 0) return -1;
    *code = code_of_three[join3(b)];
    return three[join3(b)] == 1 ? 3 : 0;
}

static void check_against_oracle(const unsigned char *b, size_t length)
{
    uint32_t code = 77, expected;
    int want = oracle_decode(b, length, &expected), got = ur_utf8_decode(b, length, &code);
    if (got != want || (got != 0 && code != expected))
        fail_msg("%02x %02x %02x (%zu): %d %x instead of %d %x", b[0], b[1], b[2], length, got, (unsigned)code, want,
                 (unsigned)expected);
}

static void test_all_up_to_three_bytes(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 1u << 24; i++) {
        const unsigned char b[3] = {(unsigned char)(i >> 16), (unsigned char)(i >> 8 & 255), (unsigned char)(i & 255)};
        check_against_oracle(b, 3);
        if ((i & 0xFF) == 0) check_against_oracle(b, 2);
        if ((i & 0xFFFF) == 0) check_against_oracle(b, 1);
    }
}

static void test_every_code_point_there_and_back(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= 0x110010; code++) {
        unsigned char out[4] = {0}, expected[4] = {0};
        int length = ur_utf8_encode(code, out);
        if (length != oracle_encode(code, expected) || memcmp(out, expected, 4) != 0) fail_msg("U+%X", (unsigned)code);
        uint32_t back = 0;
        if (length > 0 && (ur_utf8_decode(out, (size_t)length, &back) != length || back != code))
            fail_msg("U+%X decodes as U+%X", (unsigned)code, (unsigned)back);
        for (int cut = 0; cut < length; cut++) assert_int_equal(ur_utf8_decode(out, (size_t)cut, &back), 0);
    }
    unsigned char out[4];
    assert_int_equal(ur_utf8_encode(UINT32_MAX, out), 0);
}

static void check(const char *bytes, size_t length, int result, uint32_t code)
{
    uint32_t got = 0;
    assert_int_equal(ur_utf8_decode((const unsigned char *)bytes, length, &got), result);
    if (result != 0) assert_int_equal(got, code);
}

static void test_edges_of_four_bytes(void **state)
{
    (void)state;
    check("\xF0\x90\x80\x80", 4, 4, 0x10000);
    check("\xF0\xBF\xBF\xBF", 4, 4, 0x3FFFF);
    check("\xF0\x8F\xBF\xBF", 4, -1, 1); /* overlong */
    check("\xF1\x80\x80\x80", 4, 4, 0x40000);
    check("\xF3\xBF\xBF\xBF", 4, 4, 0xFFFFF);
    check("\xF4\x80\x80\x80", 4, 4, 0x100000);
    check("\xF4\x8F\xBF\xBF", 4, 4, 0x10FFFF);
    check("\xF4\x90\x80\x80", 4, -1, 1); /* above U+10FFFF */
    check("\xF5\x80\x80\x80", 4, -1, 1);
    check("\xF0\x9F\x8C\x7F", 4, -1, 3);
    check("\xF0\x9F\x8C\xC0", 4, -1, 3);
    check("\xF0\x9F\x7F\x80", 4, -1, 2);
    check("\xF0\x9F\x8C", 3, 0, 0);
    check("\xF0\x9F\x8C\x80more", 8, 4, 0x1F300);
    check("", 0, 0, 0);
}

/* The Unicode standard's example of maximal subparts (table 3-11 and the tables around it): one U+FFFD for each. */
static size_t replaced(const char *bytes, size_t length, uint32_t *out)
{
    const unsigned char *text = (const unsigned char *)bytes;
    size_t count = 0;
    while (length > 0) {
        uint32_t code;
        int size = ur_utf8_decode(text, length, &code);
        size_t skip = size > 0 ? (size_t)size : size < 0 ? code : length;
        out[count++] = size > 0 ? code : 0xFFFD;
        text += skip;
        length -= skip;
    }
    return count;
}

static void check_replaced(const char *bytes, size_t length, const uint32_t *expected, size_t count)
{
    uint32_t out[16];
    assert_int_equal(replaced(bytes, length, out), count);
    assert_memory_equal(out, expected, count * sizeof *out);
}

static void test_maximal_subparts(void **state)
{
    (void)state;
    enum { R = 0xFFFD };
    const uint32_t overlong[] = {R, R, R, R, R, R, R, R, 'A'};
    check_replaced("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82"
                   "A",
                   9, overlong, 9);
    const uint32_t surrogates[] = {R, R, R, R, R, R, R, R, 'A'};
    check_replaced("\xED\xA0\x80\xED\xBF\xBF\xED\xAF"
                   "A",
                   9, surrogates, 9);
    const uint32_t others[] = {R, R, R, R, R, 'A', R, R, 'B'};
    check_replaced("\xF4\x91\x92\x93\xFF"
                   "A\x80\xBF"
                   "B",
                   9, others, 9);
    const uint32_t truncated[] = {R, R, R, R, 'A'};
    check_replaced("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF"
                   "A",
                   9, truncated, 5);
    const uint32_t end[] = {'x', R};
    check_replaced("x\xF0\x9F\x8C", 4, end, 2);
}

/* A byte that belongs to no character becomes one U+FFFD, and so does a zero byte. All others stay. */
static void test_cleaned(void **state)
{
    (void)state;
    static const char dirty[] = "a\0\xC3\xA9\xE2\x82\xFF\xEA\xB0\x80\xF0\x9F";
    size_t size;
    char *clean = ur_utf8_clean(dirty, sizeof dirty - 1, &size);
#define UNKNOWN "\xEF\xBF\xBD"
    static const char expected[] = "a" UNKNOWN "\xC3\xA9" UNKNOWN UNKNOWN UNKNOWN "\xEA\xB0\x80" UNKNOWN UNKNOWN;
    assert_non_null(clean);
    assert_int_equal(size, sizeof expected - 1);
    assert_string_equal(clean, expected);
    free(clean);
    clean = ur_utf8_clean("", 0, &size);
    assert_non_null(clean);
    assert_int_equal(size, 0);
    assert_string_equal(clean, "");
    free(clean);
}

static void test_mark(void **state)
{
    (void)state;
    assert_int_equal(ur_utf8_mark("\xEF\xBB\xBF"
                                  "a",
                                  4),
                     3);
    assert_int_equal(ur_utf8_mark("\xEF\xBB\xBF", 3), 3);
    assert_int_equal(ur_utf8_mark("\xEF\xBB\xBF", 2), 0);
    assert_int_equal(ur_utf8_mark("\xEF\xBB\xBE"
                                  "a",
                                  4),
                     0);
    assert_int_equal(ur_utf8_mark("", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_up_to_three_bytes),
        cmocka_unit_test(test_every_code_point_there_and_back),
        cmocka_unit_test(test_edges_of_four_bytes),
        cmocka_unit_test(test_maximal_subparts),
        cmocka_unit_test(test_cleaned),
        cmocka_unit_test(test_mark),
    };
    return cmocka_run_group_tests(tests, build_oracle, NULL);
}
