/* Runs a whole network over a batch, on a tape. */
#ifndef UR_MODEL_NETWORK_H
#define UR_MODEL_NETWORK_H

#include "model/graph.h"

/* Checks a batch against the network: lanes, steps, ids and lengths in range, inputs of the right kind. */
ur_status ur_network_check(const ur_model *model, const ur_batch *batch, ur_error *error);

/* The number of lanes of the batch if it is the same in all lines; else 0. */
size_t ur_network_lanes(const ur_model *model, const ur_batch *batch);

/* Runs all lines and returns the output of the last one; NULL after a failure, which the tape keeps. */
ur_tensor *ur_network_run(const ur_model *model, ur_tape *tape, const ur_batch *batch, const ur_carry *carry);

/* The last layer if it is a linear dense layer, whose softmax loss can be computed together with it
 * (ur_dense_softmax_loss); else NULL. */
const ur_dense *ur_network_head(const ur_model *model);
/* The input of that layer: the run without the last layer. */
ur_tensor *ur_network_body(const ur_model *model, ur_tape *tape, const ur_batch *batch, const ur_carry *carry);

#endif
