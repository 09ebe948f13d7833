/* A grey picture as a PNG file (ISO/IEC 15948): 8 bits a place, not compressed. It needs no library, and equal pictures are equal
 * bytes. */
#ifndef UR_BASE_PNG_H
#define UR_BASE_PNG_H

#include "unroll.h"

/* The file, *size bytes; free() it. pixel (rows, columns): 0 black, 255 white. UR_ERR_DATA where it is too large. */
ur_status ur_png_make(const unsigned char *pixel, size_t rows, size_t columns, unsigned char **file, size_t *size,
                      ur_error *error);

#endif
