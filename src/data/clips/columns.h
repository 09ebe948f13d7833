/* The columns of a table of frames: which are features, in which order, and which is the label. */
#ifndef UR_DATA_CLIPS_COLUMNS_H
#define UR_DATA_CLIPS_COLUMNS_H

#include "base/error.h"
#include "data/table/fields.h"

enum { UR_COLUMNS_MAX = 4096 };

typedef struct ur_columns {
    ur_dialect dialect;
    size_t count;  /* columns in a row */
    int32_t *role; /* of each column: index of its feature, or one of the constants below */
    char **name;   /* of each feature */
    size_t features;
    bool labelled;
} ur_columns;

enum { UR_COLUMN_LABEL = -1, UR_COLUMN_IGNORED = -2 };

typedef struct ur_columns_wanted {
    const char *label, *ignore, *header;
    const char *const *feature; /* the training's features, or NULL if nothing is decided */
    size_t features;
} ur_columns_wanted;

void ur_columns_free(ur_columns *columns);

/* Finds the columns from the first two rows of a table (a second row of length 0: there is none). *header: whether the
 * first row names the columns. */
ur_status ur_columns_find(ur_columns *columns, ur_field first, ur_field second, const ur_columns_wanted *wanted,
                          bool *header, ur_error *error);

/* Reads a row's features, and its label as it is in the file. Error messages name the column. */
ur_status ur_columns_read(const ur_columns *columns, ur_field row, float *value, ur_field *label, ur_error *error);

#endif
