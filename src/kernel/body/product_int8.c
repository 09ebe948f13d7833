/*
 * The product of kernels.h with B in int8. Each row of A is quantised by its own largest number:
 *
 *   top = max |a_k|;  q_k = a_k·(127/top), rounded to a whole number;  C = fma(Σ q_k·w_k, (top/127)·scale, start)
 *
 * The sum is a sum of integers, exact in any order, so one row or many, and every instruction set, give the same
 * result. A row whose top is below 2⁻¹⁰⁰ is zero. A row with an infinity or a NaN gives NaN. Rows are quantised here,
 * once in each call, so a caller should ask for many panels at once.
 */
#include "kernel/kernels.h"
#include "kernel/lane_small.h"
#include "kernel/pack.h"

enum { UR_TILE_ROWS = 4, UR_ROWS_MAX = 64, UR_AHEAD = 1024 }; /* UR_AHEAD: in bytes */

#ifdef UR_REAL_DOUBLE
#define UR_MAGIC 0x1.8p52 /* adding this rounds to a whole number, which is in the low bits */
#else
#define UR_MAGIC 0x1.8p23f
#endif

/* Quantises a row of A, 16 numbers at a time. `to` has space for whole vectors. Returns the scale of the row. */
static __attribute__((noinline)) UR_INT8_TARGET real quantise(const real *a, size_t depth, signed char *to)
{
    v16 top = v_zero(), wrong = v_zero();
    size_t rest = depth % 16, whole = depth - rest;
    for (size_t k = 0; k < depth; k += 16) {
        v16 x = k < whole ? v_load(a + k) : v_load_part(a + k, rest);
        top = v_max(v_abs(x), top);
        wrong = v_fma(x, v_zero(), wrong); /* NaN if x is not finite */
    }
    real most = v_top(top);
    v16 by = v_set(most < (real)UR_INT8_LEAST ? 0 : 127 / most), magic = v_set(UR_MAGIC);
    for (size_t k = 0; k < depth; k += 16) {
        v16 x = k < whole ? v_load(a + k) : v_load_part(a + k, rest);
        v_store_int8(to + k, v_fma(x, by, magic));
    }
    return (most < (real)UR_INT8_LEAST ? 0 : most / 127) + v_sum(wrong);
}

typedef struct ur_tile {
    const signed char *a, *b; /* the first panel begins with its head (pack.h) */
    real *c;
    /* `scale`: of A's rows. `bias`: of the first panel, or NULL if the chains begin with C's numbers or zeros. */
    const real *scale, *bias;
    ur_product_start start;
    size_t a_row, fours, b_panel, c_row;
    size_t column[UR_WIDE_PANELS]; /* in C, where each panel begins */
} ur_tile;

/* The sum is passed by address. A function that takes a 512-bit register leaves its upper half dirty, and then all SSE
 * code of the caller would be slow. */
static __attribute__((noinline)) UR_INT8_TARGET void finish(const ur_tile *t, const n16 *sum, size_t row, size_t p)
{
    const ur_int8_head *head = (const ur_int8_head *)(const void *)(t->b + p * t->b_panel);
    real scale[16], *c = t->c + row * t->c_row + t->column[p];
    for (int i = 0; i < 16; i++) scale[i] = head->scale[i];
    v16 first = t->start == UR_START_HERE ? v_load(c) : t->start == UR_START_BIAS ? v_load(t->bias + 16 * p) : v_zero();
    v_store(c, v_fma(n_real(*sum), v_mul(v_set(t->scale[row]), v_load(scale)), first));
}

static UR_TILE_INLINE UR_INT8_TARGET void tile(const ur_tile *t, const int rows, const int panels)
{
    n16 sum[UR_TILE_ROWS][UR_WIDE_PANELS];
    UR_UNROLL
    for (int p = 0; p < panels; p++) UR_UNROLL
    for (int r = 0; r < rows; r++)
        sum[r][p] = n_begin(((const ur_int8_head *)(const void *)(t->b + (size_t)p * t->b_panel))->offset);
    const signed char *a = t->a, *b = t->b + sizeof(ur_int8_head);
    for (size_t k = 0; k < t->fours; k++, a += 4, b += 64) {
        UR_UNROLL
        for (int r = 0; r < rows; r++) {
            n_four x = n_set_four(a + (size_t)r * t->a_row);
            UR_UNROLL
            for (int p = 0; p < panels; p++) {
                if (rows == 1) __builtin_prefetch(b + (size_t)p * t->b_panel + UR_AHEAD);
                sum[r][p] = n_dot(sum[r][p], x, b + (size_t)p * t->b_panel);
            }
        }
    }
    /* A copy, so that the sums themselves are never indexed and stay in registers. */
    n16 out[UR_TILE_ROWS][UR_WIDE_PANELS];
    UR_UNROLL
    for (int r = 0; r < rows; r++) UR_UNROLL
    for (int p = 0; p < panels; p++) out[r][p] = sum[r][p];
    for (int r = 0; r < rows; r++)
        for (int p = 0; p < panels; p++) finish(t, &out[r][p], (size_t)r, (size_t)p);
}

/* Rows and panels that do not fill a whole tile are done row by row, or panel by panel, so that the code stays
 * small. */
static UR_INT8_TARGET void whole_tile(const ur_tile *t) { tile(t, UR_TILE_ROWS, UR_TILE_PANELS); }
static UR_INT8_TARGET void wide_tile(const ur_tile *t) { tile(t, 1, UR_WIDE_PANELS); }
static UR_INT8_TARGET void one_tile(const ur_tile *t) { tile(t, 1, 1); }

/* Quantised rows [m, end), counted from row `row` of C, `rows` at a time, with `panels` panels. */
static __attribute__((noinline)) void chunk(const ur_product *p, ur_tile t, size_t row, size_t m, size_t end,
                                            size_t rows, size_t panel, size_t panels)
{
    void (*run)(const ur_tile *) = rows > 1 ? whole_tile : panels > 1 ? wide_tile : one_tile;
    t.b = (const signed char *)(const void *)p->b + panel * t.b_panel;
    t.bias = p->start == UR_START_BIAS ? p->bias + 16 * panel : NULL;
    for (size_t i = 0; i < panels; i++) t.column[i] = (panel + i) / p->group * p->c_group + (panel + i) % p->group * 16;
    const signed char *a = t.a;
    const real *scale = t.scale;
    for (; m < end; m += rows) {
        t.a = a + m * t.a_row;
        t.scale = scale + m;
        t.c = p->c + (row + m) * p->c_row;
        run(&t);
    }
}

/* All panels for quantised rows that fill whole tiles (`rows` is UR_TILE_ROWS), or for the remaining rows (1). */
static void some_rows(const ur_product *p, const ur_tile *t, size_t row, size_t m, size_t end, size_t rows,
                      size_t panel, size_t panel_end)
{
    size_t most = rows > 1 ? UR_TILE_PANELS : UR_WIDE_PANELS;
    for (; m < end && panel_end - panel >= most; panel += most) chunk(p, *t, row, m, end, rows, panel, most);
    for (; m < end && panel < panel_end; panel++) chunk(p, *t, row, m, end, 1, panel, 1);
}

void UR_ISA_NAME(ur_product_int8)(const ur_product *p, size_t row, size_t row_end, size_t panel, size_t panel_end)
{
    signed char a[UR_INT8_DEPTH] __attribute__((aligned(64)));
    real scale[UR_ROWS_MAX];
    ur_tile t = {.a = a,
                 .scale = scale,
                 .start = p->start,
                 .a_row = ur_padded(p->inner),
                 .fours = (p->inner + 3) / 4,
                 .b_panel = ur_int8_panel(p->inner),
                 .c_row = p->c_row};
    size_t most = UR_INT8_DEPTH / t.a_row < UR_ROWS_MAX ? UR_INT8_DEPTH / t.a_row : UR_ROWS_MAX;
    for (size_t m = row; m < row_end; m += most) {
        size_t rows = row_end - m < most ? row_end - m : most, whole = rows / UR_TILE_ROWS * UR_TILE_ROWS;
        for (size_t r = 0; r < rows; r++) scale[r] = quantise(p->a + (m + r) * p->a_row, p->inner, a + r * t.a_row);
        some_rows(p, &t, m, 0, whole, UR_TILE_ROWS, panel, panel_end);
        some_rows(p, &t, m, whole, rows, 1, panel, panel_end);
    }
}
