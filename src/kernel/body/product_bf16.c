/*
 * The product of kernels.h with B in bf16. The chains are those of body/product.c. The weights are widened, exactly, as
 * they are loaded, so the bits are those of the product with the rounded weights in f32.
 *
 * A single row (a step of one lane) goes over many panels at once. These are enough chains to hide the latency of an
 * fma, and enough streams to keep the memory busy: with one row the weights come from beyond the L2 cache.
 */
#include "kernel/kernels.h"
#include "kernel/lane_small.h"
#include "kernel/pack.h"

enum { UR_TILE_ROWS = 4, UR_ROW_CHUNK = 96, UR_DEPTH = 256, UR_AHEAD = 512 }; /* UR_AHEAD: in numbers, 1 kB */

/* The sums of a tile continue over `depth` values of k, an even number except in the last part. */
typedef struct ur_tile {
    const real *a;
    const uint16_t *b;
    real *c;
    size_t a_row, depth, b_panel, c_row;
    size_t column[UR_WIDE_PANELS]; /* in C, where each panel begins */
} ur_tile;

static inline __attribute__((always_inline)) void one_k(const ur_tile *t, const real *a, const v16 *w,
                                                        v16 (*sum)[UR_WIDE_PANELS], const int rows, const int panels)
{
    UR_UNROLL
    for (int r = 0; r < rows; r++) {
        v16 x = v_set(a[(size_t)r * t->a_row]);
        UR_UNROLL
        for (int p = 0; p < panels; p++) sum[r][p] = v_fma(x, w[p], sum[r][p]);
    }
}

static UR_TILE_INLINE void tile(const ur_tile *t, const int rows, const int panels)
{
    v16 sum[UR_TILE_ROWS][UR_WIDE_PANELS], w[UR_WIDE_PANELS];
    const real *a = t->a;
    const uint16_t *b = t->b;
    UR_UNROLL
    for (int r = 0; r < rows; r++) UR_UNROLL
    for (int p = 0; p < panels; p++) sum[r][p] = v_load(t->c + (size_t)r * t->c_row + t->column[p]);
    for (size_t k = 0; k + 1 < t->depth; k += 2, a += 2, b += 32) {
        UR_UNROLL
        for (int p = 0; p < panels; p++) {
            w[p] = v_even_bf16(b + (size_t)p * t->b_panel);
            if (rows == 1) __builtin_prefetch(b + (size_t)p * t->b_panel + UR_AHEAD);
        }
        one_k(t, a, w, sum, rows, panels);
        UR_UNROLL
        for (int p = 0; p < panels; p++) w[p] = v_odd_bf16(b + (size_t)p * t->b_panel);
        one_k(t, a + 1, w, sum, rows, panels);
    }
    if (t->depth % 2) {
        UR_UNROLL
        for (int p = 0; p < panels; p++) w[p] = v_even_bf16(b + (size_t)p * t->b_panel);
        one_k(t, a, w, sum, rows, panels);
    }
    UR_UNROLL
    for (int r = 0; r < rows; r++) UR_UNROLL
    for (int p = 0; p < panels; p++) v_store(t->c + (size_t)r * t->c_row + t->column[p], sum[r][p]);
}

/* Rows and panels that do not fill a whole tile are done row by row, or panel by panel, so that the code stays
 * small. */
static void whole_tile(const ur_tile *t) { tile(t, UR_TILE_ROWS, UR_TILE_PANELS); }
static void wide_tile(const ur_tile *t) { tile(t, 1, UR_WIDE_PANELS); }
static void one_tile(const ur_tile *t) { tile(t, 1, 1); }

/* Finds the columns of `panels` panels in C and begins the chains. */
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

/* Rows of a chunk, `rows` at a time, with the panels of a tile. All rows use the same part of B, which is in the L1
 * cache. */
static __attribute__((noinline)) void chunk(const ur_product *p, size_t row, size_t row_end, size_t rows, size_t panel,
                                            size_t panels)
{
    ur_tile t = {.a_row = p->a_row, .c_row = p->c_row, .b_panel = ur_bf16_panel(p->inner)};
    const uint16_t *b = (const uint16_t *)(const void *)p->b + panel * t.b_panel;
    size_t depth = row_end - row == 1 ? p->inner : UR_DEPTH;
    void (*run)(const ur_tile *) = rows > 1 ? whole_tile : panels > 1 ? wide_tile : one_tile;
    begin(p, &t, row, row_end, panel, panels);
    for (size_t k = 0; k < p->inner; k += depth) {
        t.depth = p->inner - k < depth ? p->inner - k : depth;
        t.b = b + k * 16;
        for (size_t m = row; m < row_end; m += rows) {
            t.a = p->a + m * p->a_row + k;
            t.c = p->c + m * p->c_row;
            run(&t);
        }
    }
}

/* All panels for rows that fill whole tiles (`rows` is UR_TILE_ROWS), or for the remaining rows (1). */
static void some_rows(const ur_product *p, size_t row, size_t row_end, size_t rows, size_t panel, size_t panel_end)
{
    size_t most = rows > 1 ? UR_TILE_PANELS : UR_WIDE_PANELS;
    for (; row < row_end && panel_end - panel >= most; panel += most) chunk(p, row, row_end, rows, panel, most);
    for (; row < row_end && panel < panel_end; panel++) chunk(p, row, row_end, 1, panel, 1);
}

void UR_ISA_NAME(ur_product_bf16)(const ur_product *p, size_t row, size_t row_end, size_t panel, size_t panel_end)
{
    for (size_t m = row; m < row_end; m += UR_ROW_CHUNK) {
        size_t end = row_end - m < UR_ROW_CHUNK ? row_end : m + UR_ROW_CHUNK;
        size_t whole = m + (end - m) / UR_TILE_ROWS * UR_TILE_ROWS;
        some_rows(p, m, whole, UR_TILE_ROWS, panel, panel_end);
        some_rows(p, whole, end, 1, panel, panel_end);
    }
}
