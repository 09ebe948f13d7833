/* Small operations of which layers are built. Each returns NULL after a failure, which the tape keeps. */
#ifndef UR_TAPE_OPERATIONS_H
#define UR_TAPE_OPERATIONS_H

#include "tape/tape.h"

/* Reverses each lane's own steps: y[t] = x[length − 1 − t], zeros after the lane's end. lengths: (B), or NULL if all
 * have T steps. */
ur_tensor *ur_reverse(ur_tape *tape, ur_tensor *x, const int32_t *lengths);
/* The same for ids (T, B). Ids after a lane's end stay as they are. */
const int32_t *ur_reverse_ids(ur_tape *tape, const int32_t *ids, size_t steps, size_t lanes, const int32_t *lengths);

/* (T, B, V) and (T, B, W) → (T, B, V + W). */
ur_tensor *ur_concat(ur_tape *tape, ur_tensor *a, ur_tensor *b);

/* The values of x, through which no gradient goes back. */
ur_tensor *ur_detach(ur_tape *tape, const ur_tensor *x);

/* a + b, both of the same shape. */
ur_tensor *ur_add(ur_tape *tape, ur_tensor *a, ur_tensor *b);

/* For each place one of x's lanes: x (1, B′, W) → (T, B, W), y[t, b] = x[0, lane_of[t, b]]. lane_of is (T, B), each
 * below B′, or NULL for lane b at all steps. */
ur_tensor *ur_spread(ur_tape *tape, ur_tensor *x, size_t steps, size_t lanes, const int32_t *lane_of);

/* Step t of x, (1, B, W); and T tensors of one step each, stacked into (T, B, W). The array `parts` must stay until the
 * tape has gone back. */
ur_tensor *ur_step_of(ur_tape *tape, ur_tensor *x, size_t t);
ur_tensor *ur_stack(ur_tape *tape, ur_tensor *const *parts, size_t steps);

/* Σ x[t] / length over each lane's own steps: (T, B, W) → (1, B, W). */
ur_tensor *ur_mean(ur_tape *tape, ur_tensor *x, const int32_t *lengths);

#endif
