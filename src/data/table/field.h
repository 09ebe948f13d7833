/* A piece of a text: a field of a row, a word. */
#ifndef UR_DATA_FIELD_H
#define UR_DATA_FIELD_H

#include <stddef.h>

typedef struct ur_field {
    const char *text;
    size_t length;
} ur_field;

/* Drops blanks at both ends. */
ur_field ur_field_trim(ur_field field);

#endif
