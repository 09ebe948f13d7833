/* A beam search step by step, for callers that run the steps of several searches at once. */
#ifndef UR_GENERATE_BEAM_H
#define UR_GENERATE_BEAM_H

#include "unroll_generate.h"

/* The number of texts that a beam keeps at each step. */
size_t ur_beam_width(const ur_beam *beam);

/* The step that a search needs from its decoder (ur_decoder). If rows is 0, the search is over. */
typedef struct ur_beam_step {
    size_t rows;
    const size_t *from;
    const int32_t *ids;
    ur_real *logits;
} ur_beam_step;

/* A search begins with ur_beam_begin. As long as ur_beam_wants returns rows, the caller makes the step, fills in its
 * logits, and calls ur_beam_grow. ur_beam_end may add texts that are not ended to those found. */
void ur_beam_begin(ur_beam *beam, int32_t first);
ur_beam_step ur_beam_wants(ur_beam *beam);
ur_status ur_beam_grow(ur_beam *beam, ur_error *error);
/* Does what ur_beam_grow does, for logits that are elsewhere, in rows `stride` apart, and whose log Σ exp is known (NaN
 * if not finite). */
ur_status ur_beam_grow_by(ur_beam *beam, const ur_real *logits, size_t stride, const double *log_sums, ur_error *error);
void ur_beam_end(ur_beam *beam);

#endif
