/*
 * Teacher forcing: what a decoder reads in training, and what is wanted of it. It reads an end and then the text; at each of its
 * steps the next token is wanted, and an end behind the last.
 */
#ifndef UR_TASK_TEACHING_H
#define UR_TASK_TEACHING_H

#include "train/learner.h"

/* Texts of a batch, (T, B). Begins as zeros. */
typedef struct ur_teaching {
    int32_t *ids, *target, *lengths; /* read; wanted, −1 where nothing is; (B): steps of each lane */
    size_t steps, lanes;             /* of the batch at hand */
    size_t place_room, lane_room;
} ur_teaching;

void ur_teaching_free(ur_teaching *teaching);

/* Makes room for a batch: `steps` is one more than the tokens of its longest text. */
ur_status ur_teaching_begin(ur_teaching *teaching, size_t steps, size_t lanes, ur_error *error);

/* A text, as lane b. The token `unknown` is read and not wanted; −1: there is none. */
void ur_teaching_lay(ur_teaching *teaching, size_t b, const int32_t *ids, size_t count, int32_t end, int32_t unknown);

/* Tokens that are read as another one: a share of them; which, follows from use (base/random.h), seed and number (below 2^40). */
typedef struct ur_dropping {
    double share;
    int32_t mask;
    uint32_t use;
    uint64_t seed, number;
} ur_dropping;
/* Whether place i of such a text is read so. */
bool ur_drops(const ur_dropping *dropping, size_t i);
void ur_teaching_drop(ur_teaching *teaching, size_t b, const ur_dropping *dropping);

/* Line `last` of the batch reads them, and gives what is wanted. */
void ur_teaching_fill(const ur_teaching *teaching, size_t last, double smoothing, ur_batch *batch);

#endif
