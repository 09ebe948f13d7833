/*
 * Keeps the outputs of words. A line that reads ids and leaves one step computes the same from a sequence wherever the
 * sequence occurs. So in inference, where weights do not change, its outputs are kept from batch to batch, and only new
 * sequences are run.
 */
#ifndef UR_MODEL_KNOWN_H
#define UR_MODEL_KNOWN_H

#include "model/graph.h"

/* The outputs of one line: row n is that of the sequence ids[begin[n]] … ids[begin[n + 1] − 1]. */
typedef struct ur_known_line {
    real *made;
    int32_t *ids;
    size_t *begin;
    size_t count, room, id_room; /* number of rows; capacity in rows and in ids */
    int32_t *slot;               /* a hash table of rows; −1 for a free slot */
    size_t slots;
} ur_known_line;

typedef struct ur_known {
    ur_known_line line[UR_LINES_MAX];
} ur_known;

void ur_known_free(ur_known *known); /* frees what it holds; NULL is allowed */

/* Whether line i can be run by ur_known_run: the tape keeps outputs, and the line is read only by lines that join
 * it. */
bool ur_known_applies(const ur_model *model, const ur_tape *tape, size_t i, const ur_line_call *call);
/* ur_line_run for the sequences that are not known yet. */
bool ur_known_run(const ur_model *model, ur_tape *tape, size_t i, const ur_line_call *call, ur_value *values);

#endif
