/* The forms of picture files, each in a file of its own. */
#ifndef UR_DATA_PICTURE_FORMS_H
#define UR_DATA_PICTURE_FORMS_H

#include "data/media/picture_file.h"

/* `begins`: whether the bytes are of this form. `look` and `decode` as in picture_file.h. */
typedef struct ur_picture_form {
    bool (*begins)(const unsigned char *bytes, size_t size);
    ur_status (*look)(const unsigned char *bytes, size_t size, ur_picture_file *picture, ur_error *error);
    ur_status (*decode)(const unsigned char *bytes, size_t size, unsigned char background, ur_picture_file *picture,
                        unsigned char **numbers, ur_error *error);
    const char *endings; /* of names, each with a blank behind it */
} ur_picture_form;

extern const ur_picture_form ur_picture_form_pnm, ur_picture_form_png, ur_picture_form_jpeg;

ur_status ur_picture_check_size(const ur_picture_file *picture, ur_error *error);

#endif
