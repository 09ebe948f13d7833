/*
 * LSTM whose input gate is coupled to its forget gate: the cell writes exactly as much as it forgets. "CIFG" in Greff
 * et al., LSTM: A Search Space Odyssey (2015). The gates are in the order f, g, o.
 *
 *     f = σ(W_f x + b_f + U_f h + c_f)      how much of the old cell to keep, and 1 − f how much of the new to write
 *     g = tanh(W_g x + b_g + U_g h + c_g)   what to write
 *     o = σ(W_o x + b_o + U_o h + c_o)      how much to show
 *     c' = f∘c + (1 − f)∘g
 *     h' = o∘tanh(c')
 *
 * W (3H, in), U (3H, H), biases (3H). Three slots: a_f, a_g, a_o, afterwards f, g, o. Backward, from dh' and dc':
 *     dc = dc' + dh'∘o∘(1 − tanh²c')        the "+" of c' passes it on: dc_before = dc∘f
 *     da_f = dc∘(c − g)∘f(1 − f)   da_g = dc∘(1 − f)∘(1 − g²)   da_o = dh'∘tanh(c')∘o(1 − o)
 */
#include "cell/gates.h"

enum { F, G, O };

static inline void forward(ur_units *u)
{
    v16 f = u->slot[F] = v_sigmoid(u->slot[F]);
    v16 g = u->slot[G] = v_tanh(u->slot[G]);
    v16 o = u->slot[O] = v_sigmoid(u->slot[O]);
    v16 c = v_fma(f, v_sub(u->before[UR_C], g), g);
    u->after[UR_C] = c;
    u->after[UR_H] = v_mul(o, v_tanh(c));
}

static inline void backward(ur_units *u)
{
    v16 f = u->slot[F], g = u->slot[G], o = u->slot[O], dh = u->d[UR_H];
    v16 shown = v_tanh(u->after[UR_C]);
    v16 dc = v_fma(v_mul(dh, o), v_tanh_slope(shown), u->d[UR_C]);
    u->slot[F] = v_mul(v_mul(dc, v_sub(u->before[UR_C], g)), v_sigmoid_slope(f));
    u->slot[G] = v_mul(v_mul(dc, v_sub(v_set(1), f)), v_tanh_slope(g));
    u->slot[O] = v_mul(v_mul(dh, shown), v_sigmoid_slope(o));
    u->d[UR_H] = v_zero();
    u->d[UR_C] = v_mul(dc, f);
}

UR_FORWARD(ur_lstm_coupled_forward, forward, .slots = 3, .states = 2, .writes_states = 1)
UR_BACKWARD(ur_lstm_coupled_backward, backward, 1, .slots = 3, .states = 2)

const ur_cell UR_ISA_NAME(ur_cell_lstm_coupled) = {
    .name = "lstm-coupled",
    .gates = 3,
    .slots = 3,
    .states = 2,
    .phases = 1,
    .input = {0, 3, {F, G, O}},
    .phase = {{0, 3, {F, G, O}}},
    .forward = {UR_ISA_NAME(ur_lstm_coupled_forward)},
};
const ur_cell_back UR_ISA_NAME(ur_cell_back_lstm_coupled) = {
    .backward = {UR_ISA_NAME(ur_lstm_coupled_backward)},
    .gate = {{"f", F, UR_KEEPS}, {"g", G, UR_CANDIDATE}, {"o", O, UR_SHOWS}},
};
