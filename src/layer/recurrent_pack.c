/* A recurrent layer's weights in the order of its products. */
#include "layer/recurrent.h"

#include <string.h>

static ur_gate_rows rows_of(const ur_recurrent *l, const ur_slot_range *range)
{
    return (ur_gate_rows){.units = l->units, .gates = range->count, .order = range->order};
}

static bool in_range(const ur_slot_range *range, size_t slot)
{
    return slot >= range->first && slot < (size_t)range->first + range->count;
}

/* The slot that has a recurrent product but no input product, so that it begins with b_hh; −1 if the cell has none. */
static int late_slot(const ur_cell *cell)
{
    for (int s = 0; s < cell->slots; s++)
        if (!in_range(&cell->input, (size_t)s)) return s;
    return -1;
}

static bool has_recurrent_product(const ur_cell *cell, size_t slot)
{
    for (int p = 0; p < cell->phases; p++)
        if (in_range(&cell->phase[p], slot)) return true;
    return false;
}

/* Goes through the parts of the packed memory in order. Sets the pointers if `place`. */
static size_t lay_out(ur_recurrent *l, real *memory, bool training, bool place)
{
    size_t used = 0;
    ur_gate_rows in = rows_of(l, &l->cell->input);
#define UR_PART(pointer, size)                                                                                         \
    do {                                                                                                               \
        if (place) pointer = memory + used;                                                                            \
        used += (size);                                                                                                \
    } while (0)
    UR_PART(l->bias, ur_gate_panels(&in) * 16);
    UR_PART(l->late_bias, ur_padded(l->units));
    UR_PART(l->in, ur_packed_weights_size(&in, l->inputs, l->symbols ? UR_WEIGHTS_F32 : l->weights));
    for (int p = 0; p < l->cell->phases; p++) {
        ur_gate_rows rec = rows_of(l, &l->cell->phase[p]);
        UR_PART(l->rec[p], ur_packed_weights_size(&rec, l->units, l->weights));
        if (training) UR_PART(l->rec_back[p], ur_packed_back_size(&rec, l->units));
    }
    if (training && !l->symbols) UR_PART(l->in_back, ur_packed_back_size(&in, l->inputs));
#undef UR_PART
    return used;
}

size_t ur_recurrent_packed_size(const ur_recurrent *layer, bool training)
{
    ur_recurrent copy = *layer;
    return lay_out(&copy, NULL, training, false);
}

void ur_recurrent_place(ur_recurrent *layer, real *memory, bool training) { lay_out(layer, memory, training, true); }

/* Packs one slot's biases. A missing bias is zero. */
static void pack_slot_bias(const ur_recurrent *l, size_t slot, size_t gate, const ur_recurrent_weights *w)
{
    const ur_slot_range *in = &l->cell->input;
    bool both = has_recurrent_product(l->cell, slot);
    for (size_t unit = 0; unit < l->units; unit++) {
        size_t row = gate * l->units + unit;
        real from_input = w->b_ih ? w->b_ih[row] : 0, from_state = both && w->b_hh ? w->b_hh[row] : 0;
        l->bias[(unit / 16 * in->count + (slot - in->first)) * 16 + unit % 16] = from_input + from_state;
    }
}

static void pack_biases(const ur_recurrent *l, const ur_recurrent_weights *w)
{
    const ur_slot_range *in = &l->cell->input;
    memset(l->bias, 0, ur_unit_blocks(l) * in->count * 16 * sizeof(real));
    for (size_t i = 0; i < in->count; i++) pack_slot_bias(l, in->first + i, in->order[i], w);
    memset(l->late_bias, 0, ur_padded(l->units) * sizeof(real));
    int late = late_slot(l->cell);
    if (late < 0 || !w->b_hh) return;
    const ur_slot_range *phase = &l->cell->phase[0];
    size_t gate = phase->order[late - phase->first];
    memcpy(l->late_bias, w->b_hh + gate * l->units, l->units * sizeof(real));
}

static void pack_inputs(const ur_recurrent *l, const ur_recurrent_weights *w, const ur_gate_rows *in)
{
    pack_biases(l, w);
    if (l->symbols)
        ur_pack_table(l->in, w->w_ih, l->bias, in, l->inputs);
    else
        ur_pack_weights(l->in, w->w_ih, in, l->inputs, l->weights);
}

/* The order is forward, back, back, forward, so that two threads have equal work. */
void ur_recurrent_pack(ur_recurrent *l, const ur_recurrent_weights *w, bool training, ur_turn *turn)
{
    ur_gate_rows in = rows_of(l, &l->cell->input);
    if (ur_turn_is_mine(turn)) pack_inputs(l, w, &in);
    if (training && !l->symbols && ur_turn_is_mine(turn)) ur_pack_back(l->in_back, w->w_ih, &in, l->inputs);
    for (int p = 0; p < l->cell->phases; p++) {
        ur_gate_rows rec = rows_of(l, &l->cell->phase[p]);
        if (training && ur_turn_is_mine(turn)) ur_pack_back(l->rec_back[p], w->w_hh, &rec, l->units);
        if (ur_turn_is_mine(turn)) ur_pack_weights(l->rec[p], w->w_hh, &rec, l->units, l->weights);
    }
}
