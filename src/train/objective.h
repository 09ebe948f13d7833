/* What a batch costs: the network, and the losses of its outputs. */
#ifndef UR_TRAIN_OBJECTIVE_H
#define UR_TRAIN_OBJECTIVE_H

#include "train/learner.h"

/* The last layer, where its outputs need not be there as a whole in a softmax loss; NULL: there is none like that. */
const ur_dense *ur_objective_head(const ur_learner *learner);

/* From now on the outputs of a wide last layer can be there as a whole, and go back. */
ur_status ur_objective_give_outputs(ur_learner *learner, ur_error *error);

/* Forward and losses. Their gradients are left in the outputs where the tape records. */
ur_status ur_objective_run(ur_learner *learner, ur_tape *tape, const ur_batch *batch, const ur_carry *carry,
                           ur_window_result *result, ur_error *error);

#endif
