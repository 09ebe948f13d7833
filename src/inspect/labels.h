/*
 * The values of all predicates at the tokens of a text that is read in lanes, in the order in which the lanes are read.
 * The text is read here once more, a line ahead, so that a predicate can depend on the rest of the line. Lanes begin in
 * the middle of the text and still know what was open there, because the machine has read everything before.
 */
#ifndef UR_INSPECT_LABELS_H
#define UR_INSPECT_LABELS_H

#include "inspect/predicates.h"
#include "model/model.h"
#include "unroll_inspect.h"

typedef struct ur_labels ur_labels;

/* `passage`: says where the lanes begin. `own` must outlive the labels. */
ur_status ur_labels_open(ur_labels **labels, const ur_model *model, const ur_reading *how, const ur_passage *passage,
                         const ur_own_predicate *own, size_t own_count, ur_error *error);
void ur_labels_close(ur_labels *labels);

/* Writes the values of the predicates after the next token of a lane: UR_BUILT_IN + own_count numbers, `stride`
 * apart. */
ur_status ur_labels_next(ur_labels *labels, size_t lane, float *truth, size_t stride, ur_error *error);

/* The text of a token. The unknown token reads as U+FFFD. */
const char *ur_labels_text(const ur_model *model, int32_t id, size_t *length);

uint64_t ur_labels_tokens(const ur_labels *labels); /* tokens of the whole text */

#endif
