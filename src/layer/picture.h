/* A picture as the numbers of a step: (rows, columns, channels). */
#ifndef UR_LAYER_PICTURE_H
#define UR_LAYER_PICTURE_H

#include <stddef.h>

typedef struct ur_picture {
    size_t rows, columns, channels; /* rows 0: no picture */
} ur_picture;

enum { UR_PICTURE_MAX = 1 << 20 }; /* numbers of one */

/* The numbers of a picture; 0: more than UR_PICTURE_MAX, or none. */
static inline size_t ur_picture_numbers(ur_picture p)
{
    const size_t most = UR_PICTURE_MAX;
    if (!p.rows || !p.columns || !p.channels || p.rows > most || p.columns > most / p.rows) return 0;
    return p.channels > most / (p.rows * p.columns) ? 0 : p.rows * p.columns * p.channels;
}

#endif
