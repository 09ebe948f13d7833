/* See survey.h: the counts. choose.c draws the conclusions. */
#include "data/table/survey.h"

#include "base/number.h"
#include "data/cursor.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 2048 }; /* of the table of different values, a power of two */
_Static_assert(SLOTS > UR_COLUMN_VALUES + 1, "some slots stay free");

static uint64_t hash_field(ur_field field)
{
    uint64_t hash = ur_hash_bytes(UR_HASH_START, (const unsigned char *)field.text, field.length);
    return hash ? hash : 1;
}

static void note_value(ur_column *column, uint64_t hash)
{
    size_t slot = (size_t)(hash ^ (hash >> 32)) % SLOTS;
    if (column->distinct > UR_COLUMN_VALUES) return;
    for (; column->seen[slot]; slot = (slot + 1) % SLOTS)
        if (column->seen[slot] == hash) return;
    column->seen[slot] = hash;
    column->distinct++;
}

static bool is_number(ur_field field)
{
    char copy[32];
    double value;
    if (field.length == 0 || field.length >= sizeof copy) return false;
    memcpy(copy, field.text, field.length);
    copy[field.length] = 0;
    return ur_read_number(copy, &value);
}

static void count_field(const ur_labelled *set, ur_column *column, ur_field field)
{
    field = ur_field_trim(field);
    column->bytes += field.length;
    column->numbers += is_number(field);
    if (set->labels.fixed) column->known += ur_labels_has(&set->labels, field.text, field.length);
    if (!column->first_again)
        column->first_again =
            strlen(column->first) == field.length && memcmp(column->first, field.text, field.length) == 0;
    note_value(column, hash_field(field));
}

static ur_status add_column(ur_survey *survey, const ur_labelled *set, ur_field field, ur_error *error)
{
    ur_column *column = &survey->columns[survey->count];
    field = ur_field_trim(field);
    column->first = malloc(field.length + 1);
    column->seen = calloc(SLOTS, sizeof *column->seen);
    column->first_known = set->labels.fixed && ur_labels_has(&set->labels, field.text, field.length);
    survey->count++;
    if (!column->first || !column->seen) return ur_fail_memory(error, "the columns of a table");
    memcpy(column->first, field.text, field.length);
    column->first[field.length] = 0;
    return UR_OK;
}

static ur_status look_at_first(ur_survey *survey, const ur_labelled *set, const ur_row *row, ur_error *error)
{
    ur_field rest = {row->text, row->length};
    for (bool more = true; more;) {
        ur_field field = ur_field_inside(set->dialect, ur_field_cut(set->dialect, &rest, &more));
        if (survey->count == UR_COLUMNS_MOST)
            return ur_labelled_fail(set, row->place, row->line, error, UR_ERR_DATA, "more than %d columns",
                                    UR_COLUMNS_MOST);
        UR_TRY(add_column(survey, set, field, error));
    }
    return UR_OK;
}

static ur_status count_row(ur_survey *survey, const ur_labelled *set, const ur_row *row, ur_error *error)
{
    ur_field rest = {row->text, row->length};
    size_t columns = 0;
    for (bool more = true; more; columns++) {
        ur_field field = ur_field_inside(set->dialect, ur_field_cut(set->dialect, &rest, &more));
        if (columns < survey->count) count_field(set, &survey->columns[columns], field);
    }
    survey->rows++;
    if (columns == survey->count) return UR_OK;
    return ur_labelled_fail(
        set, row->place, row->line, error, UR_ERR_DATA, "%zu column%s, where the first row has %zu%s", columns,
        columns == 1 ? "" : "s", survey->count,
        columns > survey->count && set->dialect.quotes ? "; a value that holds the separator stands in quotes" : "");
}

bool ur_survey_is_first(const ur_survey *survey, ur_dialect dialect, const ur_row *row)
{
    ur_field rest = {row->text, row->length};
    size_t column = 0;
    for (bool more = true; more && column < survey->count; column++) {
        ur_field field = ur_field_trim(ur_field_inside(dialect, ur_field_cut(dialect, &rest, &more)));
        const char *first = survey->columns[column].first;
        if (strlen(first) != field.length || memcmp(first, field.text, field.length) != 0) return false;
    }
    return column > 0;
}

static ur_status look_at_rows(ur_survey *survey, const ur_labelled *set, ur_rows *rows, ur_error *error)
{
    ur_row row;
    for (bool first = true;; first = false) {
        UR_TRY(ur_rows_next(rows, &row, error));
        if (!row.text) return UR_OK;
        if (first && ur_survey_is_first(survey, set->dialect, &row)) continue;
        survey->torn = row.torn;
        survey->torn_place = row.place;
        survey->torn_line = row.line;
        if (row.torn) return UR_OK;
        UR_TRY(survey->count ? count_row(survey, set, &row, error) : look_at_first(survey, set, &row, error));
    }
}

ur_status ur_survey_make(ur_survey *survey, const ur_labelled *set, ur_error *error)
{
    *survey = (ur_survey){0};
    survey->columns = calloc(UR_COLUMNS_MOST, sizeof *survey->columns);
    if (!survey->columns) return ur_fail_memory(error, "the columns of a table");
    for (size_t file = 0; file < set->source.list.count && !survey->torn; file++) {
        ur_rows rows;
        UR_TRY(ur_rows_open(&rows, &set->source, file, set->dialect, error));
        ur_status status = look_at_rows(survey, set, &rows, error);
        ur_rows_close(&rows);
        if (status != UR_OK) return status;
    }
    return UR_OK;
}

void ur_survey_free(ur_survey *survey)
{
    for (size_t i = 0; i < survey->count; i++) {
        free(survey->columns[i].first);
        free(survey->columns[i].seen);
    }
    free(survey->columns);
    *survey = (ur_survey){0};
}
