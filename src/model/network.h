/* A whole network over a batch, on a tape. */
#ifndef UR_MODEL_NETWORK_H
#define UR_MODEL_NETWORK_H

#include "model/graph.h"

/* Checks a batch against the network: lanes, steps, ids and lengths in range, inputs of the right kind. */
ur_status ur_network_check(const ur_model *model, const ur_batch *batch, ur_error *error);

/* Lanes of the batch, where all lines have as many; else 0. */
size_t ur_network_lanes(const ur_model *model, const ur_batch *batch);

/* Runs all lines and returns what the last one gives; NULL after a failure, which the tape keeps. */
ur_tensor *ur_network_run(const ur_model *model, ur_tape *tape, const ur_batch *batch, const ur_carry *carry);

/* The last layer where it is a linear dense one, whose softmax loss can be computed with it (ur_dense_softmax_loss); else
 * NULL. */
const ur_dense *ur_network_head(const ur_model *model);
/* What it takes: the run without the last layer. */
ur_tensor *ur_network_body(const ur_model *model, ur_tape *tape, const ur_batch *batch, const ur_carry *carry);

#endif
