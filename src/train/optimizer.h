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
    real *first, *second; /* blocks of `numbers`; NULL if the optimiser does not need them */
    size_t numbers;
    uint64_t updates; /* number of updates so far */
    const ur_param
        *params; /* param_count views on the block, in its order; fixed ones are not updated; NULL if none is fixed */
    size_t param_count;
} ur_optimizer_state;

ur_status ur_optimizer_create(ur_optimizer_state *state, ur_optimizer kind, double momentum, size_t numbers,
                              ur_error *error);
void ur_optimizer_free(ur_optimizer_state *state);

/* √Σg² over the block. It is summed in pieces of 4096 numbers, each as 16 chains and a tree; the pieces are added in
 * order. */
double ur_gradient_norm(const ur_compute *compute, const real *gradient, size_t numbers, double *pieces);
/* The factor by which a gradient of this norm is multiplied. As in PyTorch: limit / (norm + 1e-6), at most 1. Without a
 * limit it is 1. */
double ur_clip_factor(double limit, double norm);
size_t ur_gradient_pieces(size_t numbers); /* how many numbers `pieces` must hold */

/* One update of `values` at learning rate `rate`. `norm` is the gradient's norm, needed for clipping. */
void ur_optimizer_update(ur_optimizer_state *state, const ur_compute *compute, const ur_learning *learning, double rate,
                         double norm, real *values, real *gradient);

#endif
