/*
 * GRU with the reset gate before the recurrent product, as in Cho et al. 2014, textbooks and ONNX's default. The gates
 * are in the order r, z, n.
 *
 *     r = σ(W_r x + b_r + U_r h + c_r)
 *     z = σ(W_z x + b_z + U_z h + c_z)
 *     n = tanh(W_n x + b_n + U_n (r∘h) + c_n)
 *     h' = (1 − z)∘n + z∘h
 *
 * W (3H, in), U (3H, H), biases (3H). Three slots and two phases: the first product takes h and gives r and z, the
 * second takes r∘h and gives n. Texts that write h' = (1 − z)∘h + z∘n have 1 − z in place of z: negate W_z, U_z and
 * their biases. Backward runs the phases in reverse order: da_n and da_z first, then, from the gradient s of r∘h, da_r
 * = s∘h∘r(1 − r); s∘r and dh'∘z go straight to h.
 */
#include "cell/gates.h"

enum { R, Z, N };

static inline void forward_gates(ur_units *u)
{
    v16 r = u->slot[R] = v_sigmoid(u->slot[R]);
    u->slot[Z] = v_sigmoid(u->slot[Z]);
    u->second = v_mul(r, u->before[UR_H]);
}

static inline void forward_candidate(ur_units *u)
{
    v16 n = u->slot[N] = v_tanh(u->slot[N]);
    u->after[UR_H] = v_fma(u->slot[Z], v_sub(u->before[UR_H], n), n);
}

static inline void backward_candidate(ur_units *u)
{
    v16 z = u->slot[Z], n = u->slot[N], dh = u->d[UR_H];
    u->slot[N] = v_mul(v_mul(dh, v_sub(v_set(1), z)), v_tanh_slope(n));
    u->slot[Z] = v_mul(v_mul(dh, v_sub(u->before[UR_H], n)), v_sigmoid_slope(z));
    u->d[UR_H] = v_mul(dh, z);
}

static inline void backward_gates(ur_units *u)
{
    v16 r = u->slot[R];
    u->slot[R] = v_mul(v_mul(u->dsecond, u->before[UR_H]), v_sigmoid_slope(r));
    u->d[UR_H] = v_fma(u->dsecond, r, u->d[UR_H]);
}

UR_FORWARD(ur_gru_before_forward_gates, forward_gates, .slots = 2, .states = 1, .has_second = 1)
UR_FORWARD(ur_gru_before_forward_candidate, forward_candidate, .slots = 3, .states = 1, .writes_states = 1)
UR_BACKWARD(ur_gru_before_backward_candidate, backward_candidate, 1, .slots = 3, .states = 1)
UR_BACKWARD(ur_gru_before_backward_gates, backward_gates, 0, .slots = 1, .states = 1, .has_second = 1)

const ur_cell UR_ISA_NAME(ur_cell_gru_before) = {
    .name = "gru-before",
    .gates = 3,
    .slots = 3,
    .states = 1,
    .phases = 2,
    .input = {R, 3, {R, Z, N}},
    .phase = {{R, 2, {R, Z}}, {N, 1, {N}}},
    .forward = {UR_ISA_NAME(ur_gru_before_forward_gates), UR_ISA_NAME(ur_gru_before_forward_candidate)},
};
const ur_cell_back UR_ISA_NAME(ur_cell_back_gru_before) = {
    .backward = {UR_ISA_NAME(ur_gru_before_backward_gates), UR_ISA_NAME(ur_gru_before_backward_candidate)},
    .gate = {{"r", R, UR_RESETS}, {"z", Z, UR_KEEPS}, {"n", N, UR_CANDIDATE}},
};
