/*
 * Writes sequences with a network whose last line is a decoder. The lines before it read once. Then the decoder is
 * stepped, and reads the tokens it has written. The sequences of a batch are written side by side, each with a beam
 * search of its own. The result for one sequence does not depend on the others.
 */
#ifndef UR_TASK_DECODER_H
#define UR_TASK_DECODER_H

#include "train/learner.h"
#include "unroll_generate.h"

typedef struct ur_decoding_settings {
    ur_beam_settings beam; /* beam.end is the token that ends a sequence; beam.early is faster */
    int32_t first;         /* token that a sequence begins with; not part of the output */
    const int32_t *never;  /* never_count tokens that are never written; owned by the caller */
    size_t never_count;
} ur_decoding_settings;

typedef struct ur_decoding ur_decoding;

/* The learner's model may be in training. The learner must outlive the decoding. UR_ERR_USAGE if the last line does not
 * read ids or does not end in a dense layer. */
ur_status ur_decoding_create(ur_decoding **decoding, ur_learner *learner, const ur_decoding_settings *settings,
                             ur_error *error);
/* The same with a learner of its own, so that a trainer's learner is not disturbed. */
ur_status ur_decoding_create_besides(ur_decoding **decoding, ur_model *model, size_t threads,
                                     const ur_decoding_settings *settings, ur_error *error);
void ur_decoding_free(ur_decoding *decoding); /* may be NULL */

/* Reads the batch's inputs of all lines but the last, with one sequence per lane, and writes a text for each lane. */
ur_status ur_decode(ur_decoding *decoding, const ur_batch *batch, ur_error *error);

/* The number of texts of a lane, and text i, best first. Valid until the next ur_decode. */
size_t ur_decoding_count(const ur_decoding *decoding, size_t lane);
ur_hypothesis ur_decoding_text(const ur_decoding *decoding, size_t lane, size_t i);

/* Where the decoder looked as it wrote text i of a lane of the last ur_decode: attention weights (length of the text,
 * *steps) over the steps of the line that it attends to. Each row sums to 1. Valid until the next call.
 * UR_ERR_UNSUPPORTED if the decoder attends to no line. */
ur_status ur_decoding_looked(ur_decoding *decoding, size_t lane, size_t i, const ur_real **shares, size_t *steps,
                             ur_error *error);

#endif
