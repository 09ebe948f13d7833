/*
 * The product of kernels.h with B in bf16: the chains of body/product.c, with weights that are widened, exactly, as they
 * are loaded. So the bits are those of the product with the rounded weights in f32.
 *
 * One row at a time (a step of one lane) goes over many panels at once: as many chains as hide the latency of an fma,
 * and as many streams as keep the memory busy, for then the weights come from beyond the L2 cache.
 */
#include "kernel/kernels.h"
#include "kernel/lane_small.h"
#include "kernel/pack.h"

enum { UR_TILE_ROWS = 6, UR_ROW_CHUNK = 96, UR_DEPTH = 256, UR_AHEAD = 512 }; /* UR_AHEAD: numbers, 1 kB */

/* Sums of a tile go on over `depth` k, an even number but for the last part. */
typedef struct ur_tile {
    const real *a;
    const uint16_t *b;
    real *c;
    size_t a_row, depth, b_panel, c_row;
    size_t column[UR_WIDE_PANELS]; /* of C, where each panel begins */
} ur_tile;

static inline __attribute__((always_inline)) void one_k(const ur_tile *t, const real *a, const v16 *w,
                                                        v16 (*sum)[UR_WIDE_PANELS], const int rows, const int panels)
{
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) {
        v16 x = v_set(a[(size_t)r * t->a_row]);
#pragma GCC unroll 8
        for (int p = 0; p < panels; p++) sum[r][p] = v_fma(x, w[p], sum[r][p]);
    }
}

static inline __attribute__((always_inline)) void tile(const ur_tile *t, const int rows, const int panels)
{
    v16 sum[UR_TILE_ROWS][UR_WIDE_PANELS], w[UR_WIDE_PANELS];
    const real *a = t->a;
    const uint16_t *b = t->b;
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 8
        for (int p = 0; p < panels; p++) sum[r][p] = v_load(t->c + (size_t)r * t->c_row + t->column[p]);
    for (size_t k = 0; k + 1 < t->depth; k += 2, a += 2, b += 32) {
#pragma GCC unroll 8
        for (int p = 0; p < panels; p++) {
            w[p] = v_even_bf16(b + (size_t)p * t->b_panel);
            if (rows == 1) __builtin_prefetch(b + (size_t)p * t->b_panel + UR_AHEAD);
        }
        one_k(t, a, w, sum, rows, panels);
#pragma GCC unroll 8
        for (int p = 0; p < panels; p++) w[p] = v_odd_bf16(b + (size_t)p * t->b_panel);
        one_k(t, a + 1, w, sum, rows, panels);
    }
    if (t->depth % 2) {
#pragma GCC unroll 8
        for (int p = 0; p < panels; p++) w[p] = v_even_bf16(b + (size_t)p * t->b_panel);
        one_k(t, a, w, sum, rows, panels);
    }
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 8
        for (int p = 0; p < panels; p++) v_store(t->c + (size_t)r * t->c_row + t->column[p], sum[r][p]);
}

#define UR_TILE(rows, panels)                                                                                          \
    static void tile_##rows##_##panels(const ur_tile *t) { tile(t, rows, panels); }
#define UR_TILES(panels)                                                                                               \
    UR_TILE(1, panels) UR_TILE(2, panels) UR_TILE(3, panels) UR_TILE(4, panels) UR_TILE(5, panels) UR_TILE(6, panels)
#define UR_TILE_LIST(panels)                                                                                           \
    {                                                                                                                  \
        tile_1_##panels, tile_2_##panels, tile_3_##panels, tile_4_##panels, tile_5_##panels, tile_6_##panels           \
    }

UR_TILES(1)
#if UR_TILE_PANELS > 1
UR_TILES(2)
UR_TILES(3)
UR_TILES(4)
#endif
static void wide_tile(const ur_tile *t) { tile(t, 1, UR_WIDE_PANELS); }

static void (*const tiles[UR_TILE_PANELS][UR_TILE_ROWS])(const ur_tile *) = {UR_TILE_LIST(1),
#if UR_TILE_PANELS > 1
                                                                             UR_TILE_LIST(2), UR_TILE_LIST(3),
                                                                             UR_TILE_LIST(4)
#endif
};

/* Fills the places of `panels` panels in C and lets the chains begin. */
static void begin(const ur_product *p, ur_tile *t, size_t row, size_t row_end, size_t panel, size_t panels)
{
    for (size_t i = 0; i < panels; i++) {
        size_t n = panel + i;
        t->column[i] = n / p->group * p->c_group + n % p->group * 16;
        if (p->start == UR_START_HERE) continue;
        v16 first = p->start == UR_START_BIAS ? v_load(p->bias + 16 * n) : v_zero();
        for (size_t m = row; m < row_end; m++) v_store(p->c + m * p->c_row + t->column[i], first);
    }
}

/* All rows of a chunk against `panels` panels, which share the part of B that is in the L1 cache. */
static void chunk(const ur_product *p, size_t row, size_t row_end, size_t panel, size_t panels)
{
    ur_tile t = {.a_row = p->a_row, .c_row = p->c_row, .b_panel = ur_bf16_panel(p->inner)};
    const uint16_t *b = (const uint16_t *)(const void *)p->b + panel * t.b_panel;
    size_t depth = row_end - row == 1 ? p->inner : UR_DEPTH;
    begin(p, &t, row, row_end, panel, panels);
    for (size_t k = 0; k < p->inner; k += depth) {
        t.depth = p->inner - k < depth ? p->inner - k : depth;
        t.b = b + k * 16;
        for (size_t m = row; m < row_end;) {
            size_t rows = row_end - m < UR_TILE_ROWS ? row_end - m : UR_TILE_ROWS;
            t.a = p->a + m * p->a_row + k;
            t.c = p->c + m * p->c_row;
            panels > UR_TILE_PANELS ? wide_tile(&t) : tiles[panels - 1][rows - 1](&t);
            m += rows;
        }
    }
}

void UR_ISA_NAME(ur_product_bf16)(const ur_product *p, size_t row, size_t row_end, size_t panel, size_t panel_end)
{
    for (size_t m = row; m < row_end; m += UR_ROW_CHUNK) {
        size_t end = row_end - m < UR_ROW_CHUNK ? row_end : m + UR_ROW_CHUNK;
        for (size_t n = panel; n < panel_end;) {
            size_t panels = panel_end - n < UR_TILE_PANELS ? panel_end - n : UR_TILE_PANELS;
            if (end - m == 1 && panel_end - n >= UR_WIDE_PANELS) panels = UR_WIDE_PANELS;
            chunk(p, m, end, n, panels);
            n += panels;
        }
    }
}
