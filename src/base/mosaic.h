/* Many grey pictures of one size in a grid, with a margin around each, as one picture. */
#ifndef UR_BASE_MOSAIC_H
#define UR_BASE_MOSAIC_H

#include "unroll.h"

enum { UR_MOSAIC_MARGIN = 1, UR_MOSAIC_GREY = 64 };

typedef struct ur_mosaic {
    size_t across;              /* pictures in a row of the grid */
    size_t picture[2], size[2]; /* rows and columns of one picture, and of the whole */
} ur_mosaic;

/* A grid of `count` pictures, `across` in each row; 0 makes the grid about square. The caller makes sure that the
 * number of pixels does not overflow. */
ur_mosaic ur_mosaic_of(size_t count, size_t across, size_t rows, size_t columns);
/* Copies picture i (rows, columns) into `all` (size[0], size[1]), which the caller filled with UR_MOSAIC_GREY. */
void ur_mosaic_put(const ur_mosaic *mosaic, size_t i, const unsigned char *picture, unsigned char *all);

#endif
