/* A first look at all rows of a table: its columns, which of them hold the texts and the labels, whether the first row
 * names the columns, and whether quotes have a meaning. */
#ifndef UR_DATA_SURVEY_H
#define UR_DATA_SURVEY_H

#include "data/table/rows.h"

enum { UR_COLUMNS_MOST = 1024, UR_COLUMN_VALUES = 1000 };

/* Counts of a column's values, without the first row. */
typedef struct ur_column {
    char *first;      /* value in the first row */
    uint64_t bytes;   /* in all values */
    uint64_t *seen;   /* hashes of the different values, a table with open addressing; 0: free */
    size_t distinct;  /* different values; the count ends at UR_COLUMN_VALUES + 1 */
    uint64_t numbers; /* values that are numbers */
    uint64_t known;   /* values that are labels of the training */
    bool first_known; /* the first row's value is a label of the training */
    bool first_again; /* the first row's value occurs again */
} ur_column;

typedef struct ur_survey {
    ur_column *columns;
    size_t count;
    uint64_t rows; /* without the first */
    bool torn;     /* a torn row was found (rows.h), at the place and line below */
    uint64_t torn_place, torn_line;

    /* What follows from the counts. */
    bool header;
    size_t text, label; /* column indices, from 0 */
} ur_survey;

/* Rows with another number of columns than the first are errors. Call ur_survey_free even if this fails. */
ur_status ur_survey_make(ur_survey *survey, const ur_labelled *set, ur_error *error);
void ur_survey_free(ur_survey *survey);

/* Whether a row equals the first row of the first file: each file may repeat the header. */
bool ur_survey_is_first(const ur_survey *survey, ur_dialect dialect, const ur_row *row);

/* Fills in `header`, `text` and `label`. UR_ERR_USAGE for a column that does not exist. */
ur_status ur_survey_choose(ur_survey *survey, const ur_labelled *set, const ur_labelled_options *options,
                           ur_error *error);

/* Finds a column by its name in the header or its number from 1. UR_ERR_USAGE lists the columns. */
ur_status ur_survey_find(const ur_survey *survey, const ur_labelled *set, const char *asked, size_t *column,
                         ur_error *error);
/* UR_ERR_USAGE: "FILE: WHAT; the columns are: …". */
ur_status ur_survey_fail(const ur_survey *survey, const ur_labelled *set, const char *what, ur_error *error);
/* The column with this name in the first row, ignoring case, or UR_COLUMNS_MOST. */
size_t ur_survey_named(const ur_survey *survey, const char *name);

#endif
