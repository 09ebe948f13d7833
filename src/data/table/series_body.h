/* Shared by the files series*.c. */
#ifndef UR_DATA_SERIES_BODY_H
#define UR_DATA_SERIES_BODY_H

#include "data/table/rows.h"
#include "data/table/series.h"

static inline ur_dialect ur_series_dialect(const ur_series *s) { return (ur_dialect){s->delimiter, true}; }

/* Puts "FILE: line N: " before a message; nothing if rows come one by one. */
ur_status ur_series_fail(const ur_series *series, uint64_t line, ur_error *error, ur_status status, const char *format,
                         ...) UR_PRINTF(5, 6);

/* series_columns.c: looks at a row, of which the first may name the columns; then chooses the channels
 * and the column of times. */
ur_status ur_series_look(ur_series *series, const ur_row *row, bool first, ur_error *error);
ur_status ur_series_choose(ur_series *series, ur_error *error);
/* Cuts the next cell off a row. */
ur_field ur_series_cut(const ur_series *series, ur_field *rest, bool *more);

/* series_values.c: whether a cell has no value; its number, or false. */
bool ur_series_lacks(ur_field cell);
bool ur_series_number(ur_field cell, double *value);
/* Fills missing values, and finds the step. */
void ur_series_settle(ur_series *series);

#endif
