/*
 * Teacher forcing: what a decoder reads in training, and its targets. It reads an end token and then the text. The
 * target of each step is the next token, and after the last token the end token.
 */
#ifndef UR_TASK_TEACHING_H
#define UR_TASK_TEACHING_H

#include "train/learner.h"

/* The texts of a batch, (T, B). Begins as zeros. */
typedef struct ur_teaching {
    int32_t *ids, *target, *lengths; /* inputs; targets, −1 where there is none; (B) steps of each lane */
    size_t steps, lanes;             /* of the current batch */
    size_t place_room, lane_room;
} ur_teaching;

void ur_teaching_free(ur_teaching *teaching);

/* Makes space for a batch. `steps` is one more than the number of tokens in its longest text. */
ur_status ur_teaching_begin(ur_teaching *teaching, size_t steps, size_t lanes, ur_error *error);

/* Puts a text into lane b. The token `unknown` is read but is no target; −1 if there is none. */
void ur_teaching_lay(ur_teaching *teaching, size_t b, const int32_t *ids, size_t count, int32_t end, int32_t unknown);

/* Replaces a share of the tokens that are read by `mask`. The choice follows from use (base/random.h), seed and number
 * (below 2^40). */
typedef struct ur_dropping {
    double share;
    int32_t mask;
    uint32_t use;
    uint64_t seed, number;
} ur_dropping;
/* Whether the token at place i of such a text is replaced. */
bool ur_drops(const ur_dropping *dropping, size_t i);
void ur_teaching_drop(ur_teaching *teaching, size_t b, const ur_dropping *dropping);

/* Gives the texts to line `last` of the batch as its input, and sets its targets. */
void ur_teaching_fill(const ur_teaching *teaching, size_t last, double smoothing, ur_batch *batch);

#endif
