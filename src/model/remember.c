/*
 * Initial biases with which neurons remember for different times (chrono initialisation, Tallec & Ollivier 2018). A
 * gate σ(b) that keeps a share of the old state at each step keeps it for about e^b steps. With the usual initial
 * biases all neurons forget within a few steps, and over a long gap no gradient says how to do better. If the cell has
 * a separate gate that lets new input in (LSTM's i), that gate gets −b. In GRU and the coupled LSTM the gate that keeps
 * the state does both.
 *
 * The paper draws the times uniformly from 1 … N, so nearly all neurons begin slow. Text needs as many fast ones. So
 * here the logarithms of the times are uniform, b = U(0, log N), which gives as many neurons for 1 to 10 steps as for
 * 10 to 100.
 */
#include "base/float_mode.h"
#include "base/random.h"
#include "kernel/scalar.h"
#include "model/model.h"

real *ur_gate_bias(const ur_model *m, const ur_layer *l, ur_gate_role role)
{
    const ur_gate_name *gate = ur_cell_gate(ur_cell_back_find(l->spec.cell, ur_isa_index(m->kernels)), role);
    const ur_slot_range *in = &l->recurrent.cell->input;
    return gate && l->params.b_ih ? l->params.b_ih->value + in->order[gate->slot - in->first] * l->units : NULL;
}

/* Returns false if the layer's cell has no such gate. */
static bool bias_layer(const ur_model *m, const ur_layer *l, double steps, uint64_t seed, uint32_t stream)
{
    real *keep = ur_gate_bias(m, l, UR_KEEPS), *enter = ur_gate_bias(m, l, UR_ENTERS);
    for (size_t u = 0; u < l->units; u++) {
        real bias = (real)(ur_log(steps) * ur_random_uniform(seed, stream, u));
        if (keep) keep[u] = bias;
        if (enter) enter[u] = -bias;
    }
    return keep || enter;
}

/* Sets both directions in the same way. */
static bool bias_cells(const ur_model *m, const ur_layer *l, double steps, uint64_t seed, uint32_t stream)
{
    if (l->reverse) bias_layer(m, l->reverse, steps, seed, stream);
    return bias_layer(m, l, steps, seed, stream);
}

bool ur_model_bias_gates(ur_model *m, double steps, uint64_t seed)
{
    bool any = false;
    for (size_t i = 0; steps > 1 && i < m->layer_count; i++)
        if (ur_is_recurrent(&m->layers[i]))
            any |= bias_cells(m, &m->layers[i], steps, seed, UR_USE_REMEMBER + (uint32_t)i);
    return any;
}

void ur_model_remember(ur_model *m, double steps, uint64_t seed)
{
    ur_float_mode mode = ur_float_mode_enter();
    ur_model_bias_gates(m, steps, seed);
    ur_model_changed(m);
    ur_float_mode_leave(mode);
}
