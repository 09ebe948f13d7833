/* Scaling pictures to another size. */
#ifndef UR_DATA_SCALE_H
#define UR_DATA_SCALE_H

#include "unroll.h"

typedef struct ur_picture_size {
    size_t rows, columns, channels;
} ur_picture_size;

/* Scales numbers from 0 to 255, (rows, columns, channels), each side separately. If a side becomes shorter, a pixel is
 * the mean of the pixels that it covers; otherwise it is interpolated between its two neighbours. Grey becomes colour
 * with three equal channels; colour becomes grey as 0.299·red + 0.587·green + 0.114·blue (ITU-R BT.601); otherwise the
 * numbers of channels must be equal. The bits are the same on every machine. UR_ERR_DATA, UR_ERR_MEMORY. */
ur_status ur_picture_scale(const unsigned char *from, const ur_picture_size *size, unsigned char *to,
                           const ur_picture_size *wanted, ur_error *error);

#endif
