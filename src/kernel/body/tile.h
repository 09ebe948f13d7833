/*
 * The register tile that every product is made of: `rows` by `panels` sums of 16 lanes, kept in registers while k runs,
 * each one chain of fused multiply-adds in the order of k. Compiled for each instruction set with whoever includes it.
 */
#ifndef UR_KERNEL_BODY_TILE_H
#define UR_KERNEL_BODY_TILE_H

#include "kernel/lane.h"

/* UR_DEPTH: k done at once. What a tile reads of B is then still near for the tiles below it, and C is seldom touched. */
enum { UR_TILE_ROWS = 6, UR_FEW_ROWS = 2, UR_DEPTH = 256 };

/* Panels of a tile of f32: more where there are few rows, since a chain waits for its last addition. */
static inline size_t ur_tile_panels(size_t rows) { return rows <= UR_FEW_ROWS ? UR_FEW_PANELS : UR_TILE_PANELS; }

/* A lies row by row; or, where the including file says so, tile by tile, a_row apart, each one column by column. The steps
 * that the compiler knows cost no instruction. */
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
 * A, if row by row: a + r·a_row + run·a_outer + k. B: panel p at b + p·b_panel, 16 numbers a k. C: c + r·c_row + column[p];
 * first: likewise at `first`, which may be C itself.
 */
typedef struct ur_tile {
    const real *a, *b;
    const real *ahead; /* 16 numbers for every UR_TILE_STEPS of k, which will be wanted soon */
    const real *first;
    real *c;
    size_t a_row, a_outer, inner, outer, b_panel, first_row, c_row;
    size_t first_column[UR_FEW_PANELS], column[UR_FEW_PANELS];
} ur_tile;

/* Where chains begin that begin at zero; first_row and first_column are 0. */
static const real ur_zeros[16];

/* The chains go on from what C holds. */
static inline void ur_tile_go_on(ur_tile *t)
{
    t->first = t->c;
    t->first_row = t->c_row;
    for (size_t i = 0; i < UR_FEW_PANELS; i++) t->first_column[i] = t->column[i];
}

/* Sums of a tile, in registers. */
typedef v16 ur_tile_sum[UR_TILE_ROWS][UR_FEW_PANELS];

/* `steps` of k. Two pointers into A, since the processor adds but one multiple of a row to an address. Each step begins
 * with its loads, the strides of `t` among them, and ends at a barrier for loads: taken ahead, or with strides in locals,
 * they take registers of the sums, and gcc 12 keeps two of AVX2's twelve in memory. */
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

static inline __attribute__((always_inline)) void ur_tile_sums(const ur_tile *t, const int rows, const int panels)
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

/* No entry where ur_tile_panels(rows) is less. */
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

/* Brings near where a tile at c will put its sums: else it would begin by waiting for rows of C that are far apart. */
static void ur_tile_fetch(const ur_tile *t, const real *c, size_t panels)
{
#pragma GCC unroll 1
    for (size_t r = 0; r < UR_TILE_ROWS; r++)
#pragma GCC unroll 1
        for (size_t p = 0; p < panels; p++) __builtin_prefetch(c + r * t->c_row + t->column[p], 1);
}

/* Rows of the next tile, of `rows` that are left: as equal as can be, since a tile of few would keep the units for
 * multiply-adds waiting. */
static inline size_t ur_tile_taken(size_t rows) { return rows / ((rows + UR_TILE_ROWS - 1) / UR_TILE_ROWS); }

/* What tiles bring near while they work: panels of B and rows of C. */
typedef struct ur_tile_next {
    const real *b, *c;
} ur_tile_next;

/*
 * `rows` rows by `panels` ≤ ur_tile_panels(rows) panels. Of B, what will be read after this, each tile brings one panel
 * near, or a part of one: as many numbers as are read meanwhile, by UR_TILE_STEPS. Of C, the rows of the tile below, the
 * last one those of next.c.
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
