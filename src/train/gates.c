/*
 * How often gates are open (> 0.9) and shut (< 0.1): the share of all neurons, steps and lanes of the last batch of the
 * validation set. After "Visualizing and Understanding Recurrent Networks" (Karpathy, Johnson, Fei-Fei 2015), figure 3.
 */
#include "train/trainer.h"

#include <stdlib.h>

static const ur_gate_name *gates_of(const ur_model *m, const ur_layer *l)
{
    return ur_cell_back_find(l->spec.cell, ur_isa_index(m->kernels))->gate;
}

/* Adds the layer's gates to t->gates, which has space for them. */
static void add_layer(ur_trainer *t, const ur_layer *l, size_t layer)
{
    const ur_gate_name *gate = gates_of(t->model, l);
    for (size_t i = 0; i < UR_SLOTS_MAX && gate[i].name; i++)
        if (gate[i].role != UR_CANDIDATE)
            t->gates[t->gate_count++] = (ur_gate_share){.layer = layer, .name = gate[i].name};
}

ur_status ur_trainer_make_gates(ur_trainer *t, ur_error *error)
{
    const ur_model *m = t->model;
    size_t layer = 0;
    t->gates = calloc(m->layer_count * UR_SLOTS_MAX + 1, sizeof *t->gates);
    if (!t->gates) return ur_fail_memory(error, "the gates");
    for (size_t i = 0; i < m->layer_count; i++)
        if (ur_is_recurrent(&m->layers[i])) add_layer(t, &m->layers[i], layer++);
    return UR_OK;
}

/* How many values of a gate there are, and how many are open and shut. */
typedef struct ur_gate_count {
    size_t all, open, shut;
} ur_gate_count;

/* A slot's numbers come in groups of 16. Consecutive groups are one unit block apart. */
static void count_slot(const ur_window *w, size_t slot, ur_gate_count *count)
{
    const ur_recurrent *layer = w->layer;
    size_t block = layer->cell->slots * (size_t)UR_LANES, rows = w->steps * w->lanes;
    for (size_t row = 0; row < rows; row++) {
        const real *gate = w->slots + row * ur_slot_row(layer) + slot * UR_LANES;
        for (size_t u = 0; u < layer->units; u++) {
            real value = gate[u / UR_LANES * block + u % UR_LANES];
            count->open += value > (real)0.9;
            count->shut += value < (real)0.1;
        }
    }
    count->all += rows * layer->units;
}

/* Counts over all windows of the layer. A layer that was stepped has many. */
static void count_gate(const ur_probing *seen, const ur_layer *l, size_t slot, ur_gate_share *share)
{
    ur_gate_count count = {0};
    for (size_t i = 0; i < seen->seen; i++)
        if (seen->windows[i].layer == &l->recurrent) count_slot(&seen->windows[i], slot, &count);
    if (!count.all) return;
    share->open = (double)count.open / (double)count.all;
    share->shut = (double)count.shut / (double)count.all;
}

void ur_trainer_look_at_gates(void *context, const ur_probing *seen)
{
    ur_trainer *t = context;
    ur_gate_share *share = t->gates;
    for (size_t i = 0; i < t->model->layer_count; i++) {
        const ur_layer *l = &t->model->layers[i];
        const ur_gate_name *gate = ur_is_recurrent(l) ? gates_of(t->model, l) : NULL;
        for (size_t g = 0; gate && g < UR_SLOTS_MAX && gate[g].name; g++)
            if (gate[g].role != UR_CANDIDATE) count_gate(seen, l, gate[g].slot, share++);
    }
    t->gates_seen = true;
}

bool ur_trainer_gate(const ur_trainer *t, size_t i, ur_gate_share *share)
{
    if (!t->gates_seen || i >= t->gate_count) return false;
    *share = t->gates[i];
    return true;
}
