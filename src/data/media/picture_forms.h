/* The forms of picture files, each in its own source file. */
#ifndef UR_DATA_PICTURE_FORMS_H
#define UR_DATA_PICTURE_FORMS_H

#include "data/media/picture_file.h"

/* `begins`: whether the bytes are of this form. `look` and `decode` are as in picture_file.h. */
typedef struct ur_picture_form {
    bool (*begins)(const unsigned char *bytes, size_t size);
    ur_status (*look)(const unsigned char *bytes, size_t size, ur_picture_file *picture, ur_error *error);
    ur_status (*decode)(const unsigned char *bytes, size_t size, unsigned char background, ur_picture_file *picture,
                        unsigned char **numbers, ur_error *error);
    const char *endings; /* of file names, each followed by a space */
} ur_picture_form;

extern const ur_picture_form ur_picture_form_pnm, ur_picture_form_png, ur_picture_form_jpeg;

ur_status ur_picture_check_size(const ur_picture_file *picture, ur_error *error);

#endif
