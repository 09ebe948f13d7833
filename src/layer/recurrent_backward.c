/* The backward sweep of a recurrent layer: back-propagation through time. */
#include "layer/window.h"

#include <string.h>

/* The products of the slots' gradients of a range with weights packed back. `p` has everything else. */
static size_t from_slots(ur_product products[2], ur_product p, const ur_window *w, const real *slots,
                         const ur_slot_range *range)
{
    const ur_gate_rows rows = {.units = w->layer->units, .gates = range->count};
    p.a = slots + range->first * 16;
    p.a_row = ur_slot_row(w->layer);
    return ur_back_products(products, &p, &rows, w->layer->cell->slots * 16u);
}

/* The gradient of the phase's factor: added to that of h, or set for `second`. */
static void phase_product(const ur_window *w, const ur_part *part, size_t t, int phase)
{
    const ur_recurrent *l = w->layer;
    if (w->stops && t == 0 && phase == 0) return;
    const ur_product p = {.b = l->rec_back[phase],
                          .c = phase == 0 ? w->carry[0] : w->dsecond,
                          .c_row = ur_state_row(w),
                          .group = ur_unit_blocks(l),
                          .start = phase == 0 ? UR_START_HERE : UR_START_ZERO};
    ur_product products[2];
    size_t count = from_slots(products, p, w, w->slots + t * w->lanes * ur_slot_row(l), &l->cell->phase[phase]);
    const ur_live_rows rows = ur_window_rows(w, part, t);
    for (size_t i = 0; i < count && rows.begin < rows.end; i++)
        w->compute->kernels->product(&products[i], rows.begin, rows.end, part->block, part->block_end);
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
    const ur_product p = {.b = l->in_back,
                          .c = dx,
                          .c_row = ur_padded(l->inputs),
                          .group = ur_padded(l->inputs) / 16,
                          .start = add ? UR_START_HERE : UR_START_ZERO};
    ur_product products[2];
    size_t count = from_slots(products, p, w, inputs.slots, &l->cell->input);
    for (size_t i = 0; i < count; i++)
        ur_compute_live_product(w->compute, &products[i], inputs.live, inputs.steps, inputs.lanes, p.group);
}
