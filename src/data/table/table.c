/* Tables. In TSV, quotes are read only if every quote that begins a field is matched by one that ends it, since people
 * write " in reviews. In CSV, with commas, semicolons or tabs, quotes are always read. */
#include "data/cursor.h"
#include "data/form.h"
#include "data/table/survey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct table {
    ur_labelled *set;
    const ur_labelled_options *options;
    ur_survey survey;
    char *plain; /* buffer for values without their quotes */
    size_t room;
} table;

/* ---- Rows -------------------------------------------------------------------------------------------------------- */

static ur_status make_room(table *t, size_t size, ur_error *error)
{
    if (size <= t->room) return UR_OK;
    char *grown = realloc(t->plain, 2 * size);
    if (!grown) return ur_fail_memory(error, "reading a row");
    t->plain = grown;
    t->room = 2 * size;
    return UR_OK;
}

static ur_status take_row(table *t, const ur_row *row, ur_error *error)
{
    ur_field rest = {row->text, row->length}, text = {0}, label = {0};
    size_t column = 0;
    for (bool more = true; more; column++) {
        ur_field field = ur_field_cut(t->set->dialect, &rest, &more);
        if (column == t->survey.text) text = field;
        if (column == t->survey.label) label = field;
    }
    size_t plain = ur_field_plain(t->set->dialect, text, t->plain), at = plain;
    if (ur_is_blank(t->plain, plain))
        return ur_labelled_fail(t->set, row->place, row->line, error, UR_ERR_DATA,
                                "an example without text; take the row out");
    const ur_finding finding = {.place = row->place + (uint64_t)(text.text - row->text),
                                .length = text.length,
                                .label = t->plain + at,
                                .label_length = ur_field_plain(t->set->dialect, label, t->plain + at),
                                .hash = ur_hash_bytes(UR_HASH_START, (const unsigned char *)t->plain, plain),
                                .line = row->line};
    return ur_labelled_add(t->set, t->options, &finding, error);
}

static ur_status take_rows(table *t, ur_rows *rows, ur_error *error)
{
    ur_row row;
    for (bool first = true;; first = false) {
        UR_TRY(ur_rows_next(rows, &row, error));
        if (!row.text) return UR_OK;
        UR_TRY(make_room(t, row.length + 1, error));
        if (first && t->survey.header && ur_survey_is_first(&t->survey, t->set->dialect, &row)) continue;
        UR_TRY(take_row(t, &row, error));
    }
}

static ur_status take_file(table *t, size_t file, ur_error *error)
{
    ur_rows rows;
    UR_TRY(ur_rows_open(&rows, &t->set->source, file, t->set->dialect, error));
    rows.hash = &t->set->hash;
    ur_status status = take_rows(t, &rows, error);
    ur_rows_close(&rows);
    return status;
}

/* ---- Tables ------------------------------------------------------------------------------------------------------ */

static void name_column(const ur_survey *survey, size_t column, char *text, size_t size)
{
    if (survey->header)
        snprintf(text, size, "%.40s", survey->columns[column].first);
    else
        snprintf(text, size, "%zu", column + 1);
}

static void describe(const table *t, const char *title)
{
    char text[64], label[64];
    name_column(&t->survey, t->survey.text, text, sizeof text);
    name_column(&t->survey, t->survey.label, label, sizeof label);
    snprintf(t->set->found, sizeof t->set->found, "%s %s a header; text in column %s, label in column %s%s", title,
             t->survey.header ? "with" : "without", text, label,
             t->set->dialect.quotes || t->set->dialect.delimiter != '\t' ? "" : "; quotes are taken as text");
}

static ur_status survey_tsv(table *t, ur_error *error)
{
    t->set->dialect = (ur_dialect){'\t', true};
    UR_TRY(ur_survey_make(&t->survey, t->set, error));
    if (!t->survey.torn) return UR_OK;
    ur_survey_free(&t->survey);
    t->set->dialect.quotes = false;
    return ur_survey_make(&t->survey, t->set, error);
}

static ur_status survey_csv(table *t, ur_error *error)
{
    UR_TRY(ur_rows_find_dialect(&t->set->source, 0, &t->set->dialect, error));
    UR_TRY(ur_survey_make(&t->survey, t->set, error));
    if (!t->survey.torn) return UR_OK;
    return ur_labelled_fail(t->set, t->survey.torn_place, t->survey.torn_line, error, UR_ERR_FORMAT,
                            "a quoted field goes on after its closing quote; write a quote inside a field twice");
}

static ur_status take_table(table *t, const char *title, ur_error *error)
{
    if (t->survey.count == 0)
        return ur_fail(error, UR_ERR_DATA, "%s: no examples in it", ur_source_path(&t->set->source, 0));
    UR_TRY(ur_survey_choose(&t->survey, t->set, t->options, error));
    for (size_t file = 0; file < t->set->source.list.count; file++) UR_TRY(take_file(t, file, error));
    describe(t, title);
    return UR_OK;
}

static ur_status find_tsv(ur_labelled *set, const ur_labelled_options *options, ur_error *error)
{
    table t = {.set = set, .options = options};
    ur_status status = survey_tsv(&t, error);
    if (status == UR_OK) status = take_table(&t, "TSV", error);
    ur_survey_free(&t.survey);
    free(t.plain);
    return status;
}

static ur_status find_csv(ur_labelled *set, const ur_labelled_options *options, ur_error *error)
{
    table t = {.set = set, .options = options};
    ur_status status = survey_csv(&t, error);
    if (status == UR_OK) status = take_table(&t, set->dialect.delimiter == ';' ? "CSV (;)" : "CSV", error);
    ur_survey_free(&t.survey);
    free(t.plain);
    return status;
}

static ur_status decode_field(const ur_labelled *set, const ur_entry *entry, ur_example *read, ur_error *error)
{
    UR_TRY(ur_labelled_bytes(set, entry->place, entry->length, read, error));
    char *text = read->room[0];
    read->text = text;
    read->length = ur_field_plain(set->dialect, (ur_field){text, entry->length}, text);
    text[read->length] = 0;
    return UR_OK;
}

const ur_form ur_form_tsv = {"tsv", find_tsv, decode_field, "line", false};
const ur_form ur_form_csv = {"csv", find_csv, decode_field, "line", false};
