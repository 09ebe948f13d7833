/*
 * GRU with the reset gate after the recurrent product, as in PyTorch, cuDNN and Keras' default. The gates are in
 * PyTorch's order r, z, n.
 *
 *     r = σ(W_r x + b_r + U_r h + c_r)                 how much of the old state the candidate sees
 *     z = σ(W_z x + b_z + U_z h + c_z)                 how much of the old state stays
 *     n = tanh(W_n x + b_n + r∘(U_n h + c_n))          the candidate
 *     h' = (1 − z)∘n + z∘h
 *
 * W (3H, in), U (3H, H), biases (3H). The two products of the candidate must be kept apart, so there are four slots:
 * the candidate's input part x_n = W_n x + b_n, a_r, a_z, and its recurrent part h_n = U_n h + c_n. Afterwards they
 * hold n, r, z, h_n. Backward: da_n = dh'∘(1 − z)∘(1 − n²) da_z = dh'∘(h − n)∘z(1 − z) da_r = da_n∘h_n∘r(1 − r) dh_n =
 * da_n∘r, and dh' ∘ z goes straight to h.
 */
#include "cell/gates.h"

enum { R, Z, N };            /* positions in the matrices */
enum { X_N, A_R, A_Z, H_N }; /* slots */

static inline void forward(ur_units *u)
{
    v16 r = u->slot[A_R] = v_sigmoid(u->slot[A_R]);
    v16 z = u->slot[A_Z] = v_sigmoid(u->slot[A_Z]);
    v16 n = u->slot[X_N] = v_tanh(v_fma(r, u->slot[H_N], u->slot[X_N]));
    u->after[UR_H] = v_fma(z, v_sub(u->before[UR_H], n), n);
}

static inline void backward(ur_units *u)
{
    v16 n = u->slot[X_N], r = u->slot[A_R], z = u->slot[A_Z], h_n = u->slot[H_N], dh = u->d[UR_H];
    v16 da_n = v_mul(v_mul(dh, v_sub(v_set(1), z)), v_tanh_slope(n));
    u->slot[X_N] = da_n;
    u->slot[A_R] = v_mul(v_mul(da_n, h_n), v_sigmoid_slope(r));
    u->slot[A_Z] = v_mul(v_mul(dh, v_sub(u->before[UR_H], n)), v_sigmoid_slope(z));
    u->slot[H_N] = v_mul(da_n, r);
    u->d[UR_H] = v_mul(dh, z);
}

UR_FORWARD(ur_gru_forward, forward, .slots = 4, .states = 1, .writes_states = 1)
UR_BACKWARD(ur_gru_backward, backward, 1, .slots = 4, .states = 1)

const ur_cell UR_ISA_NAME(ur_cell_gru) = {
    .name = "gru",
    .gates = 3,
    .slots = 4,
    .states = 1,
    .phases = 1,
    .module = true,
    .input = {X_N, 3, {N, R, Z}},
    .phase = {{A_R, 3, {R, Z, N}}},
    .forward = {UR_ISA_NAME(ur_gru_forward)},
};
const ur_cell_back UR_ISA_NAME(ur_cell_back_gru) = {
    .backward = {UR_ISA_NAME(ur_gru_backward)},
    .gate = {{"r", A_R, UR_RESETS}, {"z", A_Z, UR_KEEPS}, {"n", X_N, UR_CANDIDATE}},
};
