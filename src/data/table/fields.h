/* The fields of a row of a table. */
#ifndef UR_DATA_FIELDS_H
#define UR_DATA_FIELDS_H

#include "data/table/field.h"

#include <stdbool.h>

/* How the fields of a table, or the lines of a text, are separated. */
typedef struct ur_dialect {
    char delimiter; /* 0: the whole line is one field */
    bool quotes;    /* a field that begins with " also ends with " */
} ur_dialect;

/* Guesses the dialect of a CSV file from a row: the delimiter is the most frequent of comma, semicolon
 * and tab outside quotes. */
ur_dialect ur_field_dialect(ur_field row);

/* Cuts the first field off `rest`; *more: whether another follows. */
ur_field ur_field_cut(ur_dialect dialect, ur_field *rest, bool *more);
/* The part between the field's quotes, unchanged. */
ur_field ur_field_inside(ur_dialect dialect, ur_field field);
/* Removes the quotes and writes "" as " and CR LF as LF, in place or into `out` of the same length.
 * Returns the new length. */
size_t ur_field_plain(ur_dialect dialect, ur_field field, char *out);
#endif
