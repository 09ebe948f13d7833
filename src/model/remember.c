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
#include "cell/cell.h"
#include "kernel/scalar.h"
#include "model/model.h"

#include <string.h>

/* The biases b_ih of the gate with this name in the cell's equations; NULL if there are none. */
static real *gate_bias(const ur_model *m, const ur_layer *l, const char *name)
{
    const ur_gate_name *gate = ur_cell_back_find(l->spec.cell, ur_isa_index(m->kernels))->gate;
    const ur_slot_range *in = &l->recurrent.cell->input;
    for (size_t i = 0; l->params.b_ih && i < UR_SLOTS_MAX && gate[i].name; i++)
        if (strcmp(gate[i].name, name) == 0)
            return l->params.b_ih->value + in->order[gate[i].slot - in->first] * l->units;
    return NULL;
}

real *ur_keep_bias(const ur_model *m, const ur_layer *l)
{
    return gate_bias(m, l, l->recurrent.cell->states > 1 ? "f" : "z");
}

/* Returns false if the layer's cell has no such gate. */
static bool bias_layer(const ur_model *m, const ur_layer *l, double steps, uint64_t seed, uint32_t stream)
{
    real *keep = ur_keep_bias(m, l), *enter = l->recurrent.cell->states > 1 ? gate_bias(m, l, "i") : NULL;
    for (size_t u = 0; keep && u < l->units; u++) {
        keep[u] = (real)(ur_log(steps) * ur_random_uniform(seed, stream, u));
        if (enter) enter[u] = -keep[u];
    }
    return keep != NULL;
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
