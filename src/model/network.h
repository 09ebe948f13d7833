/* A whole network over a batch, on a tape. */
#ifndef UR_MODEL_NETWORK_H
#define UR_MODEL_NETWORK_H

#include "model/state.h"

/* Checks a batch against the network: lanes, steps, ids and lengths in range, inputs of the right kind. */
ur_status ur_network_check(const ur_model *model, const ur_batch *batch, ur_error *error);

typedef struct ur_carry {
    const ur_state *from; /* states to begin with; NULL: zeros */
    ur_state *to;         /* takes the states after `at` steps (0: at the end); NULL: not wanted. May be `from` */
    size_t at;
} ur_carry;

/* Runs all lines and returns what the last one gives; NULL after a failure, which the tape keeps. */
ur_tensor *ur_network_run(const ur_model *model, ur_tape *tape, const ur_batch *batch, const ur_carry *carry);
/* The same without the σ of a last `dense … sigmoid`: the sigmoid loss has its own. */
ur_tensor *ur_network_logits(const ur_model *model, ur_tape *tape, const ur_batch *batch, const ur_carry *carry);

/* The last layer where it is a linear dense one, whose softmax loss can be computed with it (ur_dense_softmax_loss); else
 * NULL. */
const ur_dense *ur_network_head(const ur_model *model);
/* What it takes: the run without the last layer. */
ur_tensor *ur_network_body(const ur_model *model, ur_tape *tape, const ur_batch *batch, const ur_carry *carry);

#endif
