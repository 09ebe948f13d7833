/*
 * The multiply-add of processors that have no instruction for it: equal bits with fmaf of the C library. Random floats
 * of all sizes; sums in the middle between two floats, exact and nearly; results below the normal range; and the ends:
 * zeros of both signs, infinities, NaN, the greatest and the smallest floats.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/random.h"
#include "kernel/fma.h"

static uint32_t random_word(uint64_t place)
{
    return (uint32_t)(ur_random_uniform(3, UR_USE_TEST, place) * 4294967296.0);
}

static float float_of(uint32_t word)
{
    float x;
    memcpy(&x, &word, sizeof x);
    return x;
}

static void check(float a, float b, float c)
{
    float got = ur_fma(a, b, c), wanted = fmaf(a, b, c);
    if (isnan(got) && isnan(wanted)) return;
    if (memcmp(&got, &wanted, sizeof got) != 0)
        fail_msg("%a * %a + %a is %a, not %a", (double)a, (double)b, (double)c, (double)wanted, (double)got);
}

static void test_random(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 1000000; i++)
        check(float_of(random_word(3 * i)), float_of(random_word(3 * i + 1)), float_of(random_word(3 * i + 2)));
}

/* A float with 24 random binary digits, between 1 and 2 times 2^exponent, of either sign. */
static float number(uint64_t place, int exponent)
{
    uint32_t word = random_word(place);
    float x = ldexpf(1 + (float)(word >> 9) * FLT_EPSILON, exponent);
    return word & 1 ? x : -x;
}

/*
 * c plus or minus half of 2^last, short of it by a share of k²·2^-46 or less. In double only the half is left if c is
 * large, and the sum is in the middle between two multiples of 2^last.
 */
static void check_around_half(float c, int last, float k)
{
    int part = (last - 1) / 2;
    float half = ldexpf(1, part), rest = ldexpf(1, last - 1 - part); /* their product is half of 2^last */
    for (int sign = -1; sign <= 1; sign += 2) {
        check((1 + k * FLT_EPSILON) * half, (float)sign * (1 - k * FLT_EPSILON) * rest, c);
        check(half, (float)sign * rest, c);
        check((1 + k * FLT_EPSILON) * half, (float)sign * rest, c);
    }
}

static void test_middles(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 1000000; i++) {
        int exponent = (int)(i % 200) - 90;
        check_around_half(number(i, exponent), exponent - 23, (float)(1 + i % 5));
        check(number(2 * i, exponent), 3, ldexpf(i & 1 ? 1 : -1, exponent - 40 - (int)(i % 40))); /* half, or nearly */
    }
}

/* Below FLT_MIN all floats are multiples of 2^-149. */
static void test_small(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 1000000; i++) {
        float c = number(i, -126 - (int)(i % 24));
        check_around_half(c, -149, (float)(1 + i % 5));
        check(number(2 * i, -60), number(2 * i + 1, -60 - (int)(i / 24 % 35)), c);
        check(number(2 * i, -60), number(2 * i + 1, -60 - (int)(i / 24 % 35)), 0);
    }
}

static void test_ends(void **state)
{
    (void)state;
    static const float ends[] = {0,       1,        1.5f,    1 + FLT_EPSILON, 3,        FLT_MIN, 0x1p-149f,
                                 FLT_MAX, 0x1p127f, 0x1p64f, 0x1.fffffep+63f, INFINITY, NAN,     0x1p-75f};
    enum { ENDS = 2 * sizeof ends / sizeof *ends };
    for (size_t i = 0; i < (size_t)ENDS * ENDS * ENDS; i++) {
        size_t at[] = {i % ENDS, i / ENDS % ENDS, i / ENDS / ENDS};
        float x[3];
        for (int k = 0; k < 3; k++) x[k] = at[k] % 2 ? -ends[at[k] / 2] : ends[at[k] / 2];
        check(x[0], x[1], x[2]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random), cmocka_unit_test(test_middles),
                                       cmocka_unit_test(test_small), cmocka_unit_test(test_ends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
