/* A film of grey pictures as a GIF file (GIF89a), played for ever, not compressed. Of the 8 bits of a place the upper 7 are kept.
 * It needs no library, and equal films are equal bytes. */
#ifndef UR_BASE_GIF_H
#define UR_BASE_GIF_H

#include "unroll.h"

/* pixel (frames, rows, columns): 0 black, 255 white; rows and columns up to 65535. Each frame stands for `delay` hundredths of a
 * second, the last one for `rest`. */
typedef struct ur_gif {
    const unsigned char *pixel;
    size_t frames, rows, columns;
    unsigned delay, rest;
} ur_gif;

/* The file, *size bytes; free() it. UR_ERR_DATA where it is too large. */
ur_status ur_gif_make(const ur_gif *gif, unsigned char **file, size_t *size, ur_error *error);

#endif
