/*
 * The product of kernels.h in register tiles (tile.h).
 *
 * Rows are taken in chunks whose part of A stays in the L2 cache. Within a chunk the depth is cut so that the part of B
 * that all rows of the chunk use stays in the cache. Between these cuts the sums wait in C, so the chains, and the
 * bits, are the same.
 */
#include "kernel/body/tile.h"
#include "kernel/kernels.h"

#include <stdbool.h>

enum { UR_ROW_CHUNK = 96 };

extern const ur_rows UR_ISA_NAME(ur_rows);

/* The columns of neighbouring panels in a row of C. It divides only once, because a step of few units takes no longer
 * than ten divisions. */
static void columns(const ur_product *p, size_t panel, size_t panels, size_t *column)
{
    size_t group = panel < p->group ? 0 : panel / p->group, place = panel - group * p->group;
    for (size_t i = 0; i < panels; i++) {
        column[i] = group * p->c_group + place * 16;
        if (++place < p->group) continue;
        place = 0;
        group++;
    }
}

/* Sets what the chains of a row of C begin with. */
static void begin(const ur_product *p, ur_tile *t, size_t panel, size_t panels)
{
    if (p->start == UR_START_HERE) {
        ur_tile_go_on(t);
        return;
    }
    bool bias = p->start == UR_START_BIAS;
    t->first = bias ? p->bias + 16 * panel : ur_zeros;
    t->first_row = 0;
    for (size_t i = 0; i < panels; i++) t->first_column[i] = bias ? 16 * i : 0;
}

static ur_tile first_tile(const ur_product *p, size_t row, size_t panel, size_t panels)
{
    size_t b_panel = p->inner * p->outer * 16;
    ur_tile t = {.a = p->a + row * p->a_row,
                 .b = p->b + panel * b_panel,
                 .c = p->c + row * p->c_row,
                 .a_row = p->a_row,
                 .a_outer = p->a_outer,
                 .b_panel = b_panel,
                 .c_row = p->c_row};
    columns(p, panel, panels, t.column);
    begin(p, &t, panel, panels);
    return t;
}

/* A single row: the whole depth is done at once (row.c). */
static void one_row(const ur_product *p, size_t row, size_t panel, size_t panels)
{
    bool bias = p->start == UR_START_BIAS;
    size_t depth = p->inner * p->outer;
    const real *a = p->a + row * p->a_row, *b = p->b + panel * depth * 16,
               *first = bias ? p->bias + 16 * panel : ur_zeros;
    real *c = p->c + row * p->c_row;
    ur_row_shape shape = {.depth = p->inner, .b_panel = depth * 16};
    columns(p, panel, panels, shape.column);
    for (size_t i = 0; i < panels; i++) shape.first_column[i] = bias ? 16 * i : 0;
    for (size_t o = 0; o < p->outer; o++, a += p->a_outer, b += p->inner * 16) {
        if (o > 0 || p->start == UR_START_HERE) {
            first = c;
            memcpy(shape.first_column, shape.column, sizeof shape.column);
        }
        UR_ISA_NAME(ur_rows).sums[panels - 1](&shape, a, b, first, c);
    }
}

static void chunk(const ur_product *p, size_t row, size_t row_end, size_t panel, size_t panels)
{
    const ur_tile first = first_tile(p, row, panel, panels);
    size_t runs = p->outer == 1 ? 1 : UR_DEPTH / p->inner + (UR_DEPTH < p->inner);
    size_t inner = p->outer == 1 && p->inner > UR_DEPTH ? UR_DEPTH : p->inner;
    for (size_t o = 0; o < p->outer; o += runs)
        for (size_t k = 0; k < p->inner; k += inner) {
            ur_tile t = first;
            size_t done = o * p->inner + k;
            t.a += o * p->a_outer + k;
            t.b += done * 16;
            if (done) ur_tile_go_on(&t);
            t.inner = p->inner - k < inner ? p->inner - k : inner;
            t.outer = p->outer - o < runs ? p->outer - o : runs;
            done += t.inner * t.outer;
            bool last = done * 16 == t.b_panel; /* usually the panels to the right are next */
            ur_tile_next next = {last ? first.b + panels * t.b_panel : first.b + done * 16,
                                 last ? first.c + 16 * panels : first.c};
            ur_tile_rows(t, row_end - row, panels, next);
        }
}

void UR_ISA_NAME(ur_product)(const ur_product *p, size_t row, size_t row_end, size_t panel, size_t panel_end)
{
    if (row_end - row == 1) {
        for (size_t panels; panel < panel_end; panel += panels) {
            panels = panel_end - panel < UR_WIDE_PANELS ? panel_end - panel : UR_WIDE_PANELS;
            one_row(p, row, panel, panels);
        }
        return;
    }
    for (size_t m = row; m < row_end; m += UR_ROW_CHUNK) {
        size_t end = row_end - m < UR_ROW_CHUNK ? row_end : m + UR_ROW_CHUNK, most = ur_tile_panels(end - m);
        for (size_t n = panel, panels; n < panel_end; n += panels) {
            panels = panel_end - n < most ? panel_end - n : most;
            chunk(p, m, end, n, panels);
        }
    }
}
