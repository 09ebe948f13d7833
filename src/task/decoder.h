/*
 * Writing with a network whose last line is a decoder: the lines before it read once, then the decoder is stepped and reads
 * what it has written. All sequences of a batch are written side by side, each with a search of its own; what one gets does not
 * depend on the others.
 */
#ifndef UR_TASK_DECODER_H
#define UR_TASK_DECODER_H

#include "train/learner.h"
#include "unroll_generate.h"

typedef struct ur_decoding_settings {
    ur_beam_settings beam; /* beam.end: the token that ends a sequence. beam.early is faster */
    int32_t first;         /* the token that a sequence begins with, and which is not written */
    const int32_t *never;  /* tokens that are not written, never_count of them; the caller's */
    size_t never_count;
} ur_decoding_settings;

typedef struct ur_decoding ur_decoding;

/* Its model may be the one that learns; the learner must outlive it. UR_ERR_USAGE: the last line does not read ids and end in
 * a dense layer. */
ur_status ur_decoding_create(ur_decoding **decoding, ur_learner *learner, const ur_decoding_settings *settings,
                             ur_error *error);
/* The same besides a trainer's work, with a learner of its own. */
ur_status ur_decoding_create_besides(ur_decoding **decoding, ur_model *model, size_t threads,
                                     const ur_decoding_settings *settings, ur_error *error);
void ur_decoding_free(ur_decoding *decoding); /* NULL is allowed */

/* Reads the batch's inputs of all lines but the last, whose lanes are the sequences, and writes one for each. */
ur_status ur_decode(ur_decoding *decoding, const ur_batch *batch, ur_error *error);

/* Text i of a lane, best first, and how many there are. Valid until the next ur_decode. */
size_t ur_decoding_count(const ur_decoding *decoding, size_t lane);
ur_hypothesis ur_decoding_text(const ur_decoding *decoding, size_t lane, size_t i);

/* Where the decoder looked as it wrote text i of a lane of the last ur_decode: shares (its length, *steps) of the steps of the
 * line that it attends to, each row adding up to 1. Valid until the next call. UR_ERR_UNSUPPORTED: it attends to no line. */
ur_status ur_decoding_looked(ur_decoding *decoding, size_t lane, size_t i, const ur_real **shares, size_t *steps,
                             ur_error *error);

#endif
