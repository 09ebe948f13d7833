/* A network of two layers of one cell, for tests of what is done to the weights of every cell. */
#ifndef UR_TEST_TWO_LAYERS_H
#define UR_TEST_TWO_LAYERS_H

#include "cell/cell.h"
#include "support/ok.h"
#include "unroll_train.h"

#include <stdio.h>

static inline ur_model *two_layers(const char *cell, size_t units)
{
    char net[64];
    ur_error error = {0};
    ur_model *model;
    ur_sizes sizes = {.symbols = 5, .outputs = 5};
    snprintf(net, sizeof net, "onehot > %s %zu x2 > dense", cell, units);
    ok(ur_model_create(&model, net, &sizes, 4, 0, NULL, &error), &error);
    return model;
}

/* Where in b_ih the biases of the cell's gate of that role begin; NONE: it has no such gate. */
enum { NONE = -1 };
static inline long biases_of(const char *cell, ur_gate_role role, size_t units)
{
    const ur_gate_name *gate = ur_cell_gate(ur_cell_back_find(cell, 0), role);
    const ur_slot_range *in = &ur_cell_find(cell, 0)->input;
    return gate ? (long)(in->order[gate->slot - in->first] * units) : NONE;
}

#endif
