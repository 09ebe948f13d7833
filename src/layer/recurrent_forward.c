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

static void input_product(const ur_window *w)
{
    const ur_recurrent *l = w->layer;
    ur_product p = into_slots(w, w->slots, &l->cell->input);
    p.a = w->x;
    p.a_row = ur_padded(l->inputs);
    p.inner = l->inputs;
    p.b = l->in;
    p.bias = l->bias;
    p.start = UR_START_BIAS;
    p.weights = l->weights;
    ur_compute_product(w->compute, &p, w->steps * w->lanes, ur_unit_blocks(l) * l->cell->input.count);
}

/* The one-hot product: a row of the table. */
static void gather(const ur_window *w)
{
    const ur_recurrent *l = w->layer;
    const ur_slot_range *in = &l->cell->input;
    size_t blocks = ur_unit_blocks(l), run = in->count * 16u, slots = l->cell->slots * 16u;
    for (size_t i = 0; i < w->steps * w->lanes; i++) {
        const real *from = l->in + (size_t)w->ids[i] * blocks * run;
        real *to = w->slots + i * ur_slot_row(l) + in->first * 16;
        for (size_t u = 0; u < blocks; u++) memcpy(to + u * slots, from + u * run, run * sizeof(real));
    }
}

/* Slots without an input product begin with their recurrent bias. */
static void begin_late_slots(const ur_window *w, const ur_gate_block *g, size_t block)
{
    const ur_cell *cell = w->layer->cell;
    for (int s = 0; s < cell->slots; s++) {
        if (s >= cell->input.first && s < cell->input.first + cell->input.count) continue;
        for (size_t r = 0; r < g->rows; r++)
            memcpy(g->slots + r * g->slot_row + 16 * s, w->layer->late_bias + 16 * block, 16 * sizeof(real));
    }
}

/* One phase of one step for blocks [block, block + count). */
static void phase_blocks(const ur_window *w, const ur_part *part, size_t t, int phase, size_t block, size_t count)
{
    const ur_recurrent *l = w->layer;
    const ur_slot_range *range = &l->cell->phase[phase];
    ur_product p = into_slots(w, w->slots + t * w->lanes * ur_slot_row(l), range);
    p.a = phase == 0 ? w->state[0] + t * ur_state_step(w) : w->second + t * ur_state_step(w);
    p.a_row = ur_state_row(w);
    p.inner = l->units;
    p.b = l->rec[phase];
    p.start = UR_START_HERE;
    p.weights = l->weights;
    if (phase == 0)
        for (size_t u = block; u < block + count; u++) {
            ur_gate_block g = ur_window_gates(w, part, t, u);
            begin_late_slots(w, &g, u);
        }
    ur_product_run(w->compute->kernels, &p, part->lane, part->lane_end, block * range->count,
                   (block + count) * range->count);
    for (size_t u = block; u < block + count; u++) {
        ur_gate_block g = ur_window_gates(w, part, t, u);
        l->cell->forward[phase](&g);
    }
}

/* Blocks of units that one product is for: their panels fill a register tile. With small weights more of them, since one
 * row goes over many panels at once, and since int8 quantises its rows once a product. */
static size_t blocks_together(const ur_recurrent *l, const ur_slot_range *range)
{
    size_t together = 4 / range->count;
    if (l->weights != UR_WEIGHTS_F32) return 16;
    return together < 1 ? 1 : together;
}

static void sweep(void *context, size_t member, size_t members)
{
    const ur_window *w = context;
    ur_part part = ur_window_part(w, member, members);
    for (size_t t = 0; t < w->steps; t++)
        for (int phase = 0; phase < w->layer->cell->phases; phase++) {
            size_t together = blocks_together(w->layer, &w->layer->cell->phase[phase]);
            for (size_t u = part.block; u < part.block_end && part.lane < part.lane_end; u += together)
                phase_blocks(w, &part, t, phase, u, part.block_end - u < together ? part.block_end - u : together);
            if (part.wait) ur_pool_barrier(w->compute->pool);
        }
}

void ur_window_forward(const ur_window *w)
{
    if (w->layer->symbols)
        gather(w);
    else
        input_product(w);
    ur_window copy = *w;
    if (ur_window_split(w, ur_pool_threads(w->compute->pool)) == UR_SPLIT_NONE)
        sweep(&copy, 0, 1);
    else
        ur_pool_run(w->compute->pool, sweep, &copy);
}
