/* Which columns of a table are channels, and which one has the times. */
#include "data/table/series_body.h"

#include "base/number.h"
#include "data/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_ROOM = 24 }; /* enough for a column's number as its name */

/* ---- Looking ----------------------------------------------------------------------------------------------------- */

static bool is_date(ur_field cell)
{
    ur_date_form form;
    int64_t seconds;
    return ur_date_read(cell.text, cell.length, &form, &seconds);
}

ur_field ur_series_cut(const ur_series *s, ur_field *rest, bool *more)
{
    ur_dialect dialect = ur_series_dialect(s);
    return ur_field_trim(ur_field_inside(dialect, ur_field_cut(dialect, rest, more)));
}

static ur_status add_column(ur_series *s, const ur_row *row, ur_field cell, ur_error *error)
{
    if (s->column_count == UR_SERIES_COLUMNS_MOST)
        return ur_series_fail(s, row->line, error, UR_ERR_DATA, "more than %d columns", UR_SERIES_COLUMNS_MOST);
    if (s->column_count % 64 == 0) {
        ur_series_column *grown = realloc(s->columns, (s->column_count + 64) * sizeof *grown);
        if (!grown) return ur_fail_memory(error, "the columns of a table");
        s->columns = grown;
    }
    char *name = malloc(cell.length + NUMBER_ROOM);
    if (!name) return ur_fail_memory(error, "the columns of a table");
    memcpy(name, cell.text, cell.length);
    name[cell.length] = 0;
    s->columns[s->column_count++] = (ur_series_column){.name = name, .channel = SIZE_MAX};
    return UR_OK;
}

/* The first row is a header if one of its cells is neither a number nor a time nor missing. */
static ur_status read_first(ur_series *s, const ur_row *row, ur_error *error)
{
    ur_field rest = {row->text, row->length};
    const char *said = s->options.header;
    double value;
    for (bool more = true; more;) {
        ur_field cell = ur_series_cut(s, &rest, &more);
        if (!ur_series_lacks(cell) && !ur_series_number(cell, &value) && !is_date(cell)) s->header = true;
        UR_TRY(add_column(s, row, cell, error));
    }
    if (said) s->header = strcmp(said, "yes") == 0;
    for (size_t i = 0; i < s->column_count; i++)
        if (!s->header || !*s->columns[i].name) snprintf(s->columns[i].name, NUMBER_ROOM, "%zu", i + 1);
    return UR_OK;
}

ur_status ur_series_look(ur_series *s, const ur_row *row, bool first, ur_error *error)
{
    ur_field rest = {row->text, row->length};
    size_t at = 0;
    double value;
    if (first) UR_TRY(read_first(s, row, error));
    if (first && s->header) return UR_OK;
    for (bool more = true; more && at < s->column_count; at++) {
        ur_field cell = ur_series_cut(s, &rest, &more);
        s->columns[at].missing += ur_series_lacks(cell);
        s->columns[at].numbers += ur_series_number(cell, &value);
        s->columns[at].dates += is_date(cell);
    }
    return UR_OK;
}

/* ---- Choosing ---------------------------------------------------------------------------------------------------- */

static ur_status no_such_column(const ur_series *s, const char *what, const char *asked, ur_error *error)
{
    char list[320] = "";
    for (size_t i = 0, at = 0; i < s->column_count && at + 48 < sizeof list; i++)
        at += (size_t)snprintf(list + at, sizeof list - at, "%s%.40s", i ? ", " : "", s->columns[i].name);
    return ur_fail(error, UR_ERR_USAGE, "%s%s%s '%.60s': there is no such column; the columns are: %s",
                   s->path ? s->path : "", s->path ? ": " : "", what, asked, list);
}

static ur_status find_column(const ur_series *s, const char *what, const char *asked, size_t *column, ur_error *error)
{
    uint64_t number;
    for (*column = 0; *column < s->column_count; ++*column)
        if (strcmp(s->columns[*column].name, asked) == 0) return UR_OK;
    if (!ur_read_whole(asked, &number) || number < 1 || number > s->column_count)
        return no_such_column(s, what, asked, error);
    *column = (size_t)number - 1;
    return UR_OK;
}

static bool names_time(const char *name)
{
    static const char *const NAMES[] = {"date", "time", "datetime", "timestamp", "ds", "year", "month", "day"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (ur_same_word(name, strlen(name), NAMES[i])) return true;
    return false;
}

/* The first column whose cells are all times: either written as dates, or numbers in a column that is
 * named like a time. */
static size_t guess_time(const ur_series *s)
{
    for (size_t i = 0; i < s->column_count; i++) {
        const ur_series_column *c = &s->columns[i];
        bool times = c->dates > 0 && c->numbers <= c->dates && c->missing == 0;
        if (times && (c->numbers == 0 || names_time(c->name))) return i;
    }
    return SIZE_MAX;
}

static ur_status add_channel(ur_series *s, size_t column, ur_error *error)
{
    ur_series_column *c = &s->columns[column];
    if (c->channel != SIZE_MAX) return ur_fail(error, UR_ERR_USAGE, "channel '%.60s' is named twice", c->name);
    if (column == s->time_column)
        return ur_fail(error, UR_ERR_USAGE, "'%.60s' is the time column; it cannot be a channel as well", c->name);
    size_t *grown = realloc(s->column_of, (s->channels + 1) * sizeof *grown);
    if (!grown) return ur_fail_memory(error, "the channels");
    s->column_of = grown;
    s->column_of[s->channels] = column;
    c->channel = s->channels++;
    return UR_OK;
}

/* Takes the columns in which at least half of the cells that were looked at are numbers or missing. Any other text in
 * them is an error later. */
static ur_status guess_channels(ur_series *s, ur_error *error)
{
    size_t looked = 0;
    for (size_t i = 0; i < s->column_count; i++) {
        const ur_series_column *c = &s->columns[i];
        size_t cells = c->numbers + c->missing;
        looked = cells > looked ? cells : looked;
    }
    for (size_t i = 0; i < s->column_count; i++) {
        const ur_series_column *c = &s->columns[i];
        if (i != s->time_column && c->numbers > 0 && 2 * (c->numbers + c->missing) >= looked)
            UR_TRY(add_channel(s, i, error));
    }
    if (s->channels) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: no column of numbers in it", s->path ? s->path : "the rows");
}

ur_status ur_series_choose(ur_series *s, ur_error *error)
{
    const ur_series_options *o = &s->options;
    s->time_column = SIZE_MAX;
    s->chosen = true;
    if (!o->time_column)
        s->time_column = guess_time(s);
    else if (strcmp(o->time_column, "none") != 0)
        UR_TRY(find_column(s, "time column", o->time_column, &s->time_column, error));
    for (size_t i = 0; i < o->channel_count; i++) {
        size_t column;
        UR_TRY(find_column(s, "channel", o->channels[i], &column, error));
        UR_TRY(add_channel(s, column, error));
    }
    return o->channel_count ? UR_OK : guess_channels(s, error);
}
