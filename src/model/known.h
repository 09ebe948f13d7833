/*
 * What is known of words: a line that reads ids and leaves one step makes the same of a sequence wherever that comes. So in use,
 * where weights stay as they are, what it made is kept from batch to batch, and only sequences that are new are run.
 */
#ifndef UR_MODEL_KNOWN_H
#define UR_MODEL_KNOWN_H

#include "model/graph.h"

/* What one line made: row n is of the sequence ids[begin[n]] … ids[begin[n + 1]]. */
typedef struct ur_known_line {
    real *made;
    int32_t *ids;
    size_t *begin;
    size_t count, room, id_room; /* rows; for how many rows and ids there is room */
    int32_t *slot;               /* a hash table of rows; −1: free */
    size_t slots;
} ur_known_line;

typedef struct ur_known {
    ur_known_line line[UR_LINES_MAX];
} ur_known;

void ur_known_free(ur_known *known); /* what it holds; NULL is allowed */

/* Whether line i is run by ur_known_run: the tape knows, and only lines that join it read it. */
bool ur_known_applies(const ur_model *model, const ur_tape *tape, size_t i, const ur_line_call *call);
/* ur_line_run, of what is not known yet. */
bool ur_known_run(const ur_model *model, ur_tape *tape, size_t i, const ur_line_call *call, ur_value *values);

#endif
