/*
 * A series: numbers of one or more channels, a row a moment, from a table (CSV or TSV, packed with gzip or not). The columns
 * of numbers are found by looking at the first rows, so is the one that says the time. The text is never in memory: a value
 * is a float, a time eight bytes; and where these are many, they lie in temporary files (spill.h).
 *
 * Where a value is missing (an empty cell, NA, NaN, null, ?) that is an error which names line and column, unless something
 * is to be done about it: the value before is taken (`forward`), a straight line is drawn from the value before to the one
 * behind (`linear`), or it stays NaN (`mask`). What is missing at an end takes the nearest value that is there.
 */
#ifndef UR_DATA_SERIES_H
#define UR_DATA_SERIES_H

#include "data/spill.h"
#include "data/table/date.h"
#include "unroll.h"

struct ur_watcher;

typedef enum ur_missing { UR_MISSING_REFUSED, UR_MISSING_FORWARD, UR_MISSING_LINEAR, UR_MISSING_MASK } ur_missing;

enum { UR_SERIES_COLUMNS_MOST = 16384, UR_SERIES_FOUND_MAX = 160 };

/* Zeros: everything is found by looking. Texts are the caller's. A column is said by its name in the header, or by its
 * number from 1. */
typedef struct ur_series_options {
    const struct ur_watcher *watcher; /* NULL: none */
    const char *time_column;          /* "none": there is none */
    const char *const *channels;
    size_t channel_count;
    const char *header; /* "yes" or "no" */
    ur_missing missing;
    size_t memory; /* bytes of values, and of times, that may be in memory; 0: UR_SPILL_LEAST */
} ur_series_options;

/* A column of the table. */
typedef struct ur_series_column {
    char *name;                     /* in the header; its number where there is none */
    size_t numbers, dates, missing; /* of the rows that were looked at */
    size_t channel;                 /* SIZE_MAX: none */
} ur_series_column;

typedef struct ur_series {
    const char *path; /* the caller's; NULL: rows come one by one */
    ur_series_options options;
    char delimiter;
    ur_series_column *columns;
    size_t column_count, time_column; /* SIZE_MAX: no column says the time */
    bool header, chosen;

    size_t channels, rows;
    size_t *column_of; /* (channel) */
    float *values;     /* (row, channel) */
    int64_t *times;    /* (row): seconds since 1970; NULL where no column says the time */
    ur_spill value_room, time_room;
    ur_date_form form;
    int64_t step;   /* seconds from row to row, as most rows have it; 0: not known */
    int64_t months; /* the same where it is a number of whole months; 0: it is not */
    size_t missing; /* values that were missing */
    uint64_t hash;  /* of the file's bytes */
    char found[UR_SERIES_FOUND_MAX];
} ur_series;

/* Reads a file. UR_ERR_USAGE where an option is wrong, UR_ERR_IO, UR_ERR_FORMAT, UR_ERR_DATA. To be closed also when this
 * fails. */
ur_status ur_series_open(ur_series *series, const char *path, const ur_series_options *options, ur_error *error);
void ur_series_close(ur_series *series);

/* Rows one by one instead: `options` name the channels, the first row may be the header. Messages name no line. */
void ur_series_begin(ur_series *series, const ur_series_options *options);
ur_status ur_series_add(ur_series *series, const char *text, size_t length, ur_error *error);
ur_status ur_series_end(ur_series *series, ur_error *error);

static inline const char *ur_series_name(const ur_series *s, size_t channel)
{
    return s->columns[s->column_of[channel]].name;
}

/* The time of a row, of one behind the last as the rows before it let expect; there must be times. */
int64_t ur_series_moment(const ur_series *series, size_t row);
/* The time `steps` rows behind the last one; false: it is not known. */
bool ur_series_time(const ur_series *series, size_t steps, char text[UR_DATE_TEXT]);

#endif
