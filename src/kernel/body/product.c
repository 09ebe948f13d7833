/*
 * The product of kernels.h, with a register tile of UR_TILE_ROWS rows and UR_TILE_PANELS panels.
 *
 * Rows are taken in chunks whose part of A stays in L2; in a chunk the depth is cut so that the part of B that all rows
 * of the chunk use stays in L1. Between the parts the sums wait in C: the chain, and so the bits, stay the same.
 */
#include "kernel/kernels.h"

enum { UR_TILE_ROWS = 6, UR_ROW_CHUNK = 96, UR_DEPTH = 192 };

/* Sums of a tile go on over `outer` runs of `inner` k. */
typedef struct ur_tile {
    const real *a, *b;
    real *c;
    size_t a_row, a_outer, inner, outer, b_panel, c_row;
} ur_tile;

static inline __attribute__((always_inline)) void tile(const ur_tile *t, const int rows, const int panels)
{
    v16 sum[UR_TILE_ROWS][UR_TILE_PANELS];
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 8
        for (int p = 0; p < panels; p++) sum[r][p] = v_load(t->c + (size_t)r * t->c_row + 16 * p);
    const real *b = t->b;
    for (size_t o = 0; o < t->outer; o++) {
        const real *a = t->a + o * t->a_outer;
        for (size_t k = 0; k < t->inner; k++, a++, b += 16) {
            v16 w[UR_TILE_PANELS];
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
        for (int p = 0; p < panels; p++) v_store(t->c + (size_t)r * t->c_row + 16 * p, sum[r][p]);
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

static void (*const tiles[UR_TILE_PANELS][UR_TILE_ROWS])(const ur_tile *) = {UR_TILE_LIST(1),
#if UR_TILE_PANELS > 1
                                                                             UR_TILE_LIST(2), UR_TILE_LIST(3),
                                                                             UR_TILE_LIST(4)
#endif
};

static void begin(const ur_product *p, size_t row, size_t row_end, size_t panel, size_t panels, size_t column)
{
    if (p->start == UR_START_HERE) return;
    for (size_t m = row; m < row_end; m++)
        for (size_t i = 0; i < panels; i++) {
            v16 first = p->start == UR_START_BIAS ? v_load(p->bias + 16 * (panel + i)) : v_zero();
            v_store(p->c + m * p->c_row + column + 16 * i, first);
        }
}

/* All rows of a chunk against `panels` neighbouring panels, runs [o, o + outer) of A from number k of each on. */
static void rows_by_panels(const ur_product *p, ur_tile t, size_t row, size_t row_end, size_t panels)
{
    for (size_t m = row; m < row_end;) {
        size_t rows = row_end - m < UR_TILE_ROWS ? row_end - m : UR_TILE_ROWS;
        tiles[panels - 1][rows - 1](&t);
        t.a += rows * p->a_row;
        t.c += rows * p->c_row;
        m += rows;
    }
}

static void chunk(const ur_product *p, size_t row, size_t row_end, size_t panel, size_t panels)
{
    size_t depth = p->inner * p->outer, column = panel / p->group * p->c_group + panel % p->group * 16;
    begin(p, row, row_end, panel, panels, column);
    size_t runs = p->outer == 1 ? 1 : UR_DEPTH / p->inner + (UR_DEPTH < p->inner);
    size_t inner = p->outer == 1 && p->inner > UR_DEPTH ? UR_DEPTH : p->inner;
    for (size_t o = 0; o < p->outer; o += runs)
        for (size_t k = 0; k < p->inner; k += inner) {
            ur_tile t = {.a = p->a + row * p->a_row + o * p->a_outer + k,
                         .b = p->b + panel * depth * 16 + (o * p->inner + k) * 16,
                         .c = p->c + row * p->c_row + column,
                         .a_row = p->a_row,
                         .a_outer = p->a_outer,
                         .inner = p->inner - k < inner ? p->inner - k : inner,
                         .outer = p->outer - o < runs ? p->outer - o : runs,
                         .b_panel = depth * 16,
                         .c_row = p->c_row};
            rows_by_panels(p, t, row, row_end, panels);
        }
}

void UR_ISA_NAME(ur_product)(const ur_product *p, size_t row, size_t row_end, size_t panel, size_t panel_end)
{
    for (size_t m = row; m < row_end; m += UR_ROW_CHUNK) {
        size_t end = row_end - m < UR_ROW_CHUNK ? row_end : m + UR_ROW_CHUNK;
        for (size_t n = panel; n < panel_end;) {
            size_t panels = p->group - n % p->group;
            if (panels > UR_TILE_PANELS) panels = UR_TILE_PANELS;
            if (panels > panel_end - n) panels = panel_end - n;
            chunk(p, m, end, n, panels);
            n += panels;
        }
    }
}
