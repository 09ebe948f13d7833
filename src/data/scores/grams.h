/* n-grams that sequences of symbols share; the basis of the scores. */
#ifndef UR_DATA_GRAMS_H
#define UR_DATA_GRAMS_H

#include "unroll.h"

#include <stdbool.h>

/* A place in a sequence, and the number of symbols from there to the sequence's end. */
typedef struct ur_gram {
    const uint32_t *at;
    size_t left, sequence;
} ur_gram;

/* Buffers that are reused. All zeros at first. */
typedef struct ur_score_room {
    char *text[2];
    size_t text_room[2];
    uint32_t *symbols;
    size_t symbol_room;
    ur_gram *grams;
    size_t gram_room;
} ur_score_room;

void ur_score_room_free(ur_score_room *room);

/* Counts matching n-grams. The sequences follow one another, with counts[i] symbols each; the first is the hypothesis,
 * the others are its references. shared[n − 1] += Σ over the different n-grams of min(times in the hypothesis, most
 * times in any one reference), for n up to `most`. */
enum { UR_SEQUENCES_MOST = 17 };
ur_status ur_grams_share(ur_score_room *room, const uint32_t *symbols, const size_t *counts, size_t sequences,
                         size_t most, uint64_t *shared, ur_error *error);

/* White space as in Python's str.split. */
bool ur_is_space(uint32_t code);

#endif
