/* Tables: a file a recording, a row a frame. Lines end with LF, CR LF or CR; empty ones are passed over. */
#include "data/clips/clips_body.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "data/cursor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file in memory, read line by line. */
typedef struct lines {
    const char *at, *end;
    size_t line; /* of the row that was read last */
    char last;   /* how the line before ended */
} lines;

static lines begin_lines(const char *text, size_t size)
{
    size_t mark = size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    return (lines){.at = text + mark, .end = text + size};
}

/* The next row that is not empty; false: there is none. */
static bool next_row(lines *l, ur_field *row)
{
    while (l->at < l->end) {
        const char *begin = l->at;
        while (l->at < l->end && *l->at != '\n' && *l->at != '\r') l->at++;
        *row = ur_field_trim((ur_field){begin, (size_t)(l->at - begin)});
        l->line++;
        if (l->end - l->at >= 2 && l->at[0] == '\r' && l->at[1] == '\n') l->at++;
        if (l->at < l->end) l->at++;
        if (row->length) return true;
    }
    *row = (ur_field){"", 0};
    return false;
}

/* Names and labels go into the model's file, so that all of it must be text. */
static ur_status check_text(const char *text, size_t size, const char *path, ur_error *error)
{
    uint32_t code;
    size_t line = 1;
    for (size_t at = 0, begin = 0; at < size;) {
        int length = ur_utf8_decode((const unsigned char *)text + at, size - at, &code);
        if (length <= 0 || !text[at])
            return ur_fail(error, UR_ERR_DATA,
                           "%s: line %zu: byte %zu: %s; turn the file into UTF-8 first (iconv -t UTF-8)", path, line,
                           at - begin + 1, length <= 0 ? "invalid UTF-8" : "a zero byte");
        at += (size_t)length;
        if (text[at - 1] != '\n') continue;
        line++;
        begin = at;
    }
    return UR_OK;
}

static ur_status fail_at(const char *path, size_t line, ur_error *error, ur_status status)
{
    char place[32];
    snprintf(place, sizeof place, "line %zu", line);
    ur_fail_in(error, status, place);
    return ur_fail_in(error, status, path);
}

/* One file on its way. */
typedef struct table {
    ur_clips *clips;
    const ur_clips_options *options;
    const char *path;
    ur_columns columns; /* of this file */
    size_t rows;
} table;

static ur_columns_wanted wanted_of(const ur_clips *c, const ur_clips_options *o)
{
    const char *const *known = c->table.name ? (const char *const *)(uintptr_t)c->table.name : o->columns;
    return (ur_columns_wanted){.label = o->label_column,
                               .ignore = o->ignore,
                               .header = o->header,
                               .feature = known,
                               .features = c->table.name ? c->table.features : o->features};
}

/* Whether a label of the first row is found again in another one: then it is a label, and no header. */
static bool comes_again(const table *t, lines l, ur_field first)
{
    ur_field row = first, wanted = {"", 0};
    for (bool any = true; any; any = next_row(&l, &row)) {
        ur_field rest = row, label = {"", 0};
        bool more = true;
        for (size_t i = 0; more && i < t->columns.count; i++) {
            ur_field field = ur_field_trim(ur_field_cut(t->columns.dialect, &rest, &more));
            if (t->columns.role[i] == UR_COLUMN_LABEL) label = field;
        }
        if (row.text == first.text)
            wanted = label;
        else if (label.length == wanted.length && memcmp(label.text, wanted.text, label.length) == 0)
            return true;
    }
    return false;
}

static ur_status find_columns(table *t, lines *l, ur_error *error)
{
    ur_field first, second;
    bool header;
    ur_columns_wanted wanted = wanted_of(t->clips, t->options);
    if (!next_row(l, &first)) return ur_fail(error, UR_ERR_DATA, "%s: an empty table", t->path);
    lines behind = *l;
    next_row(&behind, &second);
    ur_status status = ur_columns_find(&t->columns, first, second, &wanted, &header, error);
    if (status == UR_OK && !header && !wanted.header && t->columns.labelled && !comes_again(t, *l, first)) {
        ur_columns_free(&t->columns);
        wanted.header = "yes";
        status = ur_columns_find(&t->columns, first, second, &wanted, &header, error);
    }
    if (status != UR_OK) return fail_at(t->path, l->line, error, status);
    if (!t->columns.labelled && !t->options->unlabelled)
        return ur_fail(error, UR_ERR_DATA, "%s: no column looks like labels; name it with `label-column`", t->path);
    if (!header) *l = (lines){.at = first.text, .end = l->end, .line = l->line - 1};
    return UR_OK;
}

static ur_status make_room(ur_clips *c, size_t numbers, ur_error *error)
{
    size_t bytes;
    if (numbers <= c->value_room) return UR_OK;
    size_t room = numbers > SIZE_MAX / 2 ? numbers : 2 * numbers;
    float *grown = ur_mul_fits(room, sizeof *grown, &bytes) ? realloc(c->value, bytes) : NULL;
    if (!grown) return ur_fail_memory(error, "the frames");
    c->value = grown;
    c->value_room = room;
    return UR_OK;
}

static ur_status take_label(table *t, ur_field label, int32_t *truth, ur_error *error)
{
    *truth = -1;
    if (t->options->unlabelled || !label.length) return UR_OK;
    return ur_clips_label(t->clips, t->options, label.text, label.length, truth, error);
}

static ur_status read_rows(table *t, lines l, ur_error *error)
{
    ur_clips *c = t->clips;
    ur_clip *clip = &c->clip[c->count - 1];
    size_t width = t->columns.features;
    ur_field row, label;
    UR_TRY(make_room(c, (clip->first + clip->frames) * width, error));
    for (size_t i = clip->first; next_row(&l, &row); i++) {
        ur_status status = ur_columns_read(&t->columns, row, c->value + i * width, &label, error);
        if (status == UR_OK) status = take_label(t, label, &c->truth[i], error);
        if (status != UR_OK) return fail_at(t->path, l.line, error, status);
    }
    c->hash = ur_hash_bytes(c->hash, (const unsigned char *)(c->value + clip->first * width),
                            clip->frames * width * sizeof *c->value);
    return UR_OK;
}

/* The names of the first file's columns stand for all. */
static ur_status keep_columns(table *t, ur_error *error)
{
    (void)error;
    if (t->clips->table.name) return UR_OK;
    t->clips->table = t->columns;
    t->clips->features = t->columns.features;
    t->columns.role = NULL;
    t->columns.name = NULL;
    return UR_OK;
}

static ur_status read_text(table *t, size_t file, const char *text, size_t size, ur_error *error)
{
    lines l = begin_lines(text, size), counted;
    ur_field row;
    UR_TRY(find_columns(t, &l, error));
    for (counted = l; next_row(&counted, &row);) t->rows++;
    if (!t->rows) return ur_fail(error, UR_ERR_DATA, "%s: there are no frames in it", t->path);
    UR_TRY(ur_clips_add(t->clips, t->options, (ur_clip){.place = t->clips->frames, .file = file}, t->rows, error));
    UR_TRY(read_rows(t, l, error));
    return keep_columns(t, error);
}

static ur_status read_file(ur_clips *c, const ur_clips_options *o, size_t file, ur_error *error)
{
    const ur_piece *piece = &c->source.pieces[file];
    table t = {.clips = c, .options = o, .path = ur_source_path(&c->source, file)};
    char *text = piece->size < SIZE_MAX ? malloc((size_t)piece->size + 1) : NULL;
    if (!text) return ur_fail_memory(error, "a table");
    ur_status status = ur_source_read(&c->source, piece->begin, text, (size_t)piece->size, error);
    if (status == UR_OK) status = check_text(text, (size_t)piece->size, t.path, error);
    if (status == UR_OK) status = read_text(&t, file, text, (size_t)piece->size, error);
    ur_columns_free(&t.columns);
    free(text);
    return status;
}

static ur_status find_tables(ur_clips *c, const ur_clips_options *o, ur_error *error)
{
    for (size_t i = 0; i < c->source.list.count; i++) UR_TRY(read_file(c, o, i, error));
    snprintf(c->found, sizeof c->found, "tables of %zu numbers a frame", c->features);
    return UR_OK;
}

static ur_status read_frames(const ur_clips *c, const ur_clip *clip, size_t first, size_t count, float *value,
                             ur_error *error)
{
    (void)error;
    memcpy(value, c->value + (clip->first + first) * c->features, count * c->features * sizeof *value);
    return UR_OK;
}

const ur_clips_form ur_clips_form_csv = {NULL, find_tables, read_frames};
