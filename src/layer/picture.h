/* A picture in the numbers of one step: (rows, columns, channels). */
#ifndef UR_LAYER_PICTURE_H
#define UR_LAYER_PICTURE_H

#include <stddef.h>

typedef struct ur_picture {
    size_t rows, columns, channels; /* rows = 0: no picture */
} ur_picture;

enum { UR_PICTURE_MAX = 1 << 20 }; /* limit on the numbers of a picture */

/* The number of values in a picture; 0 if it has none, or more than UR_PICTURE_MAX. */
static inline size_t ur_picture_numbers(ur_picture p)
{
    const size_t most = UR_PICTURE_MAX;
    if (!p.rows || !p.columns || !p.channels || p.rows > most || p.columns > most / p.rows) return 0;
    return p.channels > most / (p.rows * p.columns) ? 0 : p.rows * p.columns * p.channels;
}

#endif
