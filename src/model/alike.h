/*
 * Words come again and again. Up to its first cell a line makes the same of two places that have the same id and, where it joins a
 * line that has left one step, take the same lane of it. So in use, where nothing is dropped, each is made once: as a row of a
 * table, which the cell takes with the number of each place's row.
 */
#ifndef UR_MODEL_ALIKE_H
#define UR_MODEL_ALIKE_H

#include "model/graph.h"

/* Different places of a line. */
typedef struct ur_alike {
    size_t rows;
    int32_t *ids, *lane_of; /* (rows): of each; lane_of NULL where they take none */
    int32_t *row_of;        /* (T, B): which row a place is like */
} ur_alike;

/* Those of line i, on the tape. False: each place is to be made by itself, as the line is not of that kind, or few of its places
 * are alike; or a failure, which the tape keeps. */
bool ur_alike_find(const ur_model *model, ur_tape *tape, size_t i, const ur_running *at, const ur_value *values,
                   ur_alike *alike);

#endif
