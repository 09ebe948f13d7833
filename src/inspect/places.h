/* Passages of a text, at equal distances, read as the lanes of one batch. */
#ifndef UR_INSPECT_PLACES_H
#define UR_INSPECT_PLACES_H

#include "data/corpus.h"
#include "model/model.h"
#include "unroll_inspect.h"

typedef struct ur_places {
    ur_corpus *corpus;
    ur_reader *reader;
    uint64_t begin, tokens; /* of the part to read */
    size_t count, steps;    /* places, and tokens of each; the caller sets both before the first is read */
    int32_t *lane;          /* (T) buffer for one place */
} ur_places;

/* UR_ERR_USAGE if the model is no language model. Close the places also after a failure. */
ur_status ur_places_open(ur_places *places, const ur_model *model, const ur_reading *reading, ur_error *error);
void ur_places_close(ur_places *places);
/* Reads places [first, first + lanes) into ids (T, B). T must not exceed the tokens of the part. */
ur_status ur_places_read(ur_places *places, size_t first, size_t lanes, int32_t *ids, ur_error *error);

#endif
