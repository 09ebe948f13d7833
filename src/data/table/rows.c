/* See rows.h. */
#include "data/table/rows.h"

#include "base/utf8.h"
#include "data/cursor.h"
#include "data/looks.h"

#include <stdlib.h>
#include <string.h>

enum { BUFFER = 262144 };

static ur_status fail_at(const ur_rows *rows, ur_error *error, uint64_t line, const char *what)
{
    return ur_fail(error, UR_ERR_FORMAT, "%s: line %llu: %s", ur_source_path(rows->source, rows->file),
                   (unsigned long long)line, what);
}

/* ---- The buffer -------------------------------------------------------------------------------------------------- */

static ur_status make_room(ur_rows *rows, ur_error *error)
{
    memmove(rows->buffer, rows->buffer + rows->begin, rows->end - rows->begin);
    rows->end -= rows->begin;
    rows->begin = 0;
    if (rows->end < rows->capacity) return UR_OK;
    if (rows->capacity > UR_EXAMPLE_BYTES)
        return fail_at(rows, error, rows->line,
                       rows->dialect.quotes ? "a row of more than 16 MB; is there a quote that is never closed?"
                                            : "a line of more than 16 MB");
    unsigned char *grown = realloc(rows->buffer, 2 * rows->capacity);
    if (!grown) return ur_fail_memory(error, "reading a line");
    rows->buffer = grown;
    rows->capacity *= 2;
    return UR_OK;
}

/* Reads more bytes to the end of the buffer. Some must be left in the file. */
static ur_status fill(ur_rows *rows, ur_error *error)
{
    UR_TRY(make_room(rows, error));
    size_t room = rows->capacity - rows->end, size = rows->left < room ? (size_t)rows->left : room;
    UR_TRY(ur_source_read(rows->source, rows->at, rows->buffer + rows->end, size, error));
    if (rows->hash) *rows->hash = ur_hash_bytes(*rows->hash, rows->buffer + rows->end, size);
    rows->at += size;
    rows->left -= size;
    rows->end += size;
    return UR_OK;
}

ur_status ur_rows_open(ur_rows *rows, const ur_source *source, size_t file, ur_dialect dialect, ur_error *error)
{
    const ur_piece *piece = &source->pieces[file];
    *rows = (ur_rows){source, file, dialect, .at = piece->begin, .left = piece->size, .capacity = BUFFER, .line = 1};
    rows->buffer = malloc(BUFFER);
    return rows->buffer ? UR_OK : ur_fail_memory(error, "reading a text");
}

void ur_rows_close(ur_rows *rows) { free(rows->buffer); }

/* ---- Where a row ends -------------------------------------------------------------------------------------------- */

typedef enum inside { FIELD_BEGIN, PLAIN, QUOTED, QUOTE_SEEN } inside;

typedef struct scan {
    inside state;
    bool torn, tab, line_break; /* the last two: inside the current quotes */
    uint64_t breaks;            /* line breaks inside quotes in this row */
} scan;

static inside step_quoted(scan *s, ur_dialect dialect, unsigned char byte)
{
    s->tab = s->tab || byte == (unsigned char)dialect.delimiter;
    s->line_break = s->line_break || byte == '\n';
    s->breaks += byte == '\n';
    if (dialect.delimiter == '\t' && s->tab && s->line_break) s->torn = true;
    return byte == '"' ? QUOTE_SEEN : QUOTED;
}

/* The state after this byte, which is no line end, or one inside quotes. */
static inside step_byte(scan *s, ur_dialect dialect, unsigned char byte)
{
    if (s->state == QUOTED) return step_quoted(s, dialect, byte);
    if (byte == (unsigned char)dialect.delimiter) return FIELD_BEGIN;
    if (byte == '"' && s->state == FIELD_BEGIN) {
        s->tab = s->line_break = false;
        return QUOTED;
    }
    if (s->state == QUOTE_SEEN && byte == '"') return QUOTED;
    if (s->state == QUOTE_SEEN && byte != '\r') s->torn = true;
    return s->state == QUOTE_SEEN && byte == '\r' ? QUOTE_SEEN : PLAIN;
}

bool ur_row_is_torn(ur_field row, ur_dialect dialect)
{
    scan s = {.state = FIELD_BEGIN};
    for (size_t i = 0; i < row.length; i++) s.state = step_byte(&s, dialect, (unsigned char)row.text[i]);
    return dialect.quotes && (s.torn || s.state == QUOTED);
}

/* Searches from *at for the end of the row, and moves *at to it. False if the buffer does not contain it. */
static bool find_end(const ur_rows *rows, scan *s, size_t *at)
{
    const unsigned char *bytes = rows->buffer;
    if (!rows->dialect.quotes) {
        const unsigned char *found = memchr(bytes + *at, '\n', rows->end - *at);
        *at = found ? (size_t)(found - bytes) : rows->end;
        return found;
    }
    for (; *at < rows->end; ++*at) {
        if (bytes[*at] == '\n' && s->state != QUOTED) return true;
        s->state = step_byte(s, rows->dialect, bytes[*at]);
    }
    return false;
}

/* ---- Checking ---------------------------------------------------------------------------------------------------- */

/* The name that iconv uses for UTF-16 or UTF-32; NULL for any other text. */
static const char *find_encoding(const ur_rows *rows)
{
    unsigned char start[UR_LOOKS_PROBE];
    const ur_piece *piece = &rows->source->pieces[rows->file];
    size_t length = piece->size < sizeof start ? (size_t)piece->size : sizeof start;
    bool read = ur_source_read(rows->source, piece->begin, start, length, NULL) == UR_OK;
    return read && ur_looks_of(start, length) != UR_LOOKS_TEXT ? ur_looks_encoding(start, length) : NULL;
}

static ur_status fail_bytes(const ur_rows *rows, size_t at, ur_error *error)
{
    uint64_t line = rows->line;
    size_t begin = rows->begin; /* of the line */
    for (size_t i = rows->begin; i < at; i++) {
        if (rows->buffer[i] != '\n') continue;
        begin = i + 1;
        line++;
    }
    const char *encoding = find_encoding(rows);
    if (encoding)
        return ur_fail(error, UR_ERR_FORMAT, "%s: %.6s text; turn it into UTF-8 first (iconv -f %s -t UTF-8)",
                       ur_source_path(rows->source, rows->file), encoding, encoding);
    return ur_fail(error, UR_ERR_FORMAT, "%s: line %llu: byte %zu: %s", ur_source_path(rows->source, rows->file),
                   (unsigned long long)line, at - begin + 1,
                   rows->buffer[at] ? "invalid UTF-8; turn the file into UTF-8 first (iconv -t UTF-8)"
                                    : "a zero byte: the file is not a text");
}

static ur_status check_bytes(const ur_rows *rows, size_t end, ur_error *error)
{
    for (size_t at = rows->begin; at < end;) {
        uint32_t code;
        int length =
            rows->buffer[at] < 0x80 ? rows->buffer[at] != 0 : ur_utf8_decode(rows->buffer + at, end - at, &code);
        if (length <= 0) return fail_bytes(rows, at, error);
        at += (size_t)length;
    }
    return UR_OK;
}

/* ---- Rows -------------------------------------------------------------------------------------------------------- */

/* Finds the end of the next row. The row's bytes are in the buffer from rows->begin on. */
static ur_status read_row(ur_rows *rows, scan *s, size_t *end, ur_error *error)
{
    /* bytes of the row already searched; not an index, since `begin` moves when the buffer is filled */
    size_t done = 0;
    for (;;) {
        size_t at = rows->begin + done;
        bool found = find_end(rows, s, &at);
        done = at - rows->begin;
        *end = at;
        if (found || rows->left == 0) return UR_OK;
        UR_TRY(fill(rows, error));
    }
}

static void take_row(ur_rows *rows, const scan *s, size_t end, ur_row *row)
{
    uint64_t begin = rows->at - (rows->end - rows->begin);
    bool ended = end < rows->end; /* by a line end, and not by the end of the file */
    *row = (ur_row){(const char *)rows->buffer + rows->begin, end - rows->begin, begin, rows->line, s->torn};
    if (s->state == QUOTED) row->torn = true;
    if (row->length > 0 && row->text[row->length - 1] == '\r') row->length--;
    rows->line += s->breaks + ended;
    rows->begin = end + ended;
}

static ur_status drop_mark(ur_rows *rows, ur_error *error)
{
    const ur_piece *piece = &rows->source->pieces[rows->file];
    if (rows->at != piece->begin || rows->left == 0) return UR_OK;
    UR_TRY(fill(rows, error));
    rows->begin = ur_utf8_mark(rows->buffer, rows->end);
    return UR_OK;
}

ur_status ur_rows_next(ur_rows *rows, ur_row *row, ur_error *error)
{
    UR_TRY(drop_mark(rows, error));
    for (;;) {
        scan s = {.state = FIELD_BEGIN};
        size_t end;
        UR_TRY(read_row(rows, &s, &end, error));
        *row = (ur_row){0};
        if (rows->begin == rows->end) return UR_OK;
        UR_TRY(check_bytes(rows, end, error));
        take_row(rows, &s, end, row);
        if (row->length > 0 || rows->empty) return UR_OK;
    }
}

/* ---- Fields ------------------------------------------------------------------------------------------------------ */

/* The length of a field that begins with a quote, including the quote that closes it. */
static size_t quoted_length(ur_field rest)
{
    size_t at = 1;
    while (at < rest.length) {
        if (rest.text[at] != '"')
            at++;
        else if (at + 1 < rest.length && rest.text[at + 1] == '"')
            at += 2;
        else
            return at + 1;
    }
    return at;
}

static bool is_quoted(ur_dialect dialect, ur_field field)
{
    return dialect.quotes && field.length > 0 && field.text[0] == '"';
}

static size_t count_outside_quotes(ur_field row, char wanted)
{
    bool quoted = false;
    size_t count = 0;
    for (size_t i = 0; i < row.length; i++) {
        quoted = quoted != (row.text[i] == '"');
        count += !quoted && row.text[i] == wanted;
    }
    return count;
}

ur_dialect ur_field_dialect(ur_field row)
{
    static const char marks[] = ",;\t";
    size_t most = 0;
    ur_dialect dialect = {',', true};
    for (size_t k = 0; k < 3; k++) {
        size_t count = count_outside_quotes(row, marks[k]);
        if (count <= most) continue;
        most = count;
        dialect.delimiter = marks[k];
    }
    return dialect;
}

ur_status ur_rows_find_dialect(const ur_source *source, size_t file, ur_dialect *dialect, ur_error *error)
{
    ur_rows rows;
    ur_row row = {.text = NULL};
    *dialect = (ur_dialect){',', true};
    UR_TRY(ur_rows_open(&rows, source, file, *dialect, error));
    ur_status status = ur_rows_next(&rows, &row, error);
    if (status == UR_OK && row.text) *dialect = ur_field_dialect((ur_field){row.text, row.length});
    ur_rows_close(&rows);
    return status;
}

ur_field ur_field_cut(ur_dialect dialect, ur_field *rest, bool *more)
{
    ur_field cut = *rest;
    size_t from = is_quoted(dialect, cut) ? quoted_length(cut) : 0;
    const char *found = dialect.delimiter ? memchr(cut.text + from, dialect.delimiter, cut.length - from) : NULL;
    *more = found;
    if (!found) return cut;
    cut.length = (size_t)(found - cut.text);
    *rest = (ur_field){found + 1, rest->length - cut.length - 1};
    return cut;
}

ur_field ur_field_inside(ur_dialect dialect, ur_field field)
{
    if (!is_quoted(dialect, field)) return field;
    size_t length = quoted_length(field);
    bool closed = length > 1 && field.text[length - 1] == '"';
    return (ur_field){field.text + 1, length - 1 - closed};
}

size_t ur_field_plain(ur_dialect dialect, ur_field field, char *out)
{
    if (!is_quoted(dialect, field)) {
        memmove(out, field.text, field.length);
        return field.length;
    }
    size_t length = 0;
    for (size_t at = 1; at < field.length; at++) {
        bool last = at + 1 == field.length;
        if (field.text[at] == '\r' && !last && field.text[at + 1] == '\n') continue;
        if (field.text[at] == '"' && (last || field.text[at + 1] != '"')) break;
        at += field.text[at] == '"';
        out[length++] = field.text[at];
    }
    return length;
}

static bool is_space(char byte) { return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n'; }

ur_field ur_field_trim(ur_field field)
{
    for (; field.length > 0 && is_space(field.text[0]); field.length--) field.text++;
    while (field.length > 0 && is_space(field.text[field.length - 1])) field.length--;
    return field;
}

bool ur_is_blank(const char *text, size_t length) { return ur_field_trim((ur_field){text, length}).length == 0; }
