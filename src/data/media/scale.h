/* Pictures of another size. */
#ifndef UR_DATA_SCALE_H
#define UR_DATA_SCALE_H

#include "unroll.h"

typedef struct ur_picture_size {
    size_t rows, columns, channels;
} ur_picture_size;

/* Numbers from 0 to 255, (rows, columns, channels), as a picture of another size. Along each side by itself: where it
 * becomes shorter, a place is the mean of what it covers; where it becomes longer, it lies between its two neighbours. A
 * grey picture in colour has three equal channels, a coloured one in grey 0.299·red + 0.587·green + 0.114·blue (ITU-R
 * BT.601); other channels must be as many. The same bits on every machine. UR_ERR_DATA, UR_ERR_MEMORY. */
ur_status ur_picture_scale(const unsigned char *from, const ur_picture_size *size, unsigned char *to,
                           const ur_picture_size *wanted, ur_error *error);

#endif
