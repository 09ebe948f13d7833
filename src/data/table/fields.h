/* The fields of a row of a table. */
#ifndef UR_DATA_FIELDS_H
#define UR_DATA_FIELDS_H

#include "data/table/field.h"

#include <stdbool.h>

/* How the fields of a table, or the lines of a text, are told apart. */
typedef struct ur_dialect {
    char delimiter; /* 0: a line is a row */
    bool quotes;    /* a field that begins with " ends with one */
} ur_dialect;

/* That of a CSV: a comma, semicolon or tab, whichever its first row has most of outside quotes. */
ur_dialect ur_field_dialect(ur_field row);

/* Cuts the first field off `rest`; *more: another follows. */
ur_field ur_field_cut(ur_dialect dialect, ur_field *rest, bool *more);
/* What stands between its quotes, as it stands there. */
ur_field ur_field_inside(ur_dialect dialect, ur_field field);
/* Takes off the quotes, in place or into `out` of the same length; returns the new length. */
size_t ur_field_plain(ur_dialect dialect, ur_field field, char *out);
#endif
