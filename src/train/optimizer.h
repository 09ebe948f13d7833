/*
 * Optimisers over the block of all parameters: their memory, clipping, one update. The equations of a step are in
 * kernel/body/update.c.
 */
#ifndef UR_TRAIN_OPTIMIZER_H
#define UR_TRAIN_OPTIMIZER_H

#include "kernel/compute.h"
#include "tape/param.h"
#include "unroll_train.h"

typedef struct ur_optimizer_state {
    real *first, *second; /* blocks of `numbers`; NULL where the optimiser has none */
    size_t numbers;
    uint64_t updates; /* made so far */
    const ur_param
        *params; /* param_count views on the block, in its order: those that are fixed stay; NULL: none are */
    size_t param_count;
} ur_optimizer_state;

ur_status ur_optimizer_create(ur_optimizer_state *state, ur_optimizer kind, double momentum, size_t numbers,
                              ur_error *error);
void ur_optimizer_free(ur_optimizer_state *state);

/* √Σg² over the block: pieces of 4096 numbers, each 16 chains and a tree, pieces added in order. */
double ur_gradient_norm(const ur_compute *compute, const real *gradient, size_t numbers, double *pieces);
/* What a gradient of this norm is multiplied with. PyTorch's factor: limit / (norm + 1e-6), at most 1; no limit: 1. */
double ur_clip_factor(double limit, double norm);
size_t ur_gradient_pieces(size_t numbers); /* numbers that `pieces` must hold */

/* One update of `values` at learning rate `rate`; `norm` is the gradient's, for clipping. */
void ur_optimizer_update(ur_optimizer_state *state, const ur_compute *compute, const ur_learning *learning, double rate,
                         double norm, real *values, real *gradient);

#endif
