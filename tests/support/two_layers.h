/* A network of two layers of one cell, for tests of what is done to the weights of every cell. */
#ifndef UR_TEST_TWO_LAYERS_H
#define UR_TEST_TWO_LAYERS_H

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

#endif
