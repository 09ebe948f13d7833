/* Numbers that grow without bound: found, and told with the layer that grows. */
#ifndef UR_MODEL_FINITE_H
#define UR_MODEL_FINITE_H

#include "model/graph.h"

/* Cheap enough for every token. */
bool ur_all_finite(const real *x, size_t n);
/* Of what a line gave; what stands behind a lane's end does not count. */
bool ur_live_finite(const ur_value *value);
/* The largest of |x|; infinity where a number is not finite. */
double ur_largest(const real *x, size_t n);

/* Below this, a layer's numbers are not to blame for an output that overflows. */
#define UR_MUCH 1e6

/* UR_ERR_NUMERIC. `cell`: which of the recurrent layers grows, from 1; 0: none of them, but the weights behind them. */
ur_status ur_fail_growth(const ur_model *model, size_t cell, uint64_t tokens, ur_error *error);

/* The same for a run whose output is not finite. The layer and the step are found in tape->watch; `before`: tokens that the
 * lanes had read before the run. */
ur_status ur_fail_run(const ur_model *model, const ur_tape *tape, uint64_t before, ur_error *error);

#endif
