/*
 * A retina (Mnih et al. 2014): what is seen of a picture around a place, sharp in the middle and coarser outside. Scale
 * s is a square of size·2^s places, reduced to size x size means: the larger the square, the coarser. Outside the
 * picture it is black.
 *
 *   place    x, y; 0, 0 is the middle of the picture, ±1 are its borders
 *   square   begins at ⌊middle − (size·2^s − 1)/2 + ½⌋, with the middle at columns/2·(x + 1) − ½, and likewise for rows
 *
 * A square moves by whole pixels, so no gradient goes back to the place. The picture needs none.
 */
#ifndef UR_LAYER_RETINA_H
#define UR_LAYER_RETINA_H

#include "tape/tape.h"

enum { UR_RETINA_NUMBERS = 2, UR_RETINA_SCALES_MOST = 8 };

typedef struct ur_retina {
    size_t rows, columns; /* of the picture */
    size_t size, scales;
} ur_retina;

/* A square by its first row and column. It may lie outside the picture. */
typedef struct ur_retina_square {
    long row, column;
    size_t side;
} ur_retina_square;
ur_retina_square ur_retina_square_of(const ur_retina *retina, const real *place, size_t scale);

/* place (1, B, 2), picture (1, B, rows·columns) → (1, B, size·size·scales), with the scales of a place side by side.
 * NULL after a failure, which the tape keeps. */
ur_tensor *ur_retina_look(ur_tape *tape, const ur_retina *retina, const ur_tensor *place, const ur_tensor *picture);

#endif
