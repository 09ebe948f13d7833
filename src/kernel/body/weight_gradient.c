/*
 * dW += dYᵀ·X over all steps and lanes (kernels.h), with one chain for each shard of 16 lanes. A chain is done in
 * pieces. For each piece the rows of X are packed into panels once, and the columns of dY into the rows of tiles, for
 * several groups together. Between pieces the sums wait in scratch.
 */
#define UR_TILE_OF_COLUMNS
#include "kernel/body/tile.h"
#include "kernel/kernels.h"

#include <stdbool.h>

/* UR_PIECE: rows of a chain that are packed at once. The more, the less often the sums go to memory and back.
 * UR_GROUPS: row groups that are packed together. Their rows fill whole tiles. Their cache lines of dY, which are far
 * apart, are fetched at the same time instead of one after the other.
 * UR_COPIED: numbers that are copied for each k of a tile, because eight are one instruction. The next k overwrites the
 * surplus. */
enum {
    UR_PIECE = UR_DEPTH,
    UR_GROUPS = UR_TILE_ROWS,
    UR_COPIED = 8,
    UR_Y_TILE = UR_TILE_ROWS * UR_PIECE + 16,
    UR_Y_TILES = UR_GROUPS * 16 / UR_TILE_ROWS
};
_Static_assert((int)UR_COPIED >= (int)UR_TILE_ROWS, "a tile's rows are among them");

size_t UR_ISA_NAME(ur_weight_gradient_scratch)(size_t width, size_t groups)
{
    size_t padded = ur_padded(width);
    return padded * UR_PIECE + UR_Y_TILES * UR_Y_TILE + groups * 16 * (padded + 1);
}

/* A row of the batch. place: the lane within the shard. */
typedef struct ur_row {
    size_t step, place;
} ur_row;

/* One piece of one shard: rows [begin, end) of its chain. The first of them is `first`. */
typedef struct ur_piece {
    const ur_weight_gradient *g;
    size_t lane, lanes, begin, end;
    ur_row first;
} ur_piece;

/* The next row of the shard. It is called often, so it does not divide. */
static ur_row row_below(const ur_piece *p, ur_row row)
{
    return row.place + 1 < p->lanes ? (ur_row){row.step, row.place + 1} : (ur_row){row.step + 1, 0};
}

/* The step whose rows are prefetched. */
static size_t step_after(const ur_piece *p, ur_row row) { return row.step + (row.step + 1 < p->g->steps); }

static const real *x_at(const ur_piece *p, const ur_weight_gradient *g, size_t step, size_t place)
{
    return ur_gradient_x(g, step) + (p->lane + place) * g->x_row;
}

static const real *dy_at(const ur_piece *p, size_t step, size_t place)
{
    return ur_gradient_dy(p->g, step) + (p->lane + place) * p->g->dy_row;
}

static bool is_live(const ur_piece *p, ur_row row)
{
    const unsigned char *live = ur_gradient_live(p->g, row.step);
    return !live || live[p->lane + row.place];
}

static ur_row row_counted(const ur_piece *p, ur_row row)
{
    while (!is_live(p, row)) row = row_below(p, row);
    return row;
}

/* The next row of the chain, which must exist. */
static ur_row row_after(const ur_piece *p, ur_row row) { return row_counted(p, row_below(p, row)); }

/* How many rows the chain of a shard has. */
static size_t chain_of(const ur_piece *p)
{
    const ur_weight_gradient *g = p->g;
    size_t count = 0;
    if (!g->live && !g->live_steps) return g->steps * p->lanes;
    for (size_t t = 0; t < g->steps; t++)
        for (size_t b = 0; b < p->lanes; b++) count += is_live(p, (ur_row){t, b}) ? 1 : 0;
    return count;
}

static void pack_row(const real *x, const real *ahead, size_t width, real *out)
{
    size_t panels = width / 16, rest = width % 16;
    for (size_t i = 0; i < panels; i++) {
        __builtin_prefetch(ahead + 16 * i);
        v_store(out + i * UR_PIECE * 16, v_load(x + 16 * i));
    }
    if (rest) v_store(out + panels * UR_PIECE * 16, v_load_part(x + 16 * panels, rest));
}

/* Packs the rows of X of the piece into panels: (panel, k, 16). Prefetches the rows of the next step. Returns the last
 * row. */
static ur_row pack_x(const ur_piece *p, real *packed)
{
    ur_row row = p->first;
    for (size_t k = p->begin;; row = row_after(p, row)) {
        real *out = packed + 16 * (k - p->begin);
        for (const ur_weight_gradient *g = p->g; g; out += ur_padded(g->width) * UR_PIECE, g = g->beside)
            pack_row(x_at(p, g, row.step, row.place), x_at(p, g, step_after(p, row), row.place), g->width, out);
        if (++k == p->end) return row;
    }
}

/* How many rows of dW the groups have. */
static size_t rows_of(const ur_row_group *groups, size_t count)
{
    size_t rows = 0;
    for (size_t i = 0; i < count; i++) rows += groups[i].count;
    return rows;
}

/* Packs columns of dY, one for each row of dW, in the order of the tiles: (tile, k, UR_TILE_ROWS), for `depth` ≤
 * UR_SHARD values of k. */
static void pack_tiles(const real *columns, size_t rows, size_t depth, real *packed)
{
    for (size_t taken; rows; rows -= taken, columns += taken, packed += UR_Y_TILE) {
        taken = ur_tile_taken(rows);
        for (size_t k = 0; k < depth; k++)
            memcpy(packed + k * UR_TILE_ROWS, columns + k * UR_GROUPS * 16, UR_COPIED * sizeof(real));
    }
}

/* Packs dY of `count` groups, and adds it to the bias sums. If a group has fewer than 16 rows, the columns of the next
 * group overwrite the rest. Like pack_x it prefetches the rows of the same lanes in the next step. */
static void pack_y(const ur_piece *p, const ur_row_group *groups, size_t count, real *packed, real *bias)
{
    real columns[UR_SHARD * UR_GROUPS * 16 + UR_COPIED];
    ur_row row = p->first;
    size_t rows = rows_of(groups, count);
    for (size_t k = p->begin, some; k < p->end; k += some) {
        some = p->end - k < UR_SHARD ? p->end - k : UR_SHARD;
        for (size_t r = 0; r < some; r++) {
            if (k + r > p->begin) row = row_after(p, row);
            const real *dy = dy_at(p, row.step, row.place), *ahead = dy_at(p, step_after(p, row), row.place);
            real *to = columns + r * UR_GROUPS * 16;
            for (size_t i = 0; i < count; to += groups[i++].count) {
                v16 y = v_load(dy + groups[i].column);
                __builtin_prefetch(ahead + groups[i].column);
                v_store(to, y);
                v_store(bias + 16 * i, v_add(v_load(bias + 16 * i), y));
            }
        }
        pack_tiles(columns, rows, some, packed + (k - p->begin) * UR_TILE_ROWS);
    }
}

/* Continues the sums of some rows over a piece; begins them with the first piece. */
static void rows_times_x(const ur_piece *p, const real *y, size_t rows, const real *x, real *sums)
{
    size_t padded = ur_gradient_sums(p->g), most = ur_tile_panels(rows);
    for (size_t n = 0, panels; n < padded / 16; n += panels) {
        panels = padded / 16 - n < most ? padded / 16 - n : most;
        ur_tile t = {.a = y,
                     .b = x + n * UR_PIECE * 16,
                     .first = ur_zeros,
                     .c = sums + 16 * n,
                     .a_row = UR_Y_TILE,
                     .inner = p->end - p->begin,
                     .outer = 1,
                     .b_panel = UR_PIECE * 16,
                     .c_row = padded};
        for (size_t i = 0; i < panels; i++) t.column[i] = 16 * i;
        if (p->begin) ur_tile_go_on(&t);
        ur_tile_rows(t, rows, panels, (ur_tile_next){t.b + panels * t.b_panel, t.c + 16 * panels});
    }
}

/* Adds the shard's sums, whose rows are `padded` apart, to the gradient. */
static void add_up(const ur_weight_gradient *g, const ur_row_group *group, const real *sum, size_t padded,
                   const real *bias)
{
    size_t rest = g->width % 16;
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
    const ur_row_group *groups = g->groups + group;
    size_t padded = ur_gradient_sums(g), count = group_end - group;
    real *x = scratch, *y = x + padded * UR_PIECE, *bias = y + UR_Y_TILES * UR_Y_TILE, *sums = bias + 16 * count;
    for (size_t lane = 0; lane < g->lanes; lane += UR_SHARD) {
        ur_piece p = {.g = g, .lane = lane, .lanes = g->lanes - lane < UR_SHARD ? g->lanes - lane : UR_SHARD};
        size_t chain = chain_of(&p);
        ur_row last = {0};
        if (!chain) continue;
        clear(bias, 16 * count);
        for (p.begin = 0; p.begin < chain; p.begin = p.end) {
            p.end = chain - p.begin < UR_PIECE ? chain : p.begin + UR_PIECE;
            p.first = p.begin ? row_after(&p, last) : row_counted(&p, (ur_row){0, 0});
            last = pack_x(&p, x);
            real *sum = sums;
            for (size_t i = 0; i < count; i += UR_GROUPS) {
                size_t some = count - i < UR_GROUPS ? count - i : UR_GROUPS, rows = rows_of(groups + i, some);
                pack_y(&p, groups + i, some, y, bias + 16 * i);
                rows_times_x(&p, y, rows, x, sum);
                sum += rows * padded;
            }
        }
        const real *sum = sums;
        for (size_t i = 0; i < count; sum += groups[i++].count * padded) {
            add_up(g, &groups[i], sum, padded, bias + 16 * i);
            if (g->beside) add_up(g->beside, &groups[i], sum + ur_padded(g->width), padded, bias + 16 * i);
        }
    }
}
