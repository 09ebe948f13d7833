/*
 * A series: numbers of one or more channels, one row per moment, from a table (CSV or TSV, compressed with gzip or
 * not). The columns of numbers and the column of times are found by looking at the first rows. The text itself is never
 * held in memory: a value is a float, a time is eight bytes. If they are many, they are kept in temporary files
 * (spill.h).
 *
 * A missing value (an empty cell, NA, NaN, null, ?) is an error that names line and column, unless the options say what
 * to do: repeat the value before it (`forward`), interpolate linearly between the values before and after it
 * (`linear`), or leave it NaN (`mask`). With `forward` and `linear`, missing values at an end take the nearest value.
 */
#ifndef UR_DATA_SERIES_H
#define UR_DATA_SERIES_H

#include "data/spill.h"
#include "data/table/date.h"
#include "unroll.h"

struct ur_watcher;

typedef enum ur_missing { UR_MISSING_REFUSED, UR_MISSING_FORWARD, UR_MISSING_LINEAR, UR_MISSING_MASK } ur_missing;

enum { UR_SERIES_COLUMNS_MOST = 16384, UR_SERIES_FOUND_MAX = 160 };

/* All zeros: everything is found by looking at the data. Texts belong to the caller. A column is given by its name in
 * the header or by its number from 1. */
typedef struct ur_series_options {
    const struct ur_watcher *watcher; /* NULL if none */
    const char *time_column;          /* "none" if there is none */
    const char *const *channels;
    size_t channel_count;
    const char *header; /* "yes" or "no" */
    ur_missing missing;
    size_t memory; /* bytes of values, and of times, to hold in memory; 0: UR_SPILL_LEAST */
} ur_series_options;

/* A column of the table. */
typedef struct ur_series_column {
    char *name;                     /* in the header; otherwise its number */
    size_t numbers, dates, missing; /* counts in the first rows */
    size_t channel;                 /* SIZE_MAX if it is no channel */
} ur_series_column;

typedef struct ur_series {
    const char *path; /* the caller's; NULL if rows come one by one */
    ur_series_options options;
    char delimiter;
    ur_series_column *columns;
    size_t column_count, time_column; /* SIZE_MAX if there are no times */
    bool header, chosen;

    size_t channels, rows;
    size_t *column_of; /* (channels) */
    float *values;     /* (rows, channels) */
    int64_t *times;    /* (rows), seconds since 1970; NULL if there are no times */
    ur_spill value_room, time_room;
    ur_date_form form;
    int64_t step;   /* seconds from row to row, the median; 0 if unknown */
    int64_t months; /* the same in whole months; 0 if it is no such number */
    size_t missing; /* number of missing values */
    uint64_t hash;  /* of the file's bytes */
    char found[UR_SERIES_FOUND_MAX];
} ur_series;

/* Reads a file. UR_ERR_USAGE for a wrong option, UR_ERR_IO, UR_ERR_FORMAT, UR_ERR_DATA. Call
 * ur_series_close even if this fails. */
ur_status ur_series_open(ur_series *series, const char *path, const ur_series_options *options, ur_error *error);
void ur_series_close(ur_series *series);

/* Takes rows one by one instead of a file. `options` name the channels; the first row may be the header.
 * Messages name no line. */
void ur_series_begin(ur_series *series, const ur_series_options *options);
ur_status ur_series_add(ur_series *series, const char *text, size_t length, ur_error *error);
ur_status ur_series_end(ur_series *series, ur_error *error);

static inline const char *ur_series_name(const ur_series *s, size_t channel)
{
    return s->columns[s->column_of[channel]].name;
}

/* The time of a row, or the expected time of a row after the last one. There must be times. */
int64_t ur_series_moment(const ur_series *series, size_t row);
/* The time `steps` rows after the last row; false if it is unknown. */
bool ur_series_time(const ur_series *series, size_t steps, char text[UR_DATE_TEXT]);

#endif
