/*
 * The register tile that every product is made of: `rows` by `panels` sums of 16 lanes, kept in registers while k runs,
 * each one chain of fused multiply-adds in the order of k. Compiled for each instruction set with whoever includes it.
 */
#ifndef UR_KERNEL_BODY_TILE_H
#define UR_KERNEL_BODY_TILE_H

#include "kernel/lane.h"

/* UR_DEPTH: k done at once. What a tile reads of B is then still near for the tiles below it, and C is seldom touched. */
enum { UR_TILE_ROWS = 6, UR_DEPTH = 256 };

/*
 * C(r, panel p) = first + Σ_k A(r, k)·B(k, panel p); k = `outer` runs of `inner`.
 * A: a + r·a_row + run·a_outer + k·a_next. B: panel p at b + p·b_panel, 16 numbers a k. C: c + r·c_row + column[p]; first:
 * likewise at `first`, which may be C itself.
 */
typedef struct ur_tile {
    const real *a, *b;
    const real *ahead; /* 16 numbers for each k, which will be wanted soon */
    const real *first;
    real *c;
    size_t a_row, a_next, a_outer, inner, outer, b_panel, first_row, c_row;
    size_t first_column[UR_TILE_PANELS], column[UR_TILE_PANELS];
} ur_tile;

/* The chains go on from what C holds. */
static inline void ur_tile_go_on(ur_tile *t)
{
    t->first = t->c;
    t->first_row = t->c_row;
    for (size_t i = 0; i < UR_TILE_PANELS; i++) t->first_column[i] = t->column[i];
}

static inline __attribute__((always_inline)) void ur_tile_sums(const ur_tile *t, const int rows, const int panels)
{
    v16 sum[UR_TILE_ROWS][UR_TILE_PANELS];
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 8
        for (int p = 0; p < panels; p++) sum[r][p] = v_load(t->first + (size_t)r * t->first_row + t->first_column[p]);
    const real *b = t->b, *ahead = t->ahead;
    for (size_t o = 0; o < t->outer; o++) {
        const real *a = t->a + o * t->a_outer;
        for (size_t k = 0; k < t->inner; k++, a += t->a_next, b += 16) {
            v16 w[UR_TILE_PANELS];
            __builtin_prefetch(ahead, 0, 2);
            ahead += 16;
#pragma GCC unroll 8
            for (int p = 0; p < panels; p++) w[p] = v_load(b + (size_t)p * t->b_panel);
#pragma GCC unroll 8
            for (int r = 0; r < rows; r++) {
                v16 x = v_set(a[(size_t)r * t->a_row]);
#pragma GCC unroll 8
                for (int p = 0; p < panels; p++) sum[r][p] = v_fma(x, w[p], sum[r][p]);
            }
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 8
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
#endif

static void (*const ur_tiles[UR_TILE_PANELS][UR_TILE_ROWS])(const ur_tile *) = {
    UR_TILE_LIST(1),
#if UR_TILE_PANELS > 1
    UR_TILE_LIST(2),
    UR_TILE_LIST(3),
    UR_TILE_LIST(4),
#endif
};

/*
 * `rows` rows by `panels` ≤ UR_TILE_PANELS panels, in tiles as equal as can be: rows that are left over would keep the
 * units for multiply-adds waiting. Of `next`, what will be read of B after this, each tile brings one panel near.
 */
static void ur_tile_rows(ur_tile t, size_t rows, size_t panels, const real *next)
{
    size_t count = (rows + UR_TILE_ROWS - 1) / UR_TILE_ROWS;
    for (size_t i = 0; i < count; i++) {
        size_t taken = rows / (count - i);
        t.ahead = next + i % panels * t.b_panel;
        ur_tiles[panels - 1][taken - 1](&t);
        t.a += taken * t.a_row;
        t.first += taken * t.first_row;
        t.c += taken * t.c_row;
        rows -= taken;
    }
}

#endif
