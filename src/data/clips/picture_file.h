/* Pictures in files: PGM and PPM (binary, P5 and P6, up to 255), and PNG where libpng is there. */
#ifndef UR_DATA_PICTURE_FILE_H
#define UR_DATA_PICTURE_FILE_H

#include "unroll.h"

typedef struct ur_picture_file {
    size_t rows, columns, channels; /* 1: grey, 3: colour */
} ur_picture_file;

ur_status ur_picture_file_look(const unsigned char *bytes, size_t size, ur_picture_file *picture, ur_error *error);
/* Numbers from 0 to 1, (rows, columns, channels), of a picture that is of this size. */
ur_status ur_picture_file_read(const unsigned char *bytes, size_t size, const ur_picture_file *picture, float *value,
                               ur_error *error);

#endif
