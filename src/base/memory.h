/* Memory: checked sizes, blocks aligned for the widest vectors, and the arena of one training window. */
#ifndef UR_BASE_MEMORY_H
#define UR_BASE_MEMORY_H

#include "unroll.h"

#include <stdbool.h>

enum { UR_ALIGN = 64 }; /* bytes: one cache line, one AVX-512 vector */

/* a·b and a+b. False if the result does not fit; it is then SIZE_MAX, so that allocating it fails too. */
bool ur_mul_fits(size_t a, size_t b, size_t *product);
bool ur_add_fits(size_t a, size_t b, size_t *sum);

/* count·size zeroed bytes, aligned to UR_ALIGN; NULL if there is no memory or the product does not fit. Large blocks
 * ask the system for huge pages. */
void *ur_block_alloc(size_t count, size_t size);
/* Like ur_block_alloc, but not cleared. free() takes these blocks too. */
void *ur_block_raw(size_t bytes);
void ur_block_free(void *block);
/* Clears memory of a block that is mostly left unwritten until the next clear. Where the system allows, the unwritten
 * pages take no memory. */
void ur_clear_sparse(void *memory, size_t bytes);

/*
 * An arena gives out memory that is all freed at once. It grows while the first window runs. The reset after that
 * window joins its blocks into one with some slack, so that later windows of about the same size allocate nothing.
 */
typedef struct ur_arena {
    struct ur_arena_block *blocks; /* newest first */
    size_t used, peak;             /* bytes given out since the reset; the most ever */
    void *scratch;                 /* the current scratch piece, and its bytes */
    size_t scratch_size;
    size_t allocations; /* calls to the system's allocator; a benchmark shows that they stop */
} ur_arena;

void ur_arena_init(ur_arena *arena); /* cannot fail; allocates nothing */
void ur_arena_free(ur_arena *arena);
/* Takes back all that was given out, and keeps the memory. */
void ur_arena_reset(ur_arena *arena);
/* count·size bytes, aligned to UR_ALIGN, not cleared; NULL if there is no memory. */
void *ur_arena_alloc(ur_arena *arena, size_t count, size_t size);
/* Like ur_arena_alloc, but the numbers are valid only until the next call: all calls use the same piece. */
void *ur_arena_scratch(ur_arena *arena, size_t count, size_t size);

#endif
