/* A film of grey pictures as an uncompressed GIF file (GIF89a) that plays for ever. The upper 7 of each pixel's 8 bits
 * are kept. No library is needed, and equal films give equal bytes. */
#ifndef UR_BASE_GIF_H
#define UR_BASE_GIF_H

#include "unroll.h"

/* pixel (frames, rows, columns): 0 black, 255 white; rows and columns up to 65535. Each frame is shown for `delay`
 * hundredths of a second, the last one for `rest`. */
typedef struct ur_gif {
    const unsigned char *pixel;
    size_t frames, rows, columns;
    unsigned delay, rest;
} ur_gif;

/* Returns the file in *file, *size bytes, to be freed with free(). UR_ERR_DATA if it would be too large. */
ur_status ur_gif_make(const ur_gif *gif, unsigned char **file, size_t *size, ur_error *error);

#endif
