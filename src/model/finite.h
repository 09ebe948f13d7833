/* Finds numbers that grow without bound, and reports the layer that grows. */
#ifndef UR_MODEL_FINITE_H
#define UR_MODEL_FINITE_H

#include "model/graph.h"

/* Cheap enough to be called for every token. */
bool ur_all_finite(const real *x, size_t n);
/* The same for a line's output. Places after a lane's end do not count. */
bool ur_live_finite(const ur_value *value);
/* The largest |x|; infinity if a number is not finite. */
double ur_largest(const real *x, size_t n);

/* A layer whose numbers stay below this is not blamed for an output that overflows. */
#define UR_MUCH 1e6

/* UR_ERR_NUMERIC. `cell`: which recurrent layer grows, counted from 1; 0 if none of them does, but the weights after
 * them. */
ur_status ur_fail_growth(const ur_model *model, size_t cell, uint64_t tokens, ur_error *error);

/* The same for a run whose output is not finite. Finds the layer and the step in tape->watch. `before`: tokens that the
 * lanes had read before the run. */
ur_status ur_fail_run(const ur_model *model, const ur_tape *tape, uint64_t before, ur_error *error);

#endif
