/* Checked sizes, aligned blocks, and the arena. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* for madvise */
#endif
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    HUGE_PAGE = 2 << 20,
    LARGE_BLOCK = 4 << 20, /* from this size on, huge pages save more than rounding up wastes */
    ARENA_FIRST = 64 << 10,
    ARENA_GROWTH_MAX = 64 << 20, /* blocks double up to this size, so that the first window leaves little unused */
    ARENA_SLACK = 16             /* a joined block is one sixteenth larger than the peak */
};

bool ur_mul_fits(size_t a, size_t b, size_t *product)
{
    bool fits = a == 0 || b <= SIZE_MAX / a;
    *product = fits ? a * b : SIZE_MAX;
    return fits;
}

bool ur_add_fits(size_t a, size_t b, size_t *sum)
{
    bool fits = b <= SIZE_MAX - a;
    *sum = fits ? a + b : SIZE_MAX;
    return fits;
}

/* Rounds up to a multiple of a power of two, at least one multiple. False if no object can be that large. */
static bool round_up(size_t bytes, size_t multiple, size_t *rounded)
{
    size_t sum;
    if (!ur_add_fits(bytes ? bytes : 1, multiple - 1, &sum)) return false;
    *rounded = sum & ~(multiple - 1);
    return *rounded <= PTRDIFF_MAX;
}

static void *system_alloc(size_t bytes)
{
    size_t align = bytes >= LARGE_BLOCK ? HUGE_PAGE : UR_ALIGN, rounded;
    if (!round_up(bytes, align, &rounded)) return NULL;
    void *block = aligned_alloc(align, rounded);
#ifdef MADV_HUGEPAGE
    /* Only a hint: a kernel without huge pages refuses, and nothing is lost. The unused end of the block is left
     * out. */
    if (block && align == HUGE_PAGE) (void)madvise(block, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
    return block;
}

/* Clears whole pages by giving them back. On Linux they then read as zeros and take no memory until they are
 * written. */
static bool give_back(void *pages, size_t bytes)
{
#if defined(__linux__) && defined(MADV_DONTNEED)
    return bytes == 0 || madvise(pages, bytes, MADV_DONTNEED) == 0;
#else
    (void)pages;
    return bytes == 0;
#endif
}

/* Splits a block: bytes before its first whole page, and bytes of the whole pages that follow. */
static void whole_pages(const void *block, size_t bytes, size_t *before, size_t *whole)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    *before = (page - (uintptr_t)block % page) % page;
    if (*before > bytes) *before = bytes;
    *whole = (bytes - *before) / page * page;
}

static void clear(void *block, size_t bytes)
{
    unsigned char *at = block;
    size_t before, whole;
    whole_pages(at, bytes, &before, &whole);
    if (bytes < LARGE_BLOCK || !give_back(at + before, whole)) {
        memset(at, 0, bytes);
        return;
    }
    memset(at, 0, before);
    memset(at + before + whole, 0, bytes - before - whole);
}

void ur_clear_sparse(void *memory, size_t bytes)
{
#ifdef MADV_NOHUGEPAGE
    size_t before, whole;
    whole_pages(memory, bytes, &before, &whole);
    if (bytes >= LARGE_BLOCK) (void)madvise((unsigned char *)memory + before, whole, MADV_NOHUGEPAGE);
#endif
    clear(memory, bytes);
}

void *ur_block_raw(size_t bytes) { return system_alloc(bytes); }

void *ur_block_alloc(size_t count, size_t size)
{
    size_t bytes;
    if (!ur_mul_fits(count, size, &bytes)) return NULL;
    void *block = system_alloc(bytes);
    if (block) clear(block, bytes);
    return block;
}

void ur_block_free(void *block) { free(block); }

/* The header of a block; its memory begins UR_ALIGN bytes after the header's start. */
typedef struct ur_arena_block {
    struct ur_arena_block *next;
    size_t size, used;
} arena_block;

_Static_assert(sizeof(arena_block) <= UR_ALIGN, "the memory after the header must be aligned");

void ur_arena_init(ur_arena *arena) { *arena = (ur_arena){0}; }

static void free_blocks(arena_block *block)
{
    while (block) {
        arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void ur_arena_free(ur_arena *arena)
{
    free_blocks(arena->blocks);
    ur_arena_init(arena);
}

static arena_block *new_block(ur_arena *arena, size_t size)
{
    size_t bytes;
    if (!ur_add_fits(size, UR_ALIGN, &bytes)) return NULL;
    arena->allocations++;
    arena_block *block = system_alloc(bytes);
    if (block) *block = (arena_block){.size = size};
    return block;
}

/* One block for the peak and a little more, because the first window has no carried states and later windows have.
 * Pages that are never touched cost no memory. Every piece is a multiple of UR_ALIGN, so the order in which a later
 * window takes its pieces does not matter. If there is no memory, the old blocks stay. */
static void join_blocks(ur_arena *arena)
{
    arena_block *joined = new_block(arena, arena->peak + arena->peak / ARENA_SLACK);
    if (!joined) return;
    free_blocks(arena->blocks);
    arena->blocks = joined;
}

void ur_arena_reset(ur_arena *arena)
{
    if (arena->blocks && arena->blocks->next) join_blocks(arena);
    for (arena_block *block = arena->blocks; block; block = block->next) block->used = 0;
    arena->used = 0;
    arena->scratch = NULL;
    arena->scratch_size = 0;
}

static arena_block *grow(ur_arena *arena, size_t bytes)
{
    size_t size = ARENA_FIRST;
    for (arena_block *block = arena->blocks; block && size < ARENA_GROWTH_MAX; block = block->next) size += block->size;
    if (size > ARENA_GROWTH_MAX) size = ARENA_GROWTH_MAX;
    if (size < bytes) size = bytes;
    arena_block *block = new_block(arena, size);
    if (!block && size > bytes) block = new_block(arena, bytes);
    if (!block) return NULL;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

/* Finds the oldest block with enough space (the last of the list). So a repeated window gets the same addresses even if
 * its blocks could not be joined. */
static arena_block *block_with_room(const ur_arena *arena, size_t bytes)
{
    arena_block *found = NULL;
    for (arena_block *block = arena->blocks; block; block = block->next)
        if (block->size - block->used >= bytes) found = block;
    return found;
}

void *ur_arena_alloc(ur_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (!ur_mul_fits(count, size, &bytes) || !round_up(bytes, UR_ALIGN, &bytes)) return NULL;
    arena_block *block = block_with_room(arena, bytes);
    if (!block) block = grow(arena, bytes);
    if (!block) return NULL;
    unsigned char *piece = (unsigned char *)block + UR_ALIGN + block->used;
    block->used += bytes;
    arena->used += bytes;
    if (arena->used > arena->peak) arena->peak = arena->used;
    return piece;
}

void *ur_arena_scratch(ur_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (!ur_mul_fits(count, size, &bytes)) return NULL;
    if (arena->scratch && bytes <= arena->scratch_size) return arena->scratch;
    void *piece = ur_arena_alloc(arena, bytes, 1);
    if (!piece) return NULL;
    arena->scratch = piece;
    arena->scratch_size = bytes;
    return piece;
}
