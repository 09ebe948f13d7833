/* Rows of a text file one after the other: lines, or what a table's quotes make of them. Each lies in memory as a whole
 * and is checked: UTF-8, no zero byte. A byte order mark at the beginning is dropped, empty lines are passed over unless
 * asked for. */
#ifndef UR_DATA_ROWS_H
#define UR_DATA_ROWS_H

#include "data/labelled_body.h"
#include "data/table/field.h"

typedef struct ur_rows {
    const ur_source *source;
    size_t file;
    ur_dialect dialect;
    uint64_t at, left; /* address of the buffer's end, and bytes of the file behind it */
    unsigned char *buffer;
    size_t begin, end, capacity;
    uint64_t line;  /* that begins at `begin`, from 1 */
    bool empty;     /* empty lines are rows, too */
    uint64_t *hash; /* NULL, or takes in every byte of the file */
} ur_rows;

/* Without its line end. */
typedef struct ur_row {
    const char *text; /* NULL: there are no more */
    size_t length;
    uint64_t place, line;
    bool torn; /* a quote that does not end at the end of a field; in a table with tabs also one with a tab and a line
                  break in it, which are two quotes that happened to be far apart */
} ur_row;

ur_status ur_rows_open(ur_rows *rows, const ur_source *source, size_t file, ur_dialect dialect, ur_error *error);
void ur_rows_close(ur_rows *rows);
/* That of a CSV file: the mark that its first row has most of. */
ur_status ur_rows_find_dialect(const ur_source *source, size_t file, ur_dialect *dialect, ur_error *error);
/* The row stays until the next call. */
ur_status ur_rows_next(ur_rows *rows, ur_row *row, ur_error *error);

#endif
