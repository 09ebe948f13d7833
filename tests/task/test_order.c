/*
 * The order of examples: each occurs once, batches have little padding and similar lengths, and each epoch has another
 * order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/numbers.h"
#include "support/ok.h"
#include "task/order.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 3000 };

static uint32_t length[MOST];

static void make(ur_order *o, uint64_t seed, uint64_t epoch, bool shuffled)
{
    ur_error error;
    ok(ur_order_make(o, seed, epoch, shuffled, &error), &error);
}

/*
 * Checks that each example occurs once and no batch is empty. Returns the number of places, padding included, over the
 * sum of lengths.
 */
static double check_batches(const ur_order *o)
{
    static bool seen[MOST];
    size_t places = 0, sum = 0, all = 0;
    memset(seen, 0, sizeof seen);
    for (size_t b = 0; b < o->batches; b++) {
        size_t count, longest = 0;
        const uint32_t *place = ur_order_batch(o, b, &count);
        assert_true(count > 0 && (!o->lanes || count <= o->lanes));
        for (size_t i = 0; i < count; i++) {
            assert_true(place[i] < o->count && !seen[place[i]]);
            seen[place[i]] = true;
            sum += length[place[i]];
            longest = length[place[i]] > longest ? length[place[i]] : longest;
        }
        places += longest * count;
        all += count;
    }
    assert_int_equal(all, o->count);
    return (double)places / (double)sum;
}

static size_t longest_batch(const ur_order *o)
{
    size_t most = 0;
    for (size_t b = 0; b < o->batches; b++) {
        size_t count, sum = 0;
        const uint32_t *place = ur_order_batch(o, b, &count);
        for (size_t i = 0; i < count; i++) sum += length[place[i]];
        most = sum > most ? sum : most;
    }
    return most;
}

static void make_lengths(size_t most)
{
    int32_t drawn[MOST];
    fill_ids(drawn, MOST, 1, most);
    for (size_t i = 0; i < MOST; i++) length[i] = 1 + (uint32_t)drawn[i];
}

/*
 * Lengths are uniform, so the sum of the shortest examples grows with the square of their greatest length. Of g
 * batches with equal sums, the b-th ends at a length in proportion to √b, and its padding is 2(b − √(b(b − 1))) − 1 of
 * its sum. On average this is 5.8 % for groups of 32 batches, 7.0 % for the last 26 of 250, and 1.0 % if all 250 are
 * one group.
 */
static void batches_of_equal_lengths(void **state)
{
    (void)state;
    ur_order o = {.length = length, .count = MOST, .batches = 250};
    make_lengths(100);
    for (uint64_t epoch = 0; epoch < 3; epoch++) {
        make(&o, 5, epoch, true);
        assert_true(check_batches(&o) < 1.07);
        assert_true(longest_batch(&o) < 2 * 50 * MOST / 250);
    }
    o.made = false;
    make(&o, 5, 0, false);
    assert_true(check_batches(&o) < 1.02);
    ur_order_free(&o);
}

/*
 * The padding of a batch is at most its 16 examples times the range of its lengths. The ranges of a group add up to at
 * most 99. So the 6 groups have at most 6·16·99 places of padding, which is 6.3 % of the sum of the lengths,
 * 2993·50.5.
 */
static void batches_of_equal_numbers(void **state)
{
    (void)state;
    ur_order o = {.length = length, .count = MOST - 7, .lanes = 16, .batches = (MOST - 7 + 15) / 16};
    make_lengths(100);
    make(&o, 5, 1, true);
    assert_true(check_batches(&o) < 1.07);
    ur_order_free(&o);
}

/* As few examples as batches, and any number of batches below that. */
static void few_examples(void **state)
{
    (void)state;
    make_lengths(9);
    for (size_t count = 1; count < 200; count += 13)
        for (size_t batches = 1; batches <= count; batches++) {
            ur_order o = {.length = length, .count = count, .batches = batches};
            make(&o, 1, 1, true);
            check_batches(&o);
            ur_order_free(&o);
        }
}

static void orders_are_known_by_epoch(void **state)
{
    (void)state;
    ur_order o = {.length = length, .count = MOST, .batches = 100};
    uint32_t *first = zeros(MOST, sizeof *first);
    make_lengths(30);
    make(&o, 1, 4, true);
    memcpy(first, o.place, MOST * sizeof *first);
    make(&o, 1, 5, true);
    assert_true(memcmp(first, o.place, MOST * sizeof *first) != 0);
    make(&o, 1, 4, true);
    assert_memory_equal(first, o.place, MOST * sizeof *first);
    free(first);
    ur_order_free(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_of_equal_lengths),
        cmocka_unit_test(batches_of_equal_numbers),
        cmocka_unit_test(few_examples),
        cmocka_unit_test(orders_are_known_by_epoch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
