/* Pictures in files: PGM and PPM (binary, P5 and P6, up to 255); PNG where libpng is there, JPEG where libjpeg is. */
#ifndef UR_DATA_PICTURE_FILE_H
#define UR_DATA_PICTURE_FILE_H

#include "unroll.h"

#include <stdbool.h>

typedef struct ur_picture_file {
    size_t rows, columns, channels; /* 1: grey, 3: colour */
} ur_picture_file;

enum { UR_PICTURE_PLACES_MAX = 1 << 26 }; /* rows·columns of one */

/* Its size, and whether it is a picture at all; its numbers are not looked at. */
ur_status ur_picture_file_look(const unsigned char *bytes, size_t size, ur_picture_file *picture, ur_error *error);
/* The numbers of a picture, 0 to 255, (rows, columns, channels), over a grey of `background` where it is transparent; free()
 * them. */
ur_status ur_picture_file_decode(const unsigned char *bytes, size_t size, unsigned char background,
                                 ur_picture_file *picture, unsigned char **numbers, ur_error *error);
/* Numbers from 0 to 1 of a picture that is of this size, over black. */
ur_status ur_picture_file_read(const unsigned char *bytes, size_t size, const ur_picture_file *picture, float *value,
                               ur_error *error);
/* A name that ends like one of these files, ".png" say, packed (".gz") or not. */
bool ur_picture_file_named(const char *name);

#endif
