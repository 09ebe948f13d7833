/* See pairs.h. */
#include "data/table/pairs.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/cursor.h"
#include "data/table/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The address and length of a text in the source. */
typedef struct place {
    uint64_t at : 40, length : 24;
} place;
_Static_assert(sizeof(place) == 8, "what the header promises");

struct ur_pairs {
    ur_source source;
    ur_dialect dialect;
    bool table, header, normal_form;
    size_t column[UR_PAIR_SIDES];
    place *places[UR_PAIR_SIDES];
    size_t count[UR_PAIR_SIDES], room[UR_PAIR_SIDES];
    uint64_t hash;
    char found[UR_PAIRS_FOUND_MAX];
};

void ur_pairs_close(ur_pairs *p)
{
    if (!p) return;
    ur_source_close(&p->source);
    for (size_t side = 0; side < UR_PAIR_SIDES; side++) free(p->places[side]);
    free(p);
}

void ur_pairs_watch(ur_pairs *p, const struct ur_watcher *watcher) { p->source.watcher = watcher; }

size_t ur_pairs_count(const ur_pairs *p) { return p->count[UR_PAIR_SOURCE]; }
const char *ur_pairs_found(const ur_pairs *p) { return p->found; }
uint64_t ur_pairs_hash(const ur_pairs *p) { return p->hash; }

static ur_status add_place(ur_pairs *p, size_t side, uint64_t at, size_t length, ur_error *error)
{
    if (p->count[side] == p->room[side]) {
        size_t room = p->room[side] ? 2 * p->room[side] : 256, bytes;
        place *grown = ur_mul_fits(room, sizeof *grown, &bytes) ? realloc(p->places[side], bytes) : NULL;
        if (!grown) return ur_fail_memory(error, "the list of pairs");
        p->places[side] = grown;
        p->room[side] = room;
    }
    p->places[side][p->count[side]++] = (place){at & ((UINT64_C(1) << UR_SOURCE_BITS) - 1), length & UR_EXAMPLE_BYTES};
    return UR_OK;
}

/* Adds a field of a row, without the white space around it. */
static ur_status add_field(ur_pairs *p, size_t side, const ur_row *row, ur_field field, ur_error *error)
{
    ur_field text = ur_field_trim(field);
    if (text.length > UR_EXAMPLE_BYTES)
        return ur_fail(error, UR_ERR_FORMAT, "%s: line %llu: a text of more than 16 MB",
                       ur_source_path(&p->source, ur_source_find(&p->source, row->place)),
                       (unsigned long long)row->line);
    return add_place(p, side, row->place + (uint64_t)(text.text - row->text), text.length, error);
}

/* ---- Two files --------------------------------------------------------------------------------------------------- */

static ur_status read_lines(ur_pairs *p, size_t side, ur_rows *rows, ur_error *error)
{
    ur_row row;
    for (;;) {
        UR_TRY(ur_rows_next(rows, &row, error));
        if (!row.text) return UR_OK;
        UR_TRY(add_field(p, side, &row, (ur_field){row.text, row.length}, error));
    }
}

static ur_status read_side(ur_pairs *p, size_t side, ur_error *error)
{
    ur_rows rows;
    UR_TRY(ur_rows_open(&rows, &p->source, side, p->dialect, error));
    rows.empty = true;
    rows.hash = &p->hash;
    ur_status status = read_lines(p, side, &rows, error);
    ur_rows_close(&rows);
    return status;
}

static ur_status read_files(ur_pairs *p, ur_error *error)
{
    for (size_t side = 0; side < UR_PAIR_SIDES; side++) UR_TRY(read_side(p, side, error));
    snprintf(p->found, sizeof p->found, "two files, line by line");
    if (p->count[0] == p->count[1]) return UR_OK;
    return ur_fail(error, UR_ERR_DATA,
                   "%s has %zu lines, but %s has %zu; line N of one must be the translation of line N of the other",
                   ur_source_path(&p->source, 0), p->count[0], ur_source_path(&p->source, 1), p->count[1]);
}

/* ---- A table ----------------------------------------------------------------------------------------------------- */

/* TSV, or CSV if the file is named .csv. */
static ur_status find_dialect(ur_pairs *p, ur_error *error)
{
    const char *name = ur_source_name(&p->source, 0), *ending;
    size_t stem = ur_source_stem(name, &ending);
    bool csv = (size_t)(name + stem - ending) == 4 && strncmp(ending, ".csv", 4) == 0;
    p->dialect = (ur_dialect){'\t', false};
    return csv ? ur_rows_find_dialect(&p->source, 0, &p->dialect, error) : UR_OK;
}

static bool is_name(const char *column)
{
    uint64_t number;
    return column && !ur_read_whole(column, &number);
}

static ur_status decide_header(ur_pairs *p, const ur_pairs_options *options, ur_error *error)
{
    const char *said = options->header;
    bool named = is_name(options->column[UR_PAIR_SOURCE]) || is_name(options->column[UR_PAIR_TARGET]);
    if (said && strcmp(said, "yes") != 0 && strcmp(said, "no") != 0)
        return ur_fail(error, UR_ERR_USAGE, "`header` %s: give yes or no", said);
    p->header = said ? said[0] == 'y' : named || p->dialect.quotes;
    return UR_OK;
}

static ur_field cut_value(const ur_pairs *p, ur_field *rest, bool *more)
{
    return ur_field_trim(ur_field_inside(p->dialect, ur_field_cut(p->dialect, rest, more)));
}

static ur_status fail_column(const ur_pairs *p, const char *name, const ur_row *row, ur_error *error)
{
    char list[200] = "";
    ur_field rest = {row->text, row->length};
    size_t used = 0;
    for (bool more = true; more && used + 48 < sizeof list;) {
        ur_field field = cut_value(p, &rest, &more);
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%.*s", used ? ", " : "",
                                 (int)(field.length < 40 ? field.length : 40), field.text);
    }
    return ur_fail(error, UR_ERR_USAGE, "%s: no column \"%.60s\"; its columns are %s", ur_source_path(&p->source, 0),
                   name, list);
}

/* Finds column `name` by the first row. If `name` is NULL, the source is the first column and the target the second. */
static ur_status find_column(ur_pairs *p, size_t side, const char *name, const ur_row *row, ur_error *error)
{
    uint64_t number = 0;
    ur_field rest = {row->text, row->length};
    p->column[side] = side;
    if (!name) return UR_OK;
    bool numbered = ur_read_whole(name, &number);
    for (size_t i = 0, more = true; more; i++) {
        bool another;
        ur_field field = cut_value(p, &rest, &another);
        bool same = strlen(name) == field.length && memcmp(name, field.text, field.length) == 0;
        p->column[side] = i;
        if (numbered ? i + 1 == number : p->header && same) return UR_OK;
        more = another;
    }
    return fail_column(p, name, row, error);
}

static ur_status find_columns(ur_pairs *p, const ur_pairs_options *options, const ur_row *row, ur_error *error)
{
    for (size_t side = 0; side < UR_PAIR_SIDES; side++) UR_TRY(find_column(p, side, options->column[side], row, error));
    if (p->column[0] != p->column[1]) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "source and target are both column %zu; change `%s`", p->column[0] + 1,
                   options->column[UR_PAIR_TARGET] ? "source-column" : "target-column");
}

static ur_status take_row(ur_pairs *p, const ur_row *row, ur_error *error)
{
    ur_field rest = {row->text, row->length}, side[UR_PAIR_SIDES] = {{0}};
    size_t columns = 0;
    for (bool more = true; more; columns++) {
        ur_field field = ur_field_cut(p->dialect, &rest, &more);
        for (size_t s = 0; s < UR_PAIR_SIDES; s++)
            if (p->column[s] == columns) side[s] = field;
    }
    for (size_t s = 0; s < UR_PAIR_SIDES; s++) {
        if (!side[s].text)
            return ur_fail(error, UR_ERR_DATA, "%s: line %llu: only %zu column%s, but the %s is column %zu",
                           ur_source_path(&p->source, 0), (unsigned long long)row->line, columns,
                           columns == 1 ? "" : "s", s == UR_PAIR_SOURCE ? "source" : "target", p->column[s] + 1);
        UR_TRY(add_field(p, s, row, side[s], error));
    }
    return UR_OK;
}

static ur_status take_rows(ur_pairs *p, const ur_pairs_options *options, ur_rows *rows, ur_error *error)
{
    ur_row row;
    for (bool first = true;; first = false) {
        UR_TRY(ur_rows_next(rows, &row, error));
        if (!row.text) return UR_OK;
        if (row.torn && p->dialect.quotes)
            return ur_fail(error, UR_ERR_FORMAT, "%s: line %llu: a quoted field goes on after its closing quote",
                           ur_source_path(&p->source, 0), (unsigned long long)row.line);
        if (first) UR_TRY(find_columns(p, options, &row, error));
        if (!first || !p->header) UR_TRY(take_row(p, &row, error));
    }
}

static ur_status read_table(ur_pairs *p, const ur_pairs_options *options, ur_error *error)
{
    ur_rows rows;
    UR_TRY(find_dialect(p, error));
    UR_TRY(decide_header(p, options, error));
    UR_TRY(ur_rows_open(&rows, &p->source, 0, p->dialect, error));
    rows.hash = &p->hash;
    ur_status status = take_rows(p, options, &rows, error);
    ur_rows_close(&rows);
    snprintf(p->found, sizeof p->found, "%s with%s a header; source in column %zu, target in column %zu",
             p->dialect.quotes ? "CSV" : "TSV", p->header ? "" : "out", p->column[0] + 1, p->column[1] + 1);
    return status;
}

/* ---- Opening ----------------------------------------------------------------------------------------------------- */

static ur_status open_pairs(ur_pairs *p, const char *const *paths, size_t count, const ur_pairs_options *options,
                            ur_error *error)
{
    if (count != 1 && count != 2)
        return ur_fail(error, UR_ERR_USAGE, "%zu files; give a source file and a target file, or one table", count);
    UR_TRY(ur_source_open(&p->source, paths, count, options->watcher, error));
    if (p->source.list.count != count)
        return ur_fail(error, UR_ERR_USAGE, "%s: a folder; give a source file and a target file, or one table",
                       paths[0]);
    UR_TRY(ur_source_settle(&p->source, error));
    p->table = count == 1;
    UR_TRY(p->table ? read_table(p, options, error) : read_files(p, error));
    if (p->count[0]) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: no pairs in it", ur_source_path(&p->source, 0));
}

ur_status ur_pairs_open(ur_pairs **pairs, const char *const *paths, size_t count, const ur_pairs_options *options,
                        ur_error *error)
{
    ur_pairs *p = calloc(1, sizeof *p);
    *pairs = NULL;
    if (!p) return ur_fail_memory(error, "the pairs");
    p->source.temporary = -1;
    p->hash = UR_HASH_START;
    p->normal_form = options->normal_form;
    ur_status status = open_pairs(p, paths, count, options, error);
    if (status == UR_OK) *pairs = p;
    if (status != UR_OK) ur_pairs_close(p);
    return status;
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

static ur_status make_room(ur_pair *read, size_t side, size_t length, ur_error *error)
{
    if (length + 1 <= read->rooms[side]) return UR_OK;
    char *grown = realloc(read->room[side], 2 * length + 64);
    if (!grown) return ur_fail_memory(error, "a text");
    read->room[side] = grown;
    read->rooms[side] = 2 * length + 64;
    return UR_OK;
}

static ur_status normalise_side(const ur_pairs *p, size_t pair, ur_pair *read, size_t side, ur_error *error)
{
    char where[512];
    ur_status status = ur_normalise(&read->form[side], &read->text[side], error);
    if (status != UR_ERR_UNSUPPORTED) return status;
    ur_pairs_name(p, pair, side, where, sizeof where);
    ur_fail_in(error, status, where);
    return status;
}

ur_status ur_pairs_read(const ur_pairs *p, size_t pair, ur_pair *read, ur_error *error)
{
    for (size_t side = 0; side < UR_PAIR_SIDES; side++) {
        place where = p->places[side][pair];
        UR_TRY(make_room(read, side, where.length, error));
        char *text = read->room[side];
        if (where.length) UR_TRY(ur_source_read(&p->source, where.at, text, where.length, error));
        size_t length = ur_field_plain(p->dialect, (ur_field){text, where.length}, text);
        for (size_t i = 0; i < length; i++)
            if (text[i] == '\n') text[i] = ' ';
        read->text[side] = ur_field_trim((ur_field){text, length});
        if (p->normal_form) UR_TRY(normalise_side(p, pair, read, side, error));
    }
    return UR_OK;
}

void ur_pair_free(ur_pair *read)
{
    for (size_t side = 0; side < UR_PAIR_SIDES; side++) {
        free(read->room[side]);
        ur_normal_form_free(&read->form[side]);
    }
    *read = (ur_pair){0};
}

void ur_pairs_name(const ur_pairs *p, size_t pair, size_t side, char *text, size_t size)
{
    uint64_t at = p->places[side][pair].at, line = 1;
    size_t file = p->table ? 0 : side;
    unsigned char bytes[16384];
    for (uint64_t from = p->source.pieces[file].begin; from < at;) {
        size_t some = at - from < sizeof bytes ? (size_t)(at - from) : sizeof bytes;
        if (ur_source_read(&p->source, from, bytes, some, NULL) != UR_OK) break;
        for (size_t i = 0; i < some; i++) line += bytes[i] == '\n';
        from += some;
    }
    snprintf(text, size, "%s: line %llu", ur_source_path(&p->source, file), (unsigned long long)line);
}
