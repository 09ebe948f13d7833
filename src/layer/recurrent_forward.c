/* The forward sweep of a recurrent layer over a window. */
#include "layer/window.h"

#include <string.h>

/* C of a product into the slots of a range: neighbouring panels where the range is all slots, else groups. */
static ur_product into_slots(const ur_window *w, real *slots, const ur_slot_range *range)
{
    size_t all = w->layer->cell->slots;
    bool whole = range->count == all;
    return (ur_product){.c = slots + range->first * 16,
                        .c_row = ur_slot_row(w->layer),
                        .c_group = whole ? 0 : all * 16,
                        .group = whole ? all * ur_unit_blocks(w->layer) : range->count,
                        .outer = 1};
}

void ur_window_input_products(const ur_window *w)
{
    const ur_window inputs = ur_window_of_inputs(w);
    const ur_recurrent *l = w->layer;
    ur_product p = into_slots(w, inputs.slots, &l->cell->input);
    p.a = w->x;
    p.a_row = ur_padded(l->inputs);
    p.inner = l->inputs;
    p.b = l->in;
    p.bias = l->bias;
    p.start = UR_START_BIAS;
    p.weights = l->weights;
    ur_compute_live_product(w->compute, &p, inputs.live, inputs.steps, inputs.lanes,
                            ur_unit_blocks(l) * l->cell->input.count);
}

/* Where the products of the inputs already are, by id: in the table of a one-hot input, or in that of a window. */
typedef struct ur_gathering {
    const ur_window *w;
    const real *from;
    size_t row, block, run; /* apart: ids, unit blocks; numbers of a block */
} ur_gathering;

static void gather(void *context, size_t member, size_t members)
{
    const ur_gathering *g = context;
    const ur_window *w = g->w;
    size_t slots = w->layer->cell->slots * 16u, blocks = ur_unit_blocks(w->layer), run = g->run, i, end;
    if (g->block == run && slots == run) { /* all slots: the row is one run */
        run *= blocks;
        blocks = 1;
    }
    ur_pool_share(w->steps * w->lanes, 1, member, members, &i, &end);
    for (; i < end; i++) {
        if (w->live && !w->live[i]) continue; /* nobody reads them */
        const real *from = g->from + (size_t)w->ids[i] * g->row;
        real *to = w->slots + i * ur_slot_row(w->layer) + w->layer->cell->input.first * 16;
        for (size_t u = 0; u < blocks; u++) memcpy(to + u * slots, from + u * g->block, run * sizeof(real));
    }
}

enum { UR_SMALL_GATHER = 1 << 14 }; /* numbers for which waking threads costs more than it brings */

static void inputs(const ur_window *w)
{
    const ur_recurrent *l = w->layer;
    size_t run = l->cell->input.count * 16u;
    ur_gathering g = {.w = w, .from = l->in, .row = ur_unit_blocks(l) * run, .block = run, .run = run};
    if (!l->symbols && !w->made) ur_window_input_products(w);
    if (!l->symbols && !w->rows) return;
    if (w->rows) g = (ur_gathering){w, w->table + l->cell->input.first * 16, ur_slot_row(l), l->cell->slots * 16u, run};
    if (w->steps * w->lanes * ur_slot_row(l) < UR_SMALL_GATHER)
        gather(&g, 0, 1);
    else
        ur_pool_run(w->compute->pool, gather, &g);
}

/* Slots without an input product begin with their recurrent bias. */
static void begin_late_slots(const ur_window *w, const ur_gate_block *g, size_t block)
{
    const ur_cell *cell = w->layer->cell;
    for (int s = 0; s < cell->slots; s++) {
        if (s >= cell->input.first && s < cell->input.first + cell->input.count) continue;
        for (size_t u = 0; u < g->blocks; u++)
            for (size_t r = 0; r < g->rows; r++)
                memcpy(g->slots + r * g->slot_row + u * g->slot_block + 16 * s, w->layer->late_bias + 16 * (block + u),
                       16 * sizeof(real));
    }
}

/* One phase of one step for blocks [block, block + count). */
static void phase_blocks(const ur_window *w, const ur_part *part, size_t t, int phase, size_t block, size_t count)
{
    const ur_recurrent *l = w->layer;
    const ur_slot_range *range = &l->cell->phase[phase];
    const ur_gate_block g = ur_window_gates(w, part, t, block, count);
    const ur_live_rows rows = ur_window_rows(w, part, t);
    ur_product p = into_slots(w, w->slots + t * w->lanes * ur_slot_row(l), range);
    p.a = phase == 0 ? w->state[0] + t * ur_state_step(w) : w->second + t * ur_state_step(w);
    p.a_row = ur_state_row(w);
    p.inner = l->units;
    p.b = l->rec[phase];
    p.start = UR_START_HERE;
    p.weights = l->weights;
    if (phase == 0) begin_late_slots(w, &g, block);
    if (rows.begin < rows.end && !(w->from_zero && t == 0))
        ur_product_run(w->compute->kernels, &p, rows.begin, rows.end, block * range->count,
                       (block + count) * range->count);
    if (w->in_place && part->wait) ur_pool_barrier(w->compute->pool); /* others still read h */
    l->cell->forward[phase](&g);
}

enum { UR_FEW_LANES = 2 }; /* whose product waits for its weights: in one stream they come faster */

/* Blocks of units that one product is for: their panels fill a register tile, and the gates find the sums in the cache.
 * All of them where there are few lanes, where h is overwritten, and with small weights, since int8 quantises its
 * rows once a product. */
static size_t blocks_together(const ur_window *w, const ur_part *part, const ur_slot_range *range)
{
    size_t all = part->block_end - part->block;
    if (w->in_place || part->lane_end - part->lane <= UR_FEW_LANES || w->layer->weights != UR_WEIGHTS_F32)
        return all ? all : 1;
    return range->count > 4 ? 1 : 4 / range->count;
}

/* Puts the held unit's states in place of those that the gates gave, where it falls to this thread. */
static void hold(const ur_window *w, const ur_part *part, size_t t)
{
    size_t unit = w->hold->unit, block = unit / UR_LANES;
    if (block < part->block || block >= part->block_end) return;
    for (int s = 0; s < w->layer->cell->states; s++)
        for (size_t b = part->lane; b < part->lane_end; b++)
            w->state[s][(t + 1) * ur_state_step(w) + b * ur_state_row(w) + unit] = w->hold->value[s];
}

static void sweep(void *context, size_t member, size_t members)
{
    const ur_window *w = context;
    ur_part part = ur_window_part(w, member, members);
    for (size_t t = 0; t < w->steps; t++)
        for (int phase = 0; phase < w->layer->cell->phases; phase++) {
            size_t together = blocks_together(w, &part, &w->layer->cell->phase[phase]);
            for (size_t u = part.block; u < part.block_end && part.lane < part.lane_end; u += together)
                phase_blocks(w, &part, t, phase, u, part.block_end - u < together ? part.block_end - u : together);
            if (w->hold && phase + 1 == w->layer->cell->phases) hold(w, &part, t);
            if (part.wait) ur_pool_barrier(w->compute->pool);
        }
}

void ur_window_forward(const ur_window *w)
{
    inputs(w);
    ur_window copy = *w;
    if (ur_window_split(w, ur_pool_threads(w->compute->pool)) == UR_SPLIT_NONE)
        sweep(&copy, 0, 1);
    else
        ur_pool_run(w->compute->pool, sweep, &copy);
}
