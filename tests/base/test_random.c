/* Philox against the vectors published with it (Random123, kat_vectors), and the functions built on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/random.h"

#include <string.h>

typedef struct known {
    uint32_t counter[4], key[2], words[4];
} known;

static const known KNOWN[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

static void test_known_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        uint32_t words[4];
        ur_random_philox(KNOWN[i].counter, KNOWN[i].key, words);
        assert_memory_equal(words, KNOWN[i].words, sizeof words);
    }
}

static void test_layout_of_the_counter(void **state)
{
    (void)state;
    const uint32_t counter[4] = {0x89abcdef, 0x01234567, UR_USE_INIT + 3, 0}, key[2] = {0x76543210, 0xfedcba98};
    uint32_t expected[4], words[4];
    ur_random_philox(counter, key, expected);
    ur_random_words(UINT64_C(0xfedcba9876543210), UR_USE_INIT + 3, UINT64_C(0x0123456789abcdef), words);
    assert_memory_equal(words, expected, sizeof words);
    ur_random_words(0, 0, 0, words);
    assert_memory_equal(words, KNOWN[0].words, sizeof words);
}

static void test_every_input_counts(void **state)
{
    (void)state;
    uint32_t base[4], other[4];
    ur_random_words(1, UR_USE_DROPOUT, 7, base);
    for (int bit = 0; bit < 64; bit++) {
        ur_random_words(1 ^ UINT64_C(1) << bit, UR_USE_DROPOUT, 7, other);
        assert_memory_not_equal(base, other, sizeof base);
        ur_random_words(1, UR_USE_DROPOUT, 7 ^ UINT64_C(1) << bit, other);
        assert_memory_not_equal(base, other, sizeof base);
        ur_random_words(1, UR_USE_DROPOUT ^ UINT32_C(1) << bit % 32, 7, other);
        assert_memory_not_equal(base, other, sizeof base);
    }
}

/* The result holds 53 bits of the first two words: the low 11 bits of word 0 are dropped. */
static void test_uniform_is_exact(void **state)
{
    (void)state;
    uint64_t bits = (UINT64_C(0xe169c58d) << 32 | 0x6627e8d5) >> 11;
    assert_true(ur_random_uniform(0, 0, 0) * 0x1p53 == (double)bits);
}

static void test_uniform_is_uniform(void **state)
{
    (void)state;
    enum { DRAWS = 100000, BINS = 20 };
    int bins[BINS] = {0};
    double sum = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        double u = ur_random_uniform(5, UR_USE_TEST, i);
        assert_true(u >= 0 && u < 1);
        bins[(int)(u * BINS)]++;
        sum += u;
    }
    /* Five standard deviations: sqrt(1/12/n) for the mean, sqrt(n p (1-p)) for a bin. */
    assert_true(sum / DRAWS > 0.5 - 0.0046 && sum / DRAWS < 0.5 + 0.0046);
    for (int i = 0; i < BINS; i++) assert_in_range(bins[i], 5000 - 345, 5000 + 345);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),      cmocka_unit_test(test_layout_of_the_counter),
        cmocka_unit_test(test_every_input_counts), cmocka_unit_test(test_uniform_is_exact),
        cmocka_unit_test(test_uniform_is_uniform),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
