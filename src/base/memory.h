/* Memory: sizes that are checked, blocks aligned for the widest vectors, and the arena of one training window. */
#ifndef UR_BASE_MEMORY_H
#define UR_BASE_MEMORY_H

#include "unroll.h"

#include <stdbool.h>

enum { UR_ALIGN = 64 }; /* bytes: one cache line, one AVX-512 vector */

/* a·b and a+b that say when they do not fit; the result is SIZE_MAX then, so that an allocation of it fails too. */
bool ur_mul_fits(size_t a, size_t b, size_t *product);
bool ur_add_fits(size_t a, size_t b, size_t *sum);

/* count·size zeroed bytes at a multiple of UR_ALIGN; NULL when there is none or the product does not fit. Large
 * blocks ask the system for huge pages. */
void *ur_block_alloc(size_t count, size_t size);
/* The same, not cleared; free() takes it, too. */
void *ur_block_raw(size_t bytes);
void ur_block_free(void *block);
/* Zeros for memory of a block of which little is written before it is cleared again: where the system can, the rest of
 * it takes no room. */
void ur_clear_sparse(void *memory, size_t bytes);

/*
 * An arena gives memory that is all freed at once. It grows while the first window runs; the reset at the end of it
 * joins what it holds into one block with some slack, so that later windows of about the same size allocate nothing.
 */
typedef struct ur_arena {
    struct ur_arena_block *blocks; /* newest first */
    size_t used, peak;             /* bytes given out since the reset, and the most ever */
    void *scratch;                 /* the last piece of it, and its bytes */
    size_t scratch_size;
    size_t allocations; /* calls to the system's allocator, for the benchmark that shows there are none */
} ur_arena;

void ur_arena_init(ur_arena *arena); /* cannot fail; holds nothing */
void ur_arena_free(ur_arena *arena);
/* Frees what was given out, keeps the memory. */
void ur_arena_reset(ur_arena *arena);
/* count·size bytes, aligned to UR_ALIGN, not cleared; NULL when there is no memory. */
void *ur_arena_alloc(ur_arena *arena, size_t count, size_t size);
/* The same for numbers that are wanted only until the next call of this: they come from one piece, used again. */
void *ur_arena_scratch(ur_arena *arena, size_t count, size_t size);

#endif
