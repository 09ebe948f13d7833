/*
 * Words occur again and again. Up to its first cell a line computes the same for two places that have the same id and,
 * if the line joins a line that has left one step, take the same lane of it. So in inference, where there is no
 * dropout, each different place is computed once, as a row of a table. The cell gets the table, and for each place the
 * number of its row.
 */
#ifndef UR_MODEL_ALIKE_H
#define UR_MODEL_ALIKE_H

#include "model/graph.h"

/* The different places of a line. */
typedef struct ur_alike {
    size_t rows;
    int32_t *ids, *lane_of; /* (rows): of each different place; lane_of is NULL if places take no lane */
    int32_t *row_of;        /* (T, B): the row of each place */
} ur_alike;

/* Finds the different places of line i, on the tape. Returns false if each place is to be computed by itself, because
 * the line is not of this kind or few of its places are equal; also after a failure, which the tape keeps. */
bool ur_alike_find(const ur_model *model, ur_tape *tape, size_t i, const ur_running *at, const ur_value *values,
                   ur_alike *alike);

#endif
