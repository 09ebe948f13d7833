/*
 * How well each cell tells apart the places at which a predicate holds, from what can be counted while the text streams
 * by: for yes and no a histogram of each cell's value where the predicate holds and one of it everywhere, which give the
 * area under the ROC curve; for numbers Σx, Σx², Σxy, which give the correlation. All of it twice: places of half 0
 * choose the cell, those of half 1 score it.
 */
#ifndef UR_INSPECT_TALLY_H
#define UR_INSPECT_TALLY_H

#include "layer/recurrent.h"

enum { UR_TALLY_BINS = 256, UR_TALLY_SKIP = 2, UR_TALLY_NUMBERS = 8 };

/* The values of a layer's cells at all places of a chunk: place m has its cells at value + m·row. */
typedef struct ur_tally_layer {
    const real *value;
    size_t row, units;
} ur_tally_layer;

typedef struct ur_tally_chunk {
    size_t places;
    const unsigned char *half; /* 0, 1, or UR_TALLY_SKIP: does not count */
    const float *truth;        /* (predicates, places) */
    const ur_tally_layer *layers;
    size_t layer_count;
} ur_tally_chunk;

typedef struct ur_tally ur_tally;

/* counts[p]: predicate p is a number. A chunk has at most `places` places. */
ur_status ur_tally_create(ur_tally **tally, size_t cells, const bool *counts, size_t predicates, size_t places,
                          ur_error *error);
void ur_tally_free(ur_tally *tally);
/* The first chunk settles into which bins each cell's values fall. */
ur_status ur_tally_add(ur_tally *tally, const ur_tally_chunk *chunk, ur_pool *pool, ur_error *error);

uint64_t ur_tally_places(const ur_tally *tally, int half);
/* Places at which it holds; of a number the sum. */
double ur_tally_total(const ur_tally *tally, int half, size_t predicate);
/* Variance of a number. */
double ur_tally_variance(const ur_tally *tally, int half, size_t predicate);

/* The area under the ROC curve: the probability that a cell is higher at a place at which the predicate holds than at one
 * at which it does not, equal counting half. Of a number the correlation. NaN where it is not defined. */
double ur_tally_score(const ur_tally *tally, int half, size_t predicate, size_t cell);

#endif
