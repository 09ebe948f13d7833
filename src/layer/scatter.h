/*
 * Adds up rows by id: the gradient of a table. For each shard of 16 lanes there is one chain for each id, in the order
 * (t, b). The shards are added to the table's gradient in order. Only the rows that occur are touched.
 */
#ifndef UR_LAYER_SCATTER_H
#define UR_LAYER_SCATTER_H

#include "kernel/compute.h"

typedef struct ur_scatter {
    const int32_t *ids; /* (T, B), below `symbols` */
    size_t symbols, steps, lanes;
    const real *rows; /* (T, B, width), `row` apart */
    size_t row, width;
    real *into; /* (symbols, width), dense */
} ur_scatter;

ur_status ur_scatter_add(const ur_compute *compute, const ur_scatter *scatter, ur_arena *arena, ur_error *error);

#endif
