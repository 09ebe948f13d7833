/* Many grey pictures of one size side by side as one, with a margin around each. */
#ifndef UR_BASE_MOSAIC_H
#define UR_BASE_MOSAIC_H

#include "unroll.h"

enum { UR_MOSAIC_MARGIN = 1, UR_MOSAIC_GREY = 64 };

typedef struct ur_mosaic {
    size_t across;              /* pictures side by side */
    size_t picture[2], size[2]; /* rows and columns of one, and of all */
} ur_mosaic;

/* `count` pictures, `across` side by side; 0: about as many as one below the other. They must not be so many that their places
 * overflow. */
ur_mosaic ur_mosaic_of(size_t count, size_t across, size_t rows, size_t columns);
/* Puts picture i, (rows, columns), into (size[0], size[1]), which began as UR_MOSAIC_GREY. */
void ur_mosaic_put(const ur_mosaic *mosaic, size_t i, const unsigned char *picture, unsigned char *all);

#endif
