/* Tables of recordings: each line has a file name and a transcript. Fields are separated by tabs, and quotes are
 * ordinary text. In a file named .csv, fields are separated by commas or semicolons, with quotes. */
#include "base/error.h"
#include "base/file.h"
#include "base/number.h"
#include "data/clips/columns.h"
#include "data/folder.h"
#include "data/table/rows.h"
#include "data/utterances/utterances_body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 256, NONE = COLUMNS };

typedef struct table {
    ur_utterances *set;
    const ur_utterances_options *options;
    const char *path;
    char *folder; /* of the table; NULL: the current one */
    ur_source source;
    ur_dialect dialect;
    size_t columns, file, transcript, speaker; /* their number; indices of columns, NONE if there is none */
    char pattern[UR_PATTERN_MAX];              /* for speakers */
    char *plain;                               /* a row without its quotes */
    size_t room;
} table;

/* ---- Columns ----------------------------------------------------------------------------------------------------- */

/* Cuts a row into fields without their quotes. They are valid until the next row. */
static ur_status cut_row(table *t, const ur_row *row, ur_field field[COLUMNS], size_t *count, ur_error *error)
{
    ur_field rest = {row->text, row->length};
    char *to = row->length >= t->room ? realloc(t->plain, 2 * row->length + 1) : t->plain;
    if (!to) return ur_fail_memory(error, "reading a row");
    if (row->length >= t->room) t->room = 2 * row->length + 1;
    t->plain = to;
    *count = 0;
    for (bool more = true; more && *count < COLUMNS; (*count)++) {
        size_t length = ur_field_plain(t->dialect, ur_field_trim(ur_field_cut(t->dialect, &rest, &more)), to);
        field[*count] = ur_field_trim((ur_field){to, length});
        to += length;
    }
    return UR_OK;
}

static bool is_one_of(ur_field field, const char *const *words)
{
    while (*words && !ur_same_word(field.text, field.length, *words)) words++;
    return *words != NULL;
}

static const char *const FILES[] = {"file", "path", "wav", "audio", "filename", "file_name", NULL};
static const char *const TRANSCRIPTS[] = {"transcript", "text", "sentence", "transcription", NULL};
static const char *const SPEAKERS[] = {"speaker", "speaker_id", "client_id", NULL};

static size_t find_word(const ur_field *field, size_t count, const char *const *words)
{
    size_t i = 0;
    while (i < count && !is_one_of(field[i], words)) i++;
    return i < count ? i : NONE;
}

/* Finds a column by its name or its number from 1; `otherwise` if `told` is NULL. */
static ur_status find_column(const table *t, const char *told, const ur_field *head, bool header, size_t otherwise,
                             size_t *column, ur_error *error)
{
    const char *const words[] = {told, NULL};
    double number = 0;
    *column = otherwise;
    if (!told) return UR_OK;
    if (header) *column = find_word(head, t->columns, words);
    if (header && *column != NONE) return UR_OK;
    if (ur_read_number(told, &number) && number >= 1 && number <= (double)t->columns) {
        *column = (size_t)number - 1;
        return UR_OK;
    }
    return ur_fail(error, UR_ERR_USAGE, "%s: no column %s among its %zu%s", t->path, told, t->columns,
                   header ? "" : "; without a header, columns are named by number");
}

/* The first line is a header if it has a file column and a transcript column with well-known names, or if
 * it names no WAV file. */
static bool is_header(const table *t, const ur_field *first)
{
    if (t->options->header) return strcmp(t->options->header, "yes") == 0;
    if (find_word(first, t->columns, FILES) != NONE && find_word(first, t->columns, TRANSCRIPTS) != NONE) return true;
    for (size_t i = 0; i < t->columns; i++)
        if (first[i].length > 4 && ur_same_word(first[i].text + first[i].length - 4, 4, ".wav")) return false;
    return true;
}

static ur_status choose_columns(table *t, const ur_row *row, bool *header, ur_error *error)
{
    ur_field head[COLUMNS];
    const ur_utterances_options *o = t->options;
    UR_TRY(cut_row(t, row, head, &t->columns, error));
    if (t->columns < 2)
        return ur_fail(error, UR_ERR_DATA, "%s: line %llu: only one column; a line is a file, a tab and its transcript",
                       t->path, (unsigned long long)row->line);
    *header = is_header(t, head);
    size_t file = *header ? find_word(head, t->columns, FILES) : NONE;
    size_t text = *header ? find_word(head, t->columns, TRANSCRIPTS) : NONE;
    size_t speaker = *header ? find_word(head, t->columns, SPEAKERS) : NONE;
    if (file == NONE) file = text == 0;
    if (text == NONE) text = file == 0;
    UR_TRY(find_column(t, o->file_column, head, *header, file, &t->file, error));
    UR_TRY(find_column(t, o->transcript_column, head, *header, text, &t->transcript, error));
    return find_column(t, o->speaker_column, head, *header, speaker, &t->speaker, error);
}

/* ---- Rows -------------------------------------------------------------------------------------------------------- */

static ur_status fail_in_row(const table *t, const ur_row *row, ur_error *error, const char *name, const char *what)
{
    return ur_fail(error, UR_ERR_DATA, "%s: line %llu: %s%s%s", t->path, (unsigned long long)row->line, name,
                   name[0] ? ": " : "", what);
}

static ur_status find_path(const table *t, const ur_row *row, ur_field file, char **path, ur_error *error)
{
    char *name = strndup(file.text, file.length);
    if (!name) return ur_fail_memory(error, "the list of recordings");
    *path = name;
    if (t->folder && name[0] != '/') {
        *path = ur_path_join(t->folder, name);
        free(name);
        if (!*path) return ur_fail_memory(error, "the list of recordings");
    }
    if (ur_path_exists(*path) && !ur_path_is_folder(*path)) return UR_OK;
    fail_in_row(t, row, error, *path, "no such file");
    free(*path);
    return UR_ERR_DATA;
}

static ur_status find_speaker(const table *t, const ur_field *field, const char *path, ur_field *speaker,
                              ur_error *error)
{
    *speaker = t->speaker == NONE ? (ur_field){"", 0} : field[t->speaker];
    if (!t->options->speaker_from) return UR_OK;
    return ur_utterances_part(path, t->pattern, t->options->speaker_from, speaker, error);
}

static ur_status take_row(table *t, const ur_row *row, ur_error *error)
{
    ur_field field[COLUMNS], speaker;
    char *path;
    size_t count;
    UR_TRY(cut_row(t, row, field, &count, error));
    if (count != t->columns)
        return ur_fail(error, UR_ERR_DATA, "%s: line %llu: %zu columns; the first line has %zu", t->path,
                       (unsigned long long)row->line, count, t->columns);
    if (!field[t->file].length) return fail_in_row(t, row, error, "", "no file is named");
    if (!field[t->transcript].length)
        return fail_in_row(t, row, error, "", "a recording without a transcript; take the line out");
    UR_TRY(find_path(t, row, field[t->file], &path, error));
    ur_status status = find_speaker(t, field, path, &speaker, error);
    if (status == UR_OK) return ur_utterances_name(t->set, path, field[t->transcript], speaker, error);
    free(path);
    return status;
}

static ur_status take_rows(table *t, ur_rows *rows, ur_error *error)
{
    ur_row row;
    bool header = false;
    for (bool first = true;; first = false) {
        UR_TRY(ur_rows_next(rows, &row, error));
        if (!row.text) break;
        if (first) UR_TRY(choose_columns(t, &row, &header, error));
        if (!first || !header) UR_TRY(take_row(t, &row, error));
    }
    if (t->set->named_count) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: it names no recordings%s", t->path,
                   header ? "; its first line was taken as a header (`header` no if it is not one)" : "");
}

/* ---- Tables ------------------------------------------------------------------------------------------------------ */

static ur_status find_dialect(table *t, ur_error *error)
{
    const char *name = ur_source_name(&t->source, 0), *ending;
    size_t stem = ur_source_stem(name, &ending);
    t->dialect = (ur_dialect){'\t', false};
    if (!ur_same_word(ending, stem - (size_t)(ending - name), ".csv")) return UR_OK;
    return ur_rows_find_dialect(&t->source, 0, &t->dialect, error);
}

static ur_status read_table(table *t, ur_error *error)
{
    ur_rows rows;
    UR_TRY(ur_source_open(&t->source, &t->path, 1, t->options->watcher, error));
    UR_TRY(ur_source_settle(&t->source, error));
    UR_TRY(find_dialect(t, error));
    UR_TRY(ur_rows_open(&rows, &t->source, 0, t->dialect, error));
    ur_status status = take_rows(t, &rows, error);
    ur_rows_close(&rows);
    return status;
}

ur_status ur_utterances_name_rows(ur_utterances *set, const char *path, const ur_utterances_options *options,
                                  ur_error *error)
{
    table t = {.set = set, .options = options, .path = path, .source = {.temporary = -1}};
    const char *slash = strrchr(path, '/');
    if (options->speaker_from) UR_TRY(ur_utterances_pattern(options->speaker_from, "speaker", t.pattern, error));
    if (slash && !(t.folder = strndup(path, slash == path ? 1 : (size_t)(slash - path))))
        return ur_fail_memory(error, "the list of recordings");
    ur_status status = read_table(&t, error);
    ur_source_close(&t.source);
    free(t.folder);
    free(t.plain);
    return status;
}
