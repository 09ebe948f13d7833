/* The loss of a batch: runs the network, and computes the losses of its outputs. */
#ifndef UR_TRAIN_OBJECTIVE_H
#define UR_TRAIN_OBJECTIVE_H

#include "train/learner.h"

/* The last layer, if its outputs need not be stored as a whole for a softmax loss; else NULL. */
const ur_dense *ur_objective_head(const ur_learner *learner);

/* From now on the outputs of a wide last layer can be stored as a whole, and gradients can pass back through them. */
ur_status ur_objective_give_outputs(ur_learner *learner, ur_error *error);

/* Runs forward and computes the losses. If the tape records, the gradients of the losses are left in the outputs. */
ur_status ur_objective_run(ur_learner *learner, ur_tape *tape, const ur_batch *batch, const ur_carry *carry,
                           ur_window_result *result, ur_error *error);

#endif
