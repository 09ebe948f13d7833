/* Picture files: binary PGM and PPM (P5 and P6, values up to 255), PNG if built with libpng, JPEG if
 * built with libjpeg. */
#ifndef UR_DATA_PICTURE_FILE_H
#define UR_DATA_PICTURE_FILE_H

#include "unroll.h"

#include <stdbool.h>

typedef struct ur_picture_file {
    size_t rows, columns, channels; /* 1: grey, 3: colour */
} ur_picture_file;

enum { UR_PICTURE_PLACES_MAX = 1 << 26 }; /* rows·columns of a picture */

/* Reads the size, and checks that the file is a picture. The pixels are not read. */
ur_status ur_picture_file_look(const unsigned char *bytes, size_t size, ur_picture_file *picture, ur_error *error);
/* The numbers of a picture, 0 to 255, (rows, columns, channels), to be freed with free(). Transparent pixels are laid
 * over a grey of `background`. */
ur_status ur_picture_file_decode(const unsigned char *bytes, size_t size, unsigned char background,
                                 ur_picture_file *picture, unsigned char **numbers, ur_error *error);
/* Reads numbers from 0 to 1, laid over black. The size must be that of `picture`. */
ur_status ur_picture_file_read(const unsigned char *bytes, size_t size, const ur_picture_file *picture, float *value,
                               ur_error *error);
/* Whether a name ends like that of a picture file (".png"), with or without ".gz". */
bool ur_picture_file_named(const char *name);

#endif
