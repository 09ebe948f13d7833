/*
 * How well each cell separates the places where a predicate holds from the others, from counts that are made while the
 * text streams by. For yes-or-no predicates: a histogram of each cell's value where the predicate holds and one of all
 * places, which give the area under the ROC curve. For numbers: Σx, Σx², Σxy, which give the correlation. All of it is
 * counted twice: places of half 0 choose the cell, those of half 1 score it.
 */
#ifndef UR_INSPECT_TALLY_H
#define UR_INSPECT_TALLY_H

#include "layer/recurrent.h"

enum { UR_TALLY_BINS = 256, UR_TALLY_SKIP = 2, UR_TALLY_NUMBERS = 8 };

/* The values of a layer's cells at all places of a chunk: those of place m are at value + m·row. */
typedef struct ur_tally_layer {
    const real *value;
    size_t row, units;
} ur_tally_layer;

typedef struct ur_tally_chunk {
    size_t places;
    const unsigned char *half; /* 0, 1, or UR_TALLY_SKIP for places that do not count */
    const float *truth;        /* (predicates, places) */
    const ur_tally_layer *layers;
    size_t layer_count;
} ur_tally_chunk;

typedef struct ur_tally ur_tally;

/* counts[p]: predicate p is a number. A chunk has at most `places` places. */
ur_status ur_tally_create(ur_tally **tally, size_t cells, const bool *counts, size_t predicates, size_t places,
                          ur_error *error);
void ur_tally_free(ur_tally *tally);
/* Adds a chunk. The first chunk determines the bins of each cell's values. */
ur_status ur_tally_add(ur_tally *tally, const ur_tally_chunk *chunk, ur_pool *pool, ur_error *error);

uint64_t ur_tally_places(const ur_tally *tally, int half);
/* The number of places where a predicate holds; for a number, its sum. */
double ur_tally_total(const ur_tally *tally, int half, size_t predicate);
/* The variance of a number. */
double ur_tally_variance(const ur_tally *tally, int half, size_t predicate);

/* The area under the ROC curve: the probability that a cell's value is higher at a place where the predicate holds than
 * at one where it does not, with equal values counting half. For a number, the correlation. NaN if undefined. */
double ur_tally_score(const ur_tally *tally, int half, size_t predicate, size_t cell);

#endif
