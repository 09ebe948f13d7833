/* A grey picture as an uncompressed PNG file (ISO/IEC 15948), 8 bits per pixel. No library is needed, and equal
 * pictures give equal bytes. */
#ifndef UR_BASE_PNG_H
#define UR_BASE_PNG_H

#include "unroll.h"

/* Returns the file in *file, *size bytes, to be freed with free(). pixel (rows, columns): 0 black, 255 white.
 * UR_ERR_DATA if the file would be too large. */
ur_status ur_png_make(const unsigned char *pixel, size_t rows, size_t columns, unsigned char **file, size_t *size,
                      ur_error *error);

#endif
