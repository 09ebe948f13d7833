/* The forward sweep of a recurrent layer over a window. */
#include "layer/window.h"

#include <string.h>

/* The result of a product in the slots of a range. The panels are neighbours if the range has all slots, else
 * groups. */
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

/* `inputs`: the window as the input products see it. */
static ur_product input_product(const ur_window *inputs)
{
    const ur_recurrent *l = inputs->layer;
    ur_product p = into_slots(inputs, inputs->slots, &l->cell->input);
    p.a = inputs->x;
    p.a_row = ur_padded(l->inputs);
    p.inner = l->inputs;
    p.b = l->in;
    p.bias = l->bias;
    p.start = UR_START_BIAS;
    p.weights = l->weights;
    return p;
}

void ur_window_input_products(const ur_window *w)
{
    const ur_window inputs = ur_window_of_inputs(w);
    const ur_recurrent *l = w->layer;
    const ur_product p = input_product(&inputs);
    ur_compute_live_product(w->compute, &p, inputs.live, inputs.steps, inputs.lanes,
                            ur_unit_blocks(l) * l->cell->input.count);
}

/* Input products that are already there, by id: in the table of a one-hot input, or in that of a window. */
typedef struct ur_gathering {
    const real *from;
    size_t row, block, run; /* distance between ids, and between unit blocks; numbers of a block */
} ur_gathering;

static ur_gathering gathering_of(const ur_window *w)
{
    const ur_recurrent *l = w->layer;
    size_t run = l->cell->input.count * 16u;
    if (w->rows) return (ur_gathering){w->table + l->cell->input.first * 16, ur_slot_row(l), l->cell->slots * 16u, run};
    return (ur_gathering){l->in, ur_unit_blocks(l) * run, run, run};
}

/* Copies the input products of a step, for a part's lanes and blocks. */
static void gather(const ur_window *w, const ur_part *part, size_t t)
{
    const ur_gathering g = gathering_of(w);
    size_t slots = w->layer->cell->slots * 16u, run = g.run, count = part->block_end - part->block;
    if (g.block == run && slots == run) { /* the range has all slots: copy the blocks at once */
        run *= count;
        count = 1;
    }
    for (size_t i = t * w->lanes + part->lane; i < t * w->lanes + part->lane_end; i++) {
        if (w->live && !w->live[i]) continue; /* nobody reads these */
        const real *from = g.from + (size_t)w->ids[i] * g.row + part->block * g.block;
        real *to = w->slots + i * ur_slot_row(w->layer) + part->block * slots + w->layer->cell->input.first * 16;
        for (size_t u = 0; u < count; u++) memcpy(to + u * slots, from + u * g.block, run * sizeof(real));
    }
}

/* Whether the input products are computed at each step, right before the recurrent ones. The slots then go to memory
 * only once. This needs enough lanes for a product, and weights that stay in a core's cache from step to step. */
enum { UR_NEAR_LANES = 8, UR_NEAR_WEIGHTS = 1 << 17 };

static bool is_near(const ur_window *w)
{
    const ur_recurrent *l = w->layer;
    size_t threads = ur_pool_threads(w->compute->pool), weights;
    if (l->symbols || w->rows || l->weights != UR_WEIGHTS_F32 || w->steps == 1) return false;
    if (w->lanes < threads * UR_NEAR_LANES || !ur_mul_fits(l->inputs + l->units, ur_slot_row(l), &weights))
        return false;
    return weights <= UR_NEAR_WEIGHTS;
}

static void near_products(const ur_window *w, const ur_live_rows *rows, size_t t, size_t block, size_t count)
{
    const ur_product p = input_product(w);
    size_t first = t * w->lanes, panels = w->layer->cell->input.count;
    if (rows->begin < rows->end)
        ur_product_run(w->compute->kernels, &p, first + rows->begin, first + rows->end, block * panels,
                       (block + count) * panels);
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
    if (phase == 0 && is_near(w)) near_products(w, &rows, t, block, count);
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
    if (w->in_place && part->wait) ur_pool_barrier(w->compute->pool); /* other threads still read h */
    l->cell->forward[phase](&g);
}

/* With up to this many lanes a product waits for its weights, which arrive faster in one stream. */
enum { UR_FEW_LANES = 2 };

/* The number of unit blocks in one product. It is chosen so that their panels fill a register tile and the gates find
 * the sums in the cache. All blocks are taken together if there are few lanes, if h is overwritten, and with small
 * weights, because int8 quantises its rows once for each product. */
static size_t blocks_together(const ur_window *w, const ur_part *part, const ur_slot_range *range)
{
    size_t all = part->block_end - part->block;
    if (w->in_place || part->lane_end - part->lane <= UR_FEW_LANES || w->layer->weights != UR_WEIGHTS_F32)
        return all ? all : 1;
    return range->count > 4 ? 1 : 4 / range->count;
}

/* Overwrites the states of the held unit, if it is in this thread's part. */
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
    for (size_t t = 0; t < w->steps; t++) {
        if (w->layer->symbols || w->rows) gather(w, &part, t);
        for (int phase = 0; phase < w->layer->cell->phases; phase++) {
            size_t together = blocks_together(w, &part, &w->layer->cell->phase[phase]);
            for (size_t u = part.block; u < part.block_end && part.lane < part.lane_end; u += together)
                phase_blocks(w, &part, t, phase, u, part.block_end - u < together ? part.block_end - u : together);
            if (w->hold && phase + 1 == w->layer->cell->phases) hold(w, &part, t);
            if (part.wait) ur_pool_barrier(w->compute->pool);
        }
    }
}

void ur_window_forward(const ur_window *w)
{
    if (!w->layer->symbols && !w->made && !is_near(w)) ur_window_input_products(w);
    ur_window copy = *w;
    if (ur_window_split(w, ur_pool_threads(w->compute->pool)) == UR_SPLIT_NONE)
        sweep(&copy, 0, 1);
    else
        ur_pool_run(w->compute->pool, sweep, &copy);
}
