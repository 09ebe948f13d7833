/*
 * LSTM (Hochreiter & Schmidhuber 1997, forget gate of Gers et al. 2000). The gates are in PyTorch's order i, f, g, o.
 *
 *     i = σ(W_i x + b_i + U_i h + c_i)      how much of the new to write
 *     f = σ(W_f x + b_f + U_f h + c_f)      how much of the old cell to keep
 *     g = tanh(W_g x + b_g + U_g h + c_g)   what to write
 *     o = σ(W_o x + b_o + U_o h + c_o)      how much to show
 *     c' = f∘c + i∘g
 *     h' = o∘tanh(c')
 *
 * W (4H, in), U (4H, H), biases (4H). Four slots: a_i, a_f, a_g, a_o, afterwards i, f, g, o. Backward, from dh' and
 * dc':
 *     dc = dc' + dh'∘o∘(1 − tanh²c')        the "+" of c' passes it on: dc_before = dc∘f
 *     da_i = dc∘g∘i(1 − i)   da_f = dc∘c∘f(1 − f)   da_g = dc∘i∘(1 − g²)   da_o = dh'∘tanh(c')∘o(1 − o)
 */
#include "cell/gates.h"

enum { I, F, G, O };

static inline void forward(ur_units *u)
{
    v16 i = u->slot[I] = v_sigmoid(u->slot[I]);
    v16 f = u->slot[F] = v_sigmoid(u->slot[F]);
    v16 g = u->slot[G] = v_tanh(u->slot[G]);
    v16 o = u->slot[O] = v_sigmoid(u->slot[O]);
    v16 c = v_fma(f, u->before[UR_C], v_mul(i, g));
    u->after[UR_C] = c;
    u->after[UR_H] = v_mul(o, v_tanh(c));
}

static inline void backward(ur_units *u)
{
    v16 i = u->slot[I], f = u->slot[F], g = u->slot[G], o = u->slot[O], dh = u->d[UR_H];
    v16 shown = v_tanh(u->after[UR_C]);
    v16 dc = v_fma(v_mul(dh, o), v_tanh_slope(shown), u->d[UR_C]);
    u->slot[I] = v_mul(v_mul(dc, g), v_sigmoid_slope(i));
    u->slot[F] = v_mul(v_mul(dc, u->before[UR_C]), v_sigmoid_slope(f));
    u->slot[G] = v_mul(v_mul(dc, i), v_tanh_slope(g));
    u->slot[O] = v_mul(v_mul(dh, shown), v_sigmoid_slope(o));
    u->d[UR_H] = v_zero();
    u->d[UR_C] = v_mul(dc, f);
}

UR_FORWARD(ur_lstm_forward, forward, .slots = 4, .states = 2, .writes_states = 1)
UR_BACKWARD(ur_lstm_backward, backward, 1, .slots = 4, .states = 2)

const ur_cell UR_ISA_NAME(ur_cell_lstm) = {
    .name = "lstm",
    .gates = 4,
    .slots = 4,
    .states = 2,
    .phases = 1,
    .module = true,
    .input = {0, 4, {I, F, G, O}},
    .phase = {{0, 4, {I, F, G, O}}},
    .forward = {UR_ISA_NAME(ur_lstm_forward)},
};
const ur_cell_back UR_ISA_NAME(ur_cell_back_lstm) = {
    .backward = {UR_ISA_NAME(ur_lstm_backward)},
    .gate = {{"i", I, UR_ENTERS}, {"f", F, UR_KEEPS}, {"g", G, UR_CANDIDATE}, {"o", O, UR_SHOWS}},
};
