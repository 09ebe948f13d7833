/* The backward sweep of a recurrent layer: back-propagation through time. */
#include "layer/window.h"

#include <string.h>

/* A of a product that reads the slots' gradients of a range. */
static ur_product from_slots(const ur_window *w, const real *slots, const ur_slot_range *range)
{
    size_t all = w->layer->cell->slots, blocks = ur_unit_blocks(w->layer);
    bool whole = range->count == all;
    return (ur_product){.a = slots + range->first * 16,
                        .a_row = ur_slot_row(w->layer),
                        .a_outer = all * 16,
                        .inner = whole ? blocks * all * 16 : range->count * 16u,
                        .outer = whole ? 1 : blocks};
}

/* The gradient of what the phase's product multiplied: added to that of h, or set for `second`. */
static void phase_product(const ur_window *w, const ur_part *part, size_t t, int phase)
{
    const ur_recurrent *l = w->layer;
    ur_product p = from_slots(w, w->slots + t * w->lanes * ur_slot_row(l), &l->cell->phase[phase]);
    p.b = l->rec_back[phase];
    p.c = phase == 0 ? w->carry[0] : w->dsecond;
    p.c_row = ur_state_row(w);
    p.group = ur_unit_blocks(l);
    p.start = phase == 0 ? UR_START_HERE : UR_START_ZERO;
    w->compute->kernels->product(&p, part->lane, part->lane_end, part->block, part->block_end);
}

static void sweep(void *context, size_t member, size_t members)
{
    const ur_window *w = context;
    ur_part part = ur_window_part(w, member, members);
    for (size_t t = w->steps; t-- > 0;)
        for (int phase = w->layer->cell->phases; phase-- > 0;) {
            ur_gate_block g = ur_window_gates(w, &part, t, part.block, part.block_end - part.block);
            w->layer->back->backward[phase](&g);
            if (part.wait) ur_pool_barrier(w->compute->pool);
            if (part.lane < part.lane_end) phase_product(w, &part, t, phase);
        }
}

void ur_window_backward(const ur_window *w)
{
    ur_window copy = *w;
    if (ur_window_split(w, ur_pool_threads(w->compute->pool)) == UR_SPLIT_NONE)
        sweep(&copy, 0, 1);
    else
        ur_pool_run(w->compute->pool, sweep, &copy);
}

void ur_window_input_gradient(const ur_window *w, real *dx, bool add)
{
    const ur_window inputs = ur_window_of_inputs(w);
    const ur_recurrent *l = w->layer;
    ur_product p = from_slots(w, inputs.slots, &l->cell->input);
    p.b = l->in_back;
    p.c = dx;
    p.c_row = ur_padded(l->inputs);
    p.group = p.c_row / 16;
    p.start = add ? UR_START_HERE : UR_START_ZERO;
    ur_compute_product(w->compute, &p, inputs.steps * inputs.lanes, p.group);
}
