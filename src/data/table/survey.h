/* A first look at all rows of a table: its columns, which of them hold the texts and the labels, whether the first row
 * names them, and whether quotes mean anything. */
#ifndef UR_DATA_SURVEY_H
#define UR_DATA_SURVEY_H

#include "data/table/rows.h"

enum { UR_COLUMNS_MOST = 1024, UR_COLUMN_VALUES = 1000 };

/* Of the values behind the first row. */
typedef struct ur_column {
    char *first;      /* the value in the first row */
    uint64_t bytes;   /* of all values */
    uint64_t *seen;   /* hashes of different values, open addressing; 0: free */
    size_t distinct;  /* more than UR_COLUMN_VALUES are not told apart */
    uint64_t numbers; /* values that are numbers */
    uint64_t known;   /* values that are labels of the training */
    bool first_known; /* so is that of the first row */
    bool first_again; /* which occurs behind it */
} ur_column;

typedef struct ur_survey {
    ur_column *columns;
    size_t count;
    uint64_t rows; /* behind the first one */
    bool torn;     /* there are quotes that are none */
    uint64_t torn_place, torn_line;

    /* What is made of it. */
    bool header;
    size_t text, label; /* numbers of columns from 0 */
} ur_survey;

/* Rows of another number of columns than the first are errors. Freed by ur_survey_free also when this fails. */
ur_status ur_survey_make(ur_survey *survey, const ur_labelled *set, ur_error *error);
void ur_survey_free(ur_survey *survey);

/* The first row of the first file again, as a header stands in each file. */
bool ur_survey_is_first(const ur_survey *survey, ur_dialect dialect, const ur_row *row);

/* Fills `header`, `text` and `label`. UR_ERR_USAGE for a column that is not there. */
ur_status ur_survey_choose(ur_survey *survey, const ur_labelled *set, const ur_labelled_options *options,
                           ur_error *error);

/* A column by its name in the header, or its number from 1. UR_ERR_USAGE lists them. */
ur_status ur_survey_find(const ur_survey *survey, const ur_labelled *set, const char *asked, size_t *column,
                         ur_error *error);
/* UR_ERR_USAGE: "FILE: WHAT; the columns are: …". */
ur_status ur_survey_fail(const ur_survey *survey, const ur_labelled *set, const char *what, ur_error *error);
/* The column of that name in the first row, in capitals or not; UR_COLUMNS_MOST: there is none. */
size_t ur_survey_named(const ur_survey *survey, const char *name);

#endif
