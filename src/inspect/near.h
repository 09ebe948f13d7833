/* The embedding through which a model reads its tokens. */
#ifndef UR_INSPECT_NEAR_H
#define UR_INSPECT_NEAR_H

#include "model/model.h"
#include "unroll_inspect.h"

/* The embedding (V, E) of the network's last line, whose symbols are the model's tokens. */
ur_status ur_near_table(const ur_model *model, const ur_param **table, ur_error *error);

#endif
