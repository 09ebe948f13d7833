/* Runs of n symbols that sequences share, which scores of texts are made of. */
#ifndef UR_DATA_GRAMS_H
#define UR_DATA_GRAMS_H

#include "unroll.h"

#include <stdbool.h>

/* A place in a sequence, and how many symbols there are from it on. */
typedef struct ur_gram {
    const uint32_t *at;
    size_t left, sequence;
} ur_gram;

/* Memory that is used again. Begins as zeros. */
typedef struct ur_score_room {
    char *text[2];
    size_t text_room[2];
    uint32_t *symbols;
    size_t symbol_room;
    ur_gram *grams;
    size_t gram_room;
} ur_score_room;

void ur_score_room_free(ur_score_room *room);

/* Sequences one behind the other, of counts[i] symbols each: the first was written, any of the others wanted. shared[n − 1] += Σ
 * over the different runs of n symbols of min(times in the first, most times in one of the others), n up to `most`. */
enum { UR_SEQUENCES_MOST = 17 };
ur_status ur_grams_share(ur_score_room *room, const uint32_t *symbols, const size_t *counts, size_t sequences,
                         size_t most, uint64_t *shared, ur_error *error);

/* White space as Python's str.split has it. */
bool ur_is_space(uint32_t code);

#endif
