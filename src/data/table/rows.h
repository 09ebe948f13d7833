/* Reads a text file row by row. A row is a line or, in a table with quotes, may extend over several lines. Each row is
 * held in memory as a whole and is checked: UTF-8, no zero byte. A byte order mark at the beginning is dropped. Empty
 * lines are skipped unless `empty` is set. */
#ifndef UR_DATA_ROWS_H
#define UR_DATA_ROWS_H

#include "data/labelled_body.h"
#include "data/table/field.h"

typedef struct ur_rows {
    const ur_source *source;
    size_t file;
    ur_dialect dialect;
    uint64_t at, left; /* address of the buffer's end; bytes of the file after it */
    unsigned char *buffer;
    size_t begin, end, capacity;
    uint64_t line;  /* number of the line at `begin`, from 1 */
    bool empty;     /* empty lines are rows too */
    uint64_t *hash; /* updated with every byte of the file; may be NULL */
} ur_rows;

/* Without its line end. */
typedef struct ur_row {
    const char *text; /* NULL if there are no more rows */
    size_t length;
    uint64_t place, line;
    bool torn; /* a quote does not end at the end of a field; or, if tabs separate fields, a tab and a line break are
                * inside the same quotes, which are then two unrelated quotes */
} ur_row;

/* What to say of a torn row. */
#define UR_ROW_TORN "a quote is not closed at the end of its field; write a quote inside a field twice"

ur_status ur_rows_open(ur_rows *rows, const ur_source *source, size_t file, ur_dialect dialect, ur_error *error);
void ur_rows_close(ur_rows *rows);

/* Guesses the dialect of a CSV file from its first row, as ur_field_dialect. */
ur_status ur_rows_find_dialect(const ur_source *source, size_t file, ur_dialect *dialect, ur_error *error);
/* The row is valid until the next call. */
ur_status ur_rows_next(ur_rows *rows, ur_row *row, ur_error *error);
/* Whether a row that did not come from a file is torn. A row whose last quote is open is torn, too. */
bool ur_row_is_torn(ur_field row, ur_dialect dialect);

#endif
