/* See series.h: turns rows into numbers. */
#include "data/table/series_body.h"

#include "base/watch.h"
#include "data/cursor.h"
#include "data/table/rows.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 1000 }; /* rows that are looked at before the columns are chosen */

ur_status ur_series_fail(const ur_series *s, uint64_t line, ur_error *error, ur_status status, const char *format, ...)
{
    char text[sizeof((ur_error *)0)->text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (!s->path) return ur_fail(error, status, "%s", text);
    return ur_fail(error, status, "%s: line %llu: %s", s->path, (unsigned long long)line, text);
}

void ur_series_close(ur_series *s)
{
    for (size_t i = 0; i < s->column_count; i++) free(s->columns[i].name);
    free(s->columns);
    free(s->column_of);
    ur_spill_free(&s->value_room);
    ur_spill_free(&s->time_room);
    *s = (ur_series){0};
}

/* ---- Rows -------------------------------------------------------------------------------------------------------- */

static ur_status make_room(ur_series *s, ur_error *error)
{
    UR_TRY(ur_spill_grow(&s->value_room, s->rows + 1, s->channels * sizeof *s->values, error));
    s->values = s->value_room.bytes;
    if (s->time_column == SIZE_MAX) return UR_OK;
    UR_TRY(ur_spill_grow(&s->time_room, s->rows + 1, sizeof *s->times, error));
    s->times = s->time_room.bytes;
    return UR_OK;
}

static int shown(ur_field cell) { return cell.length < 40 ? (int)cell.length : 40; }

static ur_status take_value(ur_series *s, const ur_row *row, size_t column, ur_field cell, ur_error *error)
{
    const ur_series_column *c = &s->columns[column];
    float *value = &s->values[s->rows * s->channels + c->channel];
    double number;
    if (ur_series_number(cell, &number)) {
        *value = (float)number;
        return UR_OK;
    }
    if (!ur_series_lacks(cell))
        return ur_series_fail(s, row->line, error, UR_ERR_DATA, "column '%.60s': '%.*s' is no number", c->name,
                              shown(cell), cell.text);
    *value = NAN;
    s->missing++;
    if (s->options.missing != UR_MISSING_REFUSED) return UR_OK;
    return ur_series_fail(s, row->line, error, UR_ERR_DATA,
                          "column '%.60s': no value; `missing` forward or linear fills it, mask leaves it out",
                          c->name);
}

static ur_status take_time(ur_series *s, const ur_row *row, ur_field cell, ur_error *error)
{
    const char *name = s->columns[s->time_column].name;
    ur_date_form form;
    int64_t *time = &s->times[s->rows];
    if (!ur_date_read(cell.text, cell.length, &form, time))
        return ur_series_fail(s, row->line, error, UR_ERR_DATA,
                              "column '%.60s': '%.*s' is no time such as 2026-01-31, 2026-01-31 13:45:00, 2026-01 or "
                              "2026; with `time-column` none no times are read",
                              name, shown(cell), cell.text);
    if (s->rows == 0) s->form = form;
    if (s->rows == 0 || *time > time[-1]) return UR_OK;
    char before[UR_DATE_TEXT];
    ur_date_write(time[-1], s->form, before);
    return ur_series_fail(
        s, row->line, error, UR_ERR_DATA,
        "column '%.60s': the time %.*s is not after %s, the time of the row before; sort the rows, or "
        "name another `time-column` (or none)",
        name, shown(cell), cell.text, before);
}

static ur_status take_cell(ur_series *s, const ur_row *row, size_t column, ur_field cell, ur_error *error)
{
    if (column == s->time_column) return take_time(s, row, cell, error);
    return s->columns[column].channel == SIZE_MAX ? UR_OK : take_value(s, row, column, cell, error);
}

static ur_status take_row(ur_series *s, const ur_row *row, ur_error *error)
{
    ur_field rest = {row->text, row->length};
    size_t column = 0;
    UR_TRY(make_room(s, error));
    if (row->torn) return ur_series_fail(s, row->line, error, UR_ERR_FORMAT, UR_ROW_TORN);
    for (bool more = true; more; column++) {
        ur_field cell = ur_series_cut(s, &rest, &more);
        if (column < s->column_count) UR_TRY(take_cell(s, row, column, cell, error));
    }
    if (column != s->column_count)
        return ur_series_fail(s, row->line, error, UR_ERR_DATA, "%zu column%s, where the first row has %zu", column,
                              column == 1 ? "" : "s", s->column_count);
    s->rows++;
    return UR_OK;
}

/* ---- A file ------------------------------------------------------------------------------------------------------ */

static ur_status look_at_head(ur_series *s, ur_rows *rows, ur_error *error)
{
    ur_row row;
    for (size_t i = 0; i < HEAD; i++) {
        UR_TRY(ur_rows_next(rows, &row, error));
        if (!row.text) break;
        UR_TRY(ur_series_look(s, &row, i == 0, error));
    }
    if (s->column_count == 0) return ur_fail(error, UR_ERR_DATA, "%s: no rows in it", s->path);
    return ur_series_choose(s, error);
}

static ur_status take_rows(ur_series *s, ur_rows *rows, ur_error *error)
{
    ur_row row;
    rows->hash = &s->hash;
    for (bool first = true;; first = false) {
        UR_TRY(ur_rows_next(rows, &row, error));
        if (!row.text) return UR_OK;
        if (!first || !s->header) UR_TRY(take_row(s, &row, error));
    }
}

typedef ur_status pass(ur_series *s, ur_rows *rows, ur_error *error);

static ur_status run_pass(ur_series *s, const ur_source *source, pass *work, ur_error *error)
{
    ur_rows rows;
    UR_TRY(ur_rows_open(&rows, source, 0, ur_series_dialect(s), error));
    ur_status status = work(s, &rows, error);
    ur_rows_close(&rows);
    return status;
}

/* The most frequent of comma, semicolon and tab outside quotes. */
static char guess_delimiter(const char *text, size_t length)
{
    size_t count[3] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        quoted = quoted != (text[i] == '"');
        for (size_t k = 0; k < 3; k++) count[k] += !quoted && text[i] == ",;\t"[k];
    }
    for (size_t k = 1; k < 3; k++)
        if (count[k] > count[best]) best = k;
    return ",;\t"[best];
}

static ur_status find_delimiter(ur_series *s, ur_rows *rows, ur_error *error)
{
    ur_row row;
    UR_TRY(ur_rows_next(rows, &row, error));
    if (row.text) s->delimiter = guess_delimiter(row.text, row.length);
    return UR_OK;
}

static ur_status read_file(ur_series *s, const ur_source *source, ur_error *error)
{
    s->delimiter = ',';
    UR_TRY(run_pass(s, source, find_delimiter, error));
    UR_TRY(run_pass(s, source, look_at_head, error));
    return run_pass(s, source, take_rows, error);
}

static void describe(ur_series *s)
{
    const char *time = s->time_column == SIZE_MAX ? "" : s->columns[s->time_column].name;
    int used = snprintf(s->found, sizeof s->found, "%zu rows, %zu channel%s", s->rows, s->channels,
                        s->channels == 1 ? "" : "s");
    if (*time) used += snprintf(s->found + used, sizeof s->found - (size_t)used, ", times in '%.40s'", time);
    if (s->missing) snprintf(s->found + used, sizeof s->found - (size_t)used, ", %zu values missing", s->missing);
}

ur_status ur_series_open(ur_series *s, const char *path, const ur_series_options *options, ur_error *error)
{
    ur_source source;
    ur_series_begin(s, options);
    s->path = path;
    s->hash = UR_HASH_START;
    ur_status status = ur_source_open(&source, &path, 1, options->watcher, error);
    if (status == UR_OK && source.list.count != 1)
        status = ur_fail(error, UR_ERR_USAGE, "%s: a folder of %zu files; give one table", path, source.list.count);
    if (status == UR_OK) status = ur_source_settle(&source, error);
    if (status == UR_OK) status = read_file(s, &source, error);
    ur_source_close(&source);
    if (status != UR_OK) return status;
    UR_TRY(ur_series_settle(s, error));
    describe(s);
    return UR_OK;
}

/* ---- Row by row -------------------------------------------------------------------------------------------------- */

void ur_series_begin(ur_series *s, const ur_series_options *options)
{
    const ur_spill empty = {.folder = options->watcher ? options->watcher->temporary : NULL, .least = options->memory};
    *s = (ur_series){.options = *options, .value_room = empty, .time_room = empty};
}

ur_status ur_series_add(ur_series *s, const char *text, size_t length, ur_error *error)
{
    const ur_row row = {.text = text, .length = length};
    if (length == 0) return UR_OK;
    if (!s->chosen) s->delimiter = guess_delimiter(text, length);
    if (ur_row_is_torn((ur_field){text, length}, ur_series_dialect(s))) return ur_fail(error, UR_ERR_DATA, UR_ROW_TORN);
    if (s->chosen) return take_row(s, &row, error);
    UR_TRY(ur_series_look(s, &row, true, error));
    UR_TRY(ur_series_choose(s, error));
    return s->header ? UR_OK : take_row(s, &row, error);
}

ur_status ur_series_end(ur_series *s, ur_error *error)
{
    if (s->rows == 0) return ur_fail(error, UR_ERR_DATA, "there are no rows");
    return ur_series_settle(s, error);
}
