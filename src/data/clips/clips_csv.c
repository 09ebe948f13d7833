/* Tables: one file per recording, one row per frame. Lines end with LF, CR LF or CR; empty lines are skipped. */
#include "data/clips/clips_body.h"

#include "data/cursor.h"
#include "data/table/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The lines of a file, each also cut at its CRs. */
typedef struct lines {
    ur_rows rows;
    ur_field rest; /* of the current line, after a CR */
    bool more;     /* whether there is such a rest */
    uint64_t line; /* of the row that was read last */
    uint64_t returns;
} lines;

static const ur_dialect WHOLE = {0, false}, RETURNS = {'\r', false};

/* Reads the next row that is not empty. It is valid until the row after it is read. Length 0: there are no more
 * rows. */
static ur_status next_row(lines *l, ur_field *row, ur_error *error)
{
    do {
        ur_row line;
        if (l->more) {
            l->returns++;
            l->line++;
        } else {
            UR_TRY(ur_rows_next(&l->rows, &line, error));
            l->rest = (ur_field){line.text, line.length};
            l->line = line.line + l->returns;
        }
        *row = (ur_field){"", 0};
        if (!l->rest.text) return UR_OK;
        *row = ur_field_trim(ur_field_cut(RETURNS, &l->rest, &l->more));
    } while (!row->length);
    return UR_OK;
}

static ur_status fail_at(const char *path, uint64_t line, ur_error *error, ur_status status)
{
    char place[32];
    snprintf(place, sizeof place, "line %llu", (unsigned long long)line);
    ur_fail_in(error, status, place);
    return ur_fail_in(error, status, path);
}

/* One file that is being read. */
typedef struct table {
    ur_clips *clips;
    const ur_clips_options *options;
    const char *path;
    size_t file;
    ur_columns columns; /* of this file */
    bool header;
    char *kept[2]; /* its first two rows */
} table;

typedef ur_status pass(table *t, lines *l, ur_error *error);

static ur_status run_pass(table *t, pass *work, ur_error *error)
{
    lines l = {.line = 0};
    UR_TRY(ur_rows_open(&l.rows, &t->clips->source, t->file, WHOLE, error));
    ur_status status = work(t, &l, error);
    ur_rows_close(&l.rows);
    return status;
}

/* ---- Columns ----------------------------------------------------------------------------------------------------- */

static ur_columns_wanted wanted_of(const ur_clips *c, const ur_clips_options *o)
{
    const char *const *known = c->table.name ? (const char *const *)(uintptr_t)c->table.name : o->columns;
    return (ur_columns_wanted){.label = o->label_column,
                               .ignore = o->ignore,
                               .header = o->header,
                               .feature = known,
                               .features = c->table.name ? c->table.features : o->features};
}

static ur_field label_of(const ur_columns *c, ur_field row)
{
    ur_field label = {"", 0};
    bool more = true;
    for (size_t i = 0; more && i < c->count; i++) {
        ur_field field = ur_field_trim(ur_field_cut(c->dialect, &row, &more));
        if (c->role[i] == UR_COLUMN_LABEL) label = field;
    }
    return label;
}

/* Whether a later row has the same label as the first row. If so, the first row holds a label and is no header. */
static ur_status seek_label(const table *t, lines *l, ur_field first, ur_field row, bool *found, ur_error *error)
{
    ur_field wanted = label_of(&t->columns, first);
    for (*found = false; row.length && !*found;) {
        ur_field label = label_of(&t->columns, row);
        *found = label.length == wanted.length && memcmp(label.text, wanted.text, label.length) == 0;
        UR_TRY(next_row(l, &row, error));
    }
    return UR_OK;
}

/* Reads a row and copies it, because it is needed longer than until the next row. */
static ur_status keep_row(lines *l, char **kept, ur_field *row, ur_error *error)
{
    UR_TRY(next_row(l, row, error));
    *kept = malloc(row->length + 1);
    if (!*kept) return ur_fail_memory(error, "a row");
    memcpy(*kept, row->text, row->length);
    row->text = *kept;
    return UR_OK;
}

static ur_status find_columns(table *t, lines *l, ur_error *error)
{
    ur_field first, second;
    bool again = true;
    ur_columns_wanted wanted = wanted_of(t->clips, t->options);
    UR_TRY(keep_row(l, &t->kept[0], &first, error));
    if (!first.length) return ur_fail(error, UR_ERR_DATA, "%s: the table is empty", t->path);
    uint64_t line = l->line;
    UR_TRY(keep_row(l, &t->kept[1], &second, error));
    ur_status status = ur_columns_find(&t->columns, first, second, &wanted, &t->header, error);
    if (status == UR_OK && !t->header && !wanted.header && t->columns.labelled)
        UR_TRY(seek_label(t, l, first, second, &again, error));
    if (!again) {
        ur_columns_free(&t->columns);
        wanted.header = "yes";
        status = ur_columns_find(&t->columns, first, second, &wanted, &t->header, error);
    }
    if (status != UR_OK) return fail_at(t->path, line, error, status);
    if (t->columns.labelled || t->options->unlabelled) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: no column looks like labels; name it with `label-column`", t->path);
}

/* ---- Frames ------------------------------------------------------------------------------------------------------ */

static ur_status take_label(table *t, ur_field label, int32_t *truth, ur_error *error)
{
    *truth = -1;
    if (t->options->unlabelled || !label.length) return UR_OK;
    return ur_clips_label(t->clips, t->options, label.text, label.length, truth, error);
}

static ur_status take_row(table *t, ur_field row, ur_error *error)
{
    ur_clips *c = t->clips;
    ur_field label;
    size_t frame = c->frames, width = t->columns.features;
    UR_TRY(ur_clips_extend(c, 1, error));
    UR_TRY(ur_spill_grow(&c->value_room, c->frames, width * sizeof *c->value, error));
    c->value = c->value_room.bytes;
    UR_TRY(ur_columns_read(&t->columns, row, c->value + frame * width, &label, error));
    return take_label(t, label, &c->truth[frame], error);
}

static ur_status take_rows(table *t, lines *l, ur_error *error)
{
    ur_clips *c = t->clips;
    ur_field row;
    UR_TRY(next_row(l, &row, error));
    if (t->header) UR_TRY(next_row(l, &row, error));
    if (!row.length) return ur_fail(error, UR_ERR_DATA, "%s: no frames in it", t->path);
    UR_TRY(ur_clips_add(c, t->options, (ur_clip){.place = c->frames, .file = t->file}, 0, error));
    while (row.length) {
        ur_status status = take_row(t, row, error);
        if (status != UR_OK) return fail_at(t->path, l->line, error, status);
        UR_TRY(next_row(l, &row, error));
    }
    const ur_clip *clip = &c->clip[c->count - 1];
    size_t width = t->columns.features;
    c->hash = ur_hash_bytes(c->hash, (const unsigned char *)(c->value + clip->first * width),
                            clip->frames * width * sizeof *c->value);
    return UR_OK;
}

/* The columns of the first file hold for all files. */
static void keep_columns(table *t)
{
    if (t->clips->table.name) return;
    t->clips->table = t->columns;
    t->clips->features = t->columns.features;
    t->columns = (ur_columns){.role = NULL};
}

static ur_status read_file(ur_clips *c, const ur_clips_options *o, size_t file, ur_error *error)
{
    table t = {.clips = c, .options = o, .path = ur_source_path(&c->source, file), .file = file};
    ur_status status = run_pass(&t, find_columns, error);
    if (status == UR_OK) status = run_pass(&t, take_rows, error);
    if (status == UR_OK) keep_columns(&t);
    ur_columns_free(&t.columns);
    free(t.kept[0]);
    free(t.kept[1]);
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
