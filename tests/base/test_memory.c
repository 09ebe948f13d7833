/* Sizes, blocks and the arena. A second copy of the source gets an allocator that fails on demand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static void test_sizes(void **state)
{
    (void)state;
    size_t n = 1;
    assert_true(ur_mul_fits(6, 7, &n) && n == 42);
    assert_true(ur_mul_fits(0, SIZE_MAX, &n) && n == 0);
    assert_true(ur_mul_fits(SIZE_MAX, 0, &n) && n == 0);
    assert_true(ur_mul_fits(SIZE_MAX, 1, &n) && n == SIZE_MAX);
    assert_true(ur_mul_fits(SIZE_MAX / 2, 2, &n) && n == SIZE_MAX - 1);
    n = 1;
    assert_true(!ur_mul_fits(SIZE_MAX / 2 + 1, 2, &n) && n == SIZE_MAX);
    n = 1;
    assert_true(!ur_mul_fits(SIZE_MAX, SIZE_MAX, &n) && n == SIZE_MAX);
    assert_true(ur_add_fits(SIZE_MAX - 1, 1, &n) && n == SIZE_MAX);
    assert_true(ur_add_fits(2, 3, &n) && n == 5);
    n = 1;
    assert_true(!ur_add_fits(SIZE_MAX, 1, &n) && n == SIZE_MAX);
    n = 1;
    assert_true(!ur_add_fits(1, SIZE_MAX, &n) && n == SIZE_MAX);
}

static void check_block(size_t count, size_t size, size_t align)
{
    unsigned char *block = ur_block_alloc(count, size);
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % align, 0);
    for (size_t i = 0; i < count * size; i++)
        if (block[i] != 0) fail_msg("byte %zu of %zu is not zero", i, count * size);
    memset(block, 0xA5, count * size); /* the next block may get this memory, and must be zeroed all the same */
    ur_block_free(block);
}

static void test_blocks(void **state)
{
    (void)state;
    for (size_t size = 0; size < 300; size++) check_block(1, size, UR_ALIGN);
    for (int again = 0; again < 3; again++) {
        check_block(1000, 1049, UR_ALIGN);
        check_block(1, (4 << 20) - 1, UR_ALIGN);
        check_block(1, 4 << 20, 2 << 20);
        check_block(5, (1 << 20) + 1, 2 << 20);
    }
    ur_block_free(NULL);
}

/* The whole range is cleared and nothing outside it, wherever in a page the range begins. */
static void check_sparse(unsigned char *block, size_t size, size_t begin, size_t end)
{
    memset(block, 0xA5, size);
    ur_clear_sparse(block + begin, end - begin);
    for (size_t i = 0; i < size; i++)
        if (block[i] != (i >= begin && i < end ? 0 : 0xA5)) fail_msg("[%zu, %zu): byte %zu is wrong", begin, end, i);
}

static void test_sparse(void **state)
{
    (void)state;
    enum { SIZE = 9 << 20 };
    static const size_t PLACES[] = {0,           1,        4095, 4096, 70000, (2 << 20) + 64, (4 << 20) + 7,
                                    SIZE - 4097, SIZE - 1, SIZE};
    enum { COUNT = sizeof PLACES / sizeof PLACES[0] };
    unsigned char *block = ur_block_alloc(1, SIZE);
    assert_non_null(block);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = i; k < COUNT; k++) check_sparse(block, SIZE, PLACES[i], PLACES[k]);
    ur_block_free(block);
}

static void test_raw(void **state)
{
    (void)state;
    for (size_t size = 0; size < 6 << 20; size = 5 * size + 1) {
        unsigned char *block = ur_block_raw(size);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % UR_ALIGN, 0);
        memset(block, 1, size);
        ur_block_free(block);
    }
    assert_null(ur_block_raw(SIZE_MAX));
}

static void test_blocks_that_do_not_fit(void **state)
{
    (void)state;
    assert_null(ur_block_alloc(SIZE_MAX, 2));
    assert_null(ur_block_alloc(SIZE_MAX / 4, 5));
    assert_null(ur_block_alloc(SIZE_MAX, 1));
    assert_null(ur_block_alloc(1, (size_t)PTRDIFF_MAX + 1));
    assert_null(ur_block_alloc(1, PTRDIFF_MAX)); /* too large once rounded up to huge pages */
}

enum { PIECES = 200 };

/* Takes PIECES pieces of odd sizes, fills each one, and then checks that none was overwritten. */
static void use_window(ur_arena *arena, size_t largest)
{
    unsigned char *pieces[PIECES];
    size_t sizes[PIECES], sum = 0;
    for (size_t i = 0; i < PIECES; i++) {
        sizes[i] = (i * i * 7919 + 13 * i) % largest;
        pieces[i] = ur_arena_alloc(arena, sizes[i], 1);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % UR_ALIGN, 0);
        memset(pieces[i], (int)(i & 0xFF), sizes[i]);
        sum += sizes[i];
    }
    for (size_t i = 0; i < PIECES; i++)
        for (size_t k = 0; k < sizes[i]; k++)
            if (pieces[i][k] != (i & 0xFF)) fail_msg("piece %zu was written over at %zu", i, k);
    assert_true(arena->used >= sum && arena->used <= sum + PIECES * UR_ALIGN);
    assert_true(arena->peak >= arena->used);
}

static void test_arena_scratch_is_used_again(void **state)
{
    (void)state;
    ur_arena arena;
    ur_arena_init(&arena);
    unsigned char *first = ur_arena_scratch(&arena, 1000, 4);
    assert_non_null(first);
    unsigned char *other = ur_arena_alloc(&arena, 64, 1);
    assert_non_null(other);
    assert_ptr_equal(ur_arena_scratch(&arena, 500, 4), first);
    unsigned char *larger = ur_arena_scratch(&arena, 2000, 4);
    assert_non_null(larger);
    assert_true(larger != first && larger != other);
    assert_ptr_equal(ur_arena_scratch(&arena, 8000, 1), larger);
    assert_null(ur_arena_scratch(&arena, SIZE_MAX, 2));
    ur_arena_reset(&arena);
    assert_int_equal(arena.scratch_size, 0);
    ur_arena_free(&arena);
}

static void test_arena_second_window_allocates_nothing(void **state)
{
    (void)state;
    static const size_t LARGEST[] = {50, 5000, 50000, 300000};
    for (size_t i = 0; i < sizeof LARGEST / sizeof LARGEST[0]; i++) {
        ur_arena arena;
        ur_arena_init(&arena);
        assert_int_equal(arena.allocations, 0);
        use_window(&arena, LARGEST[i]);
        size_t used = arena.used;
        ur_arena_reset(&arena); /* joins the blocks */
        assert_int_equal(arena.used, 0);
        size_t joined = arena.allocations;
        assert_true(joined >= 1);
        for (int window = 0; window < 3; window++) {
            use_window(&arena, LARGEST[i]);
            assert_int_equal(arena.used, used);
            assert_int_equal(arena.peak, used);
            ur_arena_reset(&arena);
            assert_int_equal(arena.allocations, joined);
        }
        assert_non_null(ur_arena_alloc(&arena, used, 1)); /* everything fits into one block */
        assert_int_equal(arena.allocations, joined);
        ur_arena_free(&arena);
    }
}

static void test_arena_smaller_and_larger_windows(void **state)
{
    (void)state;
    ur_arena arena;
    ur_arena_init(&arena);
    use_window(&arena, 20000);
    ur_arena_reset(&arena);
    size_t before = arena.allocations;
    use_window(&arena, 100);
    ur_arena_reset(&arena);
    assert_int_equal(arena.allocations, before);
    use_window(&arena, 100000); /* the arena grows again */
    ur_arena_reset(&arena);
    assert_true(arena.allocations > before);
    before = arena.allocations;
    use_window(&arena, 100000);
    ur_arena_reset(&arena);
    assert_int_equal(arena.allocations, before);
    ur_arena_free(&arena);
    assert_null(arena.blocks);
    ur_arena_reset(&arena);
    ur_arena_free(&arena);
}

static void test_arena_sizes_that_do_not_fit(void **state)
{
    (void)state;
    ur_arena arena;
    ur_arena_init(&arena);
    assert_null(ur_arena_alloc(&arena, SIZE_MAX, 2));
    assert_null(ur_arena_alloc(&arena, SIZE_MAX - 1, 1));
    assert_null(ur_arena_alloc(&arena, PTRDIFF_MAX, 1));
    assert_int_equal(arena.used, 0);
    void *a = ur_arena_alloc(&arena, 0, 8), *b = ur_arena_alloc(&arena, 8, 0);
    assert_true(a && b && a != b);
    ur_arena_free(&arena);
}

/* ---- The same source, with an allocator that gives `allowed` more blocks. ---- */

static int allowed;

static void *rationed_alloc(size_t align, size_t size)
{
    if (allowed == 0) return NULL;
    allowed--;
    return aligned_alloc(align, size);
}

#define aligned_alloc    rationed_alloc
#define ur_mul_fits      rationed_mul_fits
#define ur_add_fits      rationed_add_fits
#define ur_block_alloc   rationed_block_alloc
#define ur_block_free    rationed_block_free
#define ur_block_raw     rationed_block_raw
#define ur_clear_sparse  rationed_clear_sparse
#define ur_arena_init    rationed_arena_init
#define ur_arena_free    rationed_arena_free
#define ur_arena_reset   rationed_arena_reset
#define ur_arena_alloc   rationed_arena_alloc
#define ur_arena_scratch rationed_arena_scratch
#include "base/memory.c"

static void test_failing_blocks(void **state)
{
    (void)state;
    allowed = 0;
    assert_null(rationed_block_alloc(1, 10));
    assert_null(rationed_block_alloc(8, 1 << 20));
    allowed = 1;
    void *block = rationed_block_alloc(8, 1 << 20);
    assert_non_null(block);
    rationed_block_free(block);
}

static void take_and_write(ur_arena *arena, size_t size)
{
    void *piece = rationed_arena_alloc(arena, 1, size);
    assert_non_null(piece);
    memset(piece, 1, size);
}

/* Takes sizes that each need a block of their own. */
static void take_three(ur_arena *arena)
{
    for (size_t size = 1000000; size <= 4000000; size *= 2) take_and_write(arena, size);
}

static void test_failing_join_keeps_the_blocks(void **state)
{
    (void)state;
    ur_arena arena;
    rationed_arena_init(&arena);
    allowed = 3;
    take_three(&arena);
    assert_int_equal(allowed, 0);
    size_t used = arena.used;
    for (int window = 0; window < 3; window++) {
        rationed_arena_reset(&arena); /* there is no memory to join the blocks with */
        assert_int_equal(arena.used, 0);
        take_three(&arena);
        assert_int_equal(arena.used, used);
        assert_null(rationed_arena_alloc(&arena, 1, 100000));
    }
    allowed = 1;
    rationed_arena_reset(&arena); /* now there is */
    assert_int_equal(allowed, 0);
    take_and_write(&arena, 7000000);
    rationed_arena_free(&arena);
}

/* If doubling the arena asks for too much, the size that is needed may still be available. */
static void test_growth_falls_back_to_what_is_needed(void **state)
{
    (void)state;
    ur_arena arena;
    rationed_arena_init(&arena);
    allowed = 1;
    assert_non_null(rationed_arena_alloc(&arena, 1, 1000000));
    size_t calls = arena.allocations;
    assert_null(rationed_arena_alloc(&arena, 1, 100000));
    assert_int_equal(arena.allocations, calls + 2);
    rationed_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_sparse),
        cmocka_unit_test(test_raw),
        cmocka_unit_test(test_blocks_that_do_not_fit),
        cmocka_unit_test(test_arena_second_window_allocates_nothing),
        cmocka_unit_test(test_arena_scratch_is_used_again),
        cmocka_unit_test(test_arena_smaller_and_larger_windows),
        cmocka_unit_test(test_arena_sizes_that_do_not_fit),
        cmocka_unit_test(test_failing_blocks),
        cmocka_unit_test(test_failing_join_keeps_the_blocks),
        cmocka_unit_test(test_growth_falls_back_to_what_is_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
