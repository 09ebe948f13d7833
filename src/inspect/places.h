/* Passages of a text, evenly far apart, that are read as lanes of one batch. */
#ifndef UR_INSPECT_PLACES_H
#define UR_INSPECT_PLACES_H

#include "data/corpus.h"
#include "model/model.h"
#include "unroll_inspect.h"

typedef struct ur_places {
    ur_corpus *corpus;
    ur_reader *reader;
    uint64_t begin, tokens; /* of the part */
    size_t count, steps;    /* places, and tokens of each; to be set by the caller before the first is read */
    int32_t *lane;          /* (T) */
} ur_places;

/* UR_ERR_USAGE for a model that is no language model. To be closed also after a failure. */
ur_status ur_places_open(ur_places *places, const ur_model *model, const ur_reading *reading, ur_error *error);
void ur_places_close(ur_places *places);
/* Places [first, first + lanes): ids (T, B). Not more steps than the part has tokens. */
ur_status ur_places_read(ur_places *places, size_t first, size_t lanes, int32_t *ids, ur_error *error);

#endif
