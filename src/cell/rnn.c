/*
 * Vanilla RNN (Elman 1990).
 *
 *     h' = φ(W x + b + U h + c)          φ = tanh (default), relu or sigmoid
 *
 * W (H, in), U (H, H), b, c (H). One gate, one slot: a = W x + b + U h + c, afterwards h'. Backward: da = dh' ∘ φ′; the
 * rest is products. φ′ is computed from h': 1 − h'², h' > 0, h'(1 − h').
 */
#include "cell/gates.h"

static inline void forward(ur_units *u) { u->slot[0] = u->after[UR_H] = v_activate(u->activation, u->slot[0]); }

static inline void backward(ur_units *u)
{
    u->slot[0] = v_mul(u->d[UR_H], v_activation_slope(u->activation, u->slot[0]));
    u->d[UR_H] = v_zero();
}

UR_FORWARD(ur_rnn_forward, forward, .slots = 1, .states = 1, .writes_states = 1)
UR_BACKWARD(ur_rnn_backward, backward, 1, .slots = 1, .states = 1)

const ur_cell UR_ISA_NAME(ur_cell_rnn) = {
    .name = "rnn",
    .gates = 1,
    .slots = 1,
    .states = 1,
    .phases = 1,
    .activation = UR_TANH,
    .module = true,
    .input = {0, 1, {0}},
    .phase = {{0, 1, {0}}},
    .forward = {UR_ISA_NAME(ur_rnn_forward)},
};
const ur_cell_back UR_ISA_NAME(ur_cell_back_rnn) = {.backward = {UR_ISA_NAME(ur_rnn_backward)}};
