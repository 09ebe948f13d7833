/* A beam search by its steps, for one who makes the steps of several searches at once. */
#ifndef UR_GENERATE_BEAM_H
#define UR_GENERATE_BEAM_H

#include "unroll_generate.h"

/* The texts that a beam keeps at each step. */
size_t ur_beam_width(const ur_beam *beam);

/* What a search wants of its decoder (ur_decoder); no rows: it is over. */
typedef struct ur_beam_step {
    size_t rows;
    const size_t *from;
    const int32_t *ids;
    ur_real *logits;
} ur_beam_step;

/* Begins; then, as long as it wants a step: the step is made, its logits are filled in, and the search grows. At the end, texts
 * that are not ended may be among those found, too. */
void ur_beam_begin(ur_beam *beam, int32_t first);
ur_beam_step ur_beam_wants(ur_beam *beam);
ur_status ur_beam_grow(ur_beam *beam, ur_error *error);
/* The same for one who has the logits elsewhere, rows `stride` apart, and knows log Σ exp of each; NaN: not finite. */
ur_status ur_beam_grow_by(ur_beam *beam, const ur_real *logits, size_t stride, const double *log_sums, ur_error *error);
void ur_beam_end(ur_beam *beam);

#endif
