/* A part of a text, such as a field of a row or a word. Not terminated. */
#ifndef UR_DATA_FIELD_H
#define UR_DATA_FIELD_H

#include <stddef.h>

typedef struct ur_field {
    const char *text;
    size_t length;
} ur_field;

/* Removes white space at both ends. */
ur_field ur_field_trim(ur_field field);

#endif
