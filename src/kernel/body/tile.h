/*
 * The register tile of which every product is made: `rows` by `panels` sums of 16 numbers, kept in registers while k
 * runs. Each sum is one chain of fused multiply-adds in the order of k. Compiled for each instruction set, in the files
 * that include it.
 */
#ifndef UR_KERNEL_BODY_TILE_H
#define UR_KERNEL_BODY_TILE_H

#include "kernel/lane.h"

/* UR_DEPTH: how many k are done at once. Then the part of B that a tile reads is still in the cache for the tiles below
 * it, and C is seldom touched. */
enum { UR_TILE_ROWS = 6, UR_FEW_ROWS = 2, UR_DEPTH = 256 };

/* Panels of a tile of f32. With few rows there are more, because a chain waits for its last addition. */
static inline size_t ur_tile_panels(size_t rows) { return rows <= UR_FEW_ROWS ? UR_FEW_PANELS : UR_TILE_PANELS; }

/* A is stored row by row. If the including file defines UR_TILE_OF_COLUMNS, A is stored tile by tile, a_row apart, and
 * each tile column by column. Distances that the compiler knows cost no instruction. */
#ifdef UR_TILE_OF_COLUMNS
#define UR_A_ROW(tile)         ((size_t)1)
#define UR_A_NEXT              UR_TILE_ROWS
#define UR_A_BELOW(tile, rows) ((tile)->a_row)
#else
#define UR_A_ROW(tile)         ((tile)->a_row)
#define UR_A_NEXT              1
#define UR_A_BELOW(tile, rows) ((rows) * (tile)->a_row)
#endif

/*
 * C(r, panel p) = first + Σ_k A(r, k)·B(k, panel p); k = `outer` runs of `inner`.
 * A, if row by row: a + r·a_row + run·a_outer + k. B: panel p at b + p·b_panel, 16 numbers for each k. C: c + r·c_row +
 * column[p]; first: likewise at `first`, which may be C itself.
 */
typedef struct ur_tile {
    const real *a, *b;
    const real *ahead; /* prefetched: 16 numbers for every UR_TILE_STEPS of k */
    const real *first;
    real *c;
    size_t a_row, a_outer, inner, outer, b_panel, first_row, c_row;
    size_t first_column[UR_FEW_PANELS], column[UR_FEW_PANELS];
} ur_tile;

/* The start of chains that begin with zero; first_row and first_column are 0. */
static const real ur_zeros[16];

/* The chains continue from what C holds. */
static inline void ur_tile_go_on(ur_tile *t)
{
    t->first = t->c;
    t->first_row = t->c_row;
    for (size_t i = 0; i < UR_FEW_PANELS; i++) t->first_column[i] = t->column[i];
}

/* The sums of a tile, in registers. */
typedef v16 ur_tile_sum[UR_TILE_ROWS][UR_FEW_PANELS];

/* Does `steps` values of k. There are two pointers into A, because an address can only contain a multiple of a row by
 * 1, 2, 4 or 8. Each step begins with its loads, including the strides of `t`, and ends with a barrier for loads. If
 * loads were moved ahead, or strides kept in locals, they would take registers from the sums: gcc 12 then keeps two of
 * AVX2's twelve sums in memory. */
static inline __attribute__((always_inline)) void ur_tile_steps(ur_tile_sum sum, const ur_tile *t, const real *a,
                                                                const real *b, const int rows, const int panels,
                                                                const int steps)
{
    const real *a3 = a + 3 * UR_A_ROW(t);
    UR_UNROLL
    for (int k = 0; k < steps; k++) {
        v16 w[UR_FEW_PANELS];
        UR_UNROLL
        for (int p = 0; p < panels; p++) w[p] = v_load(b + 16 * k + (size_t)p * t->b_panel);
        UR_UNROLL
        for (int r = 0; r < rows; r++) {
            v16 x = v_set((r < 3 ? a : a3)[(size_t)(r % 3) * UR_A_ROW(t) + (size_t)k * UR_A_NEXT]);
            UR_UNROLL
            for (int p = 0; p < panels; p++) sum[r][p] = v_fma(x, w[p], sum[r][p]);
        }
        __asm__ volatile("" ::: "memory");
    }
}

static UR_TILE_INLINE void ur_tile_sums(const ur_tile *t, const int rows, const int panels)
{
    ur_tile_sum sum;
    UR_UNROLL
    for (int r = 0; r < rows; r++) UR_UNROLL
    for (int p = 0; p < panels; p++) sum[r][p] = v_load(t->first + (size_t)r * t->first_row + t->first_column[p]);
    const real *b = t->b, *ahead = t->ahead;
    for (size_t o = 0; o < t->outer; o++) {
        const real *a = t->a + o * t->a_outer;
        size_t k = t->inner;
        for (; k >= UR_TILE_STEPS; k -= UR_TILE_STEPS, a += UR_TILE_STEPS * UR_A_NEXT, b += UR_TILE_STEPS * 16) {
            __builtin_prefetch(ahead, 0, 2);
            ahead += 16;
            ur_tile_steps(sum, t, a, b, rows, panels, UR_TILE_STEPS);
        }
        for (; k > 0; k--, a += UR_A_NEXT, b += 16) ur_tile_steps(sum, t, a, b, rows, panels, 1);
    }
    UR_UNROLL
    for (int r = 0; r < rows; r++) UR_UNROLL
    for (int p = 0; p < panels; p++) v_store(t->c + (size_t)r * t->c_row + t->column[p], sum[r][p]);
}

#define UR_TILE(rows, panels)                                                                                          \
    static void ur_tile_##rows##_##panels(const ur_tile *t) { ur_tile_sums(t, rows, panels); }
#define UR_TILES(panels)                                                                                               \
    UR_TILE(1, panels) UR_TILE(2, panels) UR_TILE(3, panels) UR_TILE(4, panels) UR_TILE(5, panels) UR_TILE(6, panels)
#define UR_TILE_LIST(panels)                                                                                           \
    {                                                                                                                  \
        ur_tile_1_##panels, ur_tile_2_##panels, ur_tile_3_##panels, ur_tile_4_##panels, ur_tile_5_##panels,            \
            ur_tile_6_##panels                                                                                         \
    }

UR_TILES(1)
#if UR_TILE_PANELS > 1
UR_TILES(2)
UR_TILES(3)
UR_TILES(4)
#else
UR_TILE(1, 2)
UR_TILE(2, 2)
#endif

/* Has no entry for more panels than ur_tile_panels(rows). */
_Static_assert(UR_FEW_ROWS == 2 && UR_FEW_PANELS == (UR_TILE_PANELS > 1 ? 4 : 2), "the tiles of this table");
static void (*const ur_tiles[UR_FEW_PANELS][UR_TILE_ROWS])(const ur_tile *) = {
    UR_TILE_LIST(1),
#if UR_TILE_PANELS > 1
    UR_TILE_LIST(2),
    UR_TILE_LIST(3),
    UR_TILE_LIST(4),
#else
    {ur_tile_1_2, ur_tile_2_2},
#endif
};

/* Prefetches where the tile at c will store its sums. Otherwise it would begin by waiting for rows of C that are far
 * apart. */
static void ur_tile_fetch(const ur_tile *t, const real *c, size_t panels)
{
#pragma GCC unroll 1
    for (size_t r = 0; r < UR_TILE_ROWS; r++)
#pragma GCC unroll 1
        for (size_t p = 0; p < panels; p++) __builtin_prefetch(c + r * t->c_row + t->column[p], 1);
}

/* Rows of the next tile if `rows` are left. Tiles are made as equal as possible, because a tile of few rows would leave
 * the multiply-add units waiting. */
static inline size_t ur_tile_taken(size_t rows) { return rows / ((rows + UR_TILE_ROWS - 1) / UR_TILE_ROWS); }

/* What tiles prefetch while they work: panels of B and rows of C. */
typedef struct ur_tile_next {
    const real *b, *c;
} ur_tile_next;

/*
 * `rows` rows by `panels` ≤ ur_tile_panels(rows) panels. Each tile prefetches one panel, or a part of one, of the B
 * that will be read next: one vector for every UR_TILE_STEPS of k. It also prefetches the rows of C of the tile below;
 * the last tile prefetches those at next.c.
 */
static void ur_tile_rows(ur_tile t, size_t rows, size_t panels, ur_tile_next next)
{
    size_t part = t.inner * t.outer / UR_TILE_STEPS * 16;
    for (size_t i = 0, taken; rows; i++, rows -= taken) {
        taken = ur_tile_taken(rows);
        ur_tile_fetch(&t, taken < rows ? t.c + taken * t.c_row : next.c, panels);
        t.ahead = next.b + i % panels * t.b_panel + i / panels % UR_TILE_STEPS * part;
        ur_tiles[panels - 1][taken - 1](&t);
        t.a += UR_A_BELOW(&t, taken);
        t.first += taken * t.first_row;
        t.c += taken * t.c_row;
    }
}

#endif
