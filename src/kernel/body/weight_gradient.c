/*
 * dW += dYᵀ·X over all steps and lanes (kernels.h). A chain for each shard of 16 lanes: for every piece of the chain
 * the rows of X are packed into panels once, the 16 columns of dY that belong to a group of rows once a group, and the
 * sums wait in scratch between pieces.
 */
#include "kernel/kernels.h"

enum { UR_PIECE = 256, UR_TILE_ROWS = 4 }; /* rows of a piece; 4 divides the 16 rows of a group */

size_t UR_ISA_NAME(ur_weight_gradient_scratch)(size_t width, size_t groups)
{
    size_t padded = ur_padded(width);
    return padded * UR_PIECE + 16 * UR_PIECE + groups * 16 * (padded + 1);
}

static inline __attribute__((always_inline)) void tile(const real *y, const real *x, size_t depth, real *sum,
                                                       size_t sum_row, const int panels)
{
    v16 s[UR_TILE_ROWS][UR_TILE_PANELS];
#pragma GCC unroll 8
    for (int r = 0; r < UR_TILE_ROWS; r++)
#pragma GCC unroll 8
        for (int p = 0; p < panels; p++) s[r][p] = v_load(sum + (size_t)r * sum_row + 16 * p);
    for (size_t k = 0; k < depth; k++) {
        v16 w[UR_TILE_PANELS];
#pragma GCC unroll 8
        for (int p = 0; p < panels; p++) w[p] = v_load(x + (size_t)p * UR_PIECE * 16 + 16 * k);
#pragma GCC unroll 8
        for (int r = 0; r < UR_TILE_ROWS; r++) {
            v16 a = v_set(y[16 * k + (size_t)r]);
#pragma GCC unroll 8
            for (int p = 0; p < panels; p++) s[r][p] = v_fma(a, w[p], s[r][p]);
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < UR_TILE_ROWS; r++)
#pragma GCC unroll 8
        for (int p = 0; p < panels; p++) v_store(sum + (size_t)r * sum_row + 16 * p, s[r][p]);
}

static void tiles(const real *y, const real *x, size_t depth, real *sum, size_t sum_row, size_t panels)
{
    switch (panels) {
#if UR_TILE_PANELS > 1
    case 4:
        tile(y, x, depth, sum, sum_row, 4);
        break;
    case 3:
        tile(y, x, depth, sum, sum_row, 3);
        break;
    case 2:
        tile(y, x, depth, sum, sum_row, 2);
        break;
#endif
    default:
        tile(y, x, depth, sum, sum_row, 1);
    }
}

/* One piece of one shard: rows [begin, end) of its chain, numbered t·(lanes in the shard) + lane. */
typedef struct ur_piece {
    const ur_weight_gradient *g;
    size_t lane, lanes, begin, end;
} ur_piece;

static size_t row_of(const ur_piece *p, size_t k) { return k / p->lanes * p->g->lanes + p->lane + k % p->lanes; }

/* X rows of the piece into panels: (panel, k, 16). */
static void pack_x(const ur_piece *p, real *packed)
{
    for (size_t k = p->begin; k < p->end; k++) {
        const real *x = p->g->x + row_of(p, k) * p->g->x_row;
        real *out = packed + 16 * (k - p->begin);
        size_t panels = p->g->width / 16, rest = p->g->width % 16;
        for (size_t i = 0; i < panels; i++) v_store(out + i * UR_PIECE * 16, v_load(x + 16 * i));
        if (rest) v_store(out + panels * UR_PIECE * 16, v_load_part(x + 16 * panels, rest));
    }
}

/* 16 columns of dY: (k, 16). Adds them up into the bias sums on the way. */
static void pack_y(const ur_piece *p, size_t column, real *packed, real *bias)
{
    v16 sum = v_load(bias);
    for (size_t k = p->begin; k < p->end; k++) {
        v16 y = v_load(p->g->dy + row_of(p, k) * p->g->dy_row + column);
        v_store(packed + 16 * (k - p->begin), y);
        sum = v_add(sum, y);
    }
    v_store(bias, sum);
}

static void group_times_x(const real *y, const real *x, size_t depth, real *sum, size_t padded)
{
    for (size_t n = 0; n < padded / 16;) {
        size_t panels = padded / 16 - n < UR_TILE_PANELS ? padded / 16 - n : UR_TILE_PANELS;
        for (size_t r = 0; r < 16; r += UR_TILE_ROWS)
            tiles(y + r, x + n * UR_PIECE * 16, depth, sum + r * padded + 16 * n, padded, panels);
        n += panels;
    }
}

/* The shard's sums go to the gradient. */
static void add_up(const ur_weight_gradient *g, const ur_row_group *group, const real *sum, const real *bias)
{
    size_t padded = ur_padded(g->width), rest = g->width % 16;
    for (size_t r = 0; r < group->count; r++) {
        real *dw = g->dw + (group->row + r) * g->width;
        const real *from = sum + r * padded;
        size_t i = 0;
        for (; i + 16 <= g->width; i += 16) v_store(dw + i, v_add(v_load(dw + i), v_load(from + i)));
        if (rest) v_store_part(dw + i, v_add(v_load_part(dw + i, rest), v_load(from + i)), rest);
        if (g->db) g->db[group->row + r] += bias[r];
    }
}

static void clear(real *x, size_t n)
{
    for (size_t i = 0; i < n; i += 16) v_store(x + i, v_zero());
}

void UR_ISA_NAME(ur_weight_gradient)(const ur_weight_gradient *g, size_t group, size_t group_end, real *scratch)
{
    size_t padded = ur_padded(g->width), count = group_end - group;
    real *x = scratch, *y = x + padded * UR_PIECE, *bias = y + 16 * UR_PIECE, *sums = bias + 16 * count;
    for (size_t lane = 0; lane < g->lanes; lane += UR_SHARD) {
        ur_piece p = {.g = g, .lane = lane, .lanes = g->lanes - lane < UR_SHARD ? g->lanes - lane : UR_SHARD};
        size_t chain = g->steps * p.lanes;
        clear(bias, 16 * count * (padded + 1));
        for (p.begin = 0; p.begin < chain; p.begin = p.end) {
            p.end = chain - p.begin < UR_PIECE ? chain : p.begin + UR_PIECE;
            pack_x(&p, x);
            for (size_t i = 0; i < count; i++) {
                pack_y(&p, g->groups[group + i].column, y, bias + 16 * i);
                group_times_x(y, x, p.end - p.begin, sums + i * 16 * padded, padded);
            }
        }
        for (size_t i = 0; i < count; i++) add_up(g, &g->groups[group + i], sums + i * 16 * padded, bias + 16 * i);
    }
}
