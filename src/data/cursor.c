/* Moving through a text token by token, see cursor.h. */
#include "data/cursor.h"

#include "base/error.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const unsigned char replacement[3] = {0xEF, 0xBF, 0xBD}; /* U+FFFD */

ur_status ur_cursor_open(ur_cursor *cursor, const ur_file_list *list, ur_token_kind kind, bool replace, size_t capacity,
                         ur_error *error)
{
    *cursor = (ur_cursor){.list = list, .kind = kind, .replace = replace, .capacity = capacity};
    cursor->buffer = malloc(capacity);
    return cursor->buffer ? UR_OK : ur_fail_memory(error, "reading the text");
}

void ur_cursor_close(ur_cursor *cursor)
{
    free(cursor->buffer);
    cursor->buffer = NULL;
}

void ur_cursor_place(ur_cursor *cursor, size_t file, uint64_t offset)
{
    /* after the line break that was read after the file */
    bool behind = file < cursor->list->count && offset > cursor->list->files[file].size;
    cursor->file = file + behind;
    cursor->offset = cursor->mark = behind ? 0 : offset;
    cursor->begin = cursor->end = 0;
    cursor->last = cursor->between = false;
}

uint64_t ur_hash_bytes(uint64_t hash, const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) hash = (hash ^ bytes[i]) * 0x100000001B3u;
    return hash;
}

/* The length of a file is hashed after its bytes, lowest byte first, so that the same bytes divided
 * otherwise into files differ. */
static void hash_length(uint64_t *hash, uint64_t size)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++) bytes[i] = (unsigned char)(size >> 8 * i);
    *hash = ur_hash_bytes(*hash, bytes, sizeof bytes);
}

static void next_file(ur_cursor *cursor)
{
    if (cursor->hash) hash_length(cursor->hash, cursor->list->files[cursor->file].size);
    ur_cursor_place(cursor, cursor->file + 1, 0);
}

/* Moves the rest of the buffer to its front and reads on after it. */
static ur_status fill(ur_cursor *cursor, ur_error *error)
{
    const ur_text_file *file = &cursor->list->files[cursor->file];
    bool first = cursor->offset == 0 && cursor->end == 0;
    size_t kept = cursor->end - cursor->begin;
    memmove(cursor->buffer, cursor->buffer + cursor->begin, kept);
    cursor->offset += cursor->begin;
    cursor->begin = 0;
    cursor->end = kept;
    uint64_t at = cursor->offset + kept, rest = file->size - at;
    size_t size = rest < cursor->capacity - kept ? (size_t)rest : cursor->capacity - kept;
    UR_TRY(ur_text_file_read(file, at, cursor->buffer + kept, size, error));
    if (cursor->hash) *cursor->hash = ur_hash_bytes(*cursor->hash, cursor->buffer + kept, size);
    cursor->end += size;
    cursor->last = size == rest;
    if (first && cursor->kind != UR_TOKEN_BYTE) cursor->begin = ur_utf8_mark(cursor->buffer, cursor->end);
    return UR_OK;
}

/* Whether all later files are empty. */
static bool is_last(const ur_cursor *cursor)
{
    size_t file = cursor->file + 1;
    while (file < cursor->list->count && !cursor->list->files[file].size) file++;
    return file == cursor->list->count;
}

/* Whether a line break is to be read between this file, which has ended, and the next one. */
static ur_status ends_open(const ur_cursor *cursor, bool *open, ur_error *error)
{
    const ur_text_file *file = &cursor->list->files[cursor->file];
    unsigned char last = '\n';
    *open = false;
    if (cursor->kind == UR_TOKEN_BYTE || !file->size || is_last(cursor)) return UR_OK;
    if (cursor->end > 0)
        last = cursor->buffer[cursor->end - 1];
    else
        UR_TRY(ur_text_file_read(file, file->size - 1, &last, 1, error));
    *open = last != '\n';
    return UR_OK;
}

/* Called at the end of a file, when the buffer is empty. */
static ur_status leave_file(ur_cursor *cursor, ur_error *error)
{
    bool open = false;
    if (!cursor->between) UR_TRY(ends_open(cursor, &open, error));
    if (!open) {
        next_file(cursor);
        return UR_OK;
    }
    cursor->offset = cursor->list->files[cursor->file].size;
    cursor->buffer[0] = '\n';
    cursor->begin = 0;
    cursor->end = 1;
    cursor->between = true;
    return UR_OK;
}

ur_status ur_cursor_ready(ur_cursor *cursor, ur_error *error)
{
    while (cursor->file < cursor->list->count) {
        if (!cursor->last && cursor->end - cursor->begin < UR_CURSOR_AHEAD) UR_TRY(fill(cursor, error));
        if (cursor->begin < cursor->end) break;
        UR_TRY(leave_file(cursor, error));
    }
    return UR_OK;
}

/* The length of the invalid sequence (maximal subpart) at `text`, or 0 if there is a character, whose
 * length is *valid. */
static size_t invalid_at(const unsigned char *text, size_t length, size_t *valid)
{
    uint32_t code;
    int size = ur_utf8_decode(text, length, &code);
    *valid = size > 0 ? (size_t)size : 0;
    return size > 0 ? 0 : size < 0 ? code : length;
}

static ur_status fail_invalid(const ur_cursor *cursor, ur_error *error)
{
    size_t at = cursor->begin, valid;
    while (at < cursor->end && !invalid_at(cursor->buffer + at, cursor->end - at, &valid)) at += valid;
    return ur_fail(error, UR_ERR_FORMAT,
                   "%s: invalid UTF-8 at byte %llu (0x%02X); use `invalid` replace to read such bytes as U+FFFD, "
                   "or `token` byte",
                   cursor->list->files[cursor->file].path, (unsigned long long)(cursor->offset + at),
                   at < cursor->end ? cursor->buffer[at] : 0);
}

/*
 * Cuts a token that contains invalid bytes. Characters are copied, and invalid sequences replaced, until the copy is
 * long enough to cut. An invalid sequence is never longer than U+FFFD, so the bytes in the buffer always suffice.
 */
static void cut_replaced(ur_cursor *cursor, const unsigned char **text, size_t *length)
{
    const unsigned char *raw = cursor->buffer + cursor->begin;
    size_t left = cursor->end - cursor->begin, in = 0, out = 0, valid;
    size_t enough = cursor->kind == UR_TOKEN_CHAR ? 1 : sizeof cursor->clean - UR_UTF8_MAX + 1;
    unsigned char from[UR_CURSOR_AHEAD]; /* from[i]: end in `raw` of the character whose copy ends at i */
    while (in < left && out < enough) {
        size_t invalid = invalid_at(raw + in, left - in, &valid);
        size_t size = invalid ? sizeof replacement : valid;
        memcpy(cursor->clean + out, invalid ? replacement : raw + in, size);
        in += invalid ? invalid : valid;
        out += size;
        from[out - 1] = (unsigned char)in;
    }
    int size = ur_token_cut(cursor->kind, cursor->clean, out, in == left);
    *text = cursor->clean;
    *length = (size_t)size;
    cursor->begin += from[size - 1];
}

ur_status ur_cursor_next(ur_cursor *cursor, const unsigned char **text, size_t *length, ur_error *error)
{
    *text = NULL;
    *length = 0;
    UR_TRY(ur_cursor_ready(cursor, error));
    if (cursor->file == cursor->list->count) return UR_OK;
    const unsigned char *at = cursor->buffer + cursor->begin;
    size_t left = cursor->end - cursor->begin;
    if (*at == '\r' && left > 1 && at[1] == '\n' && cursor->kind != UR_TOKEN_BYTE) {
        at++;
        left--;
        cursor->begin++;
    }
    cursor->mark = cursor->offset + cursor->begin;
    int size = ur_token_cut(cursor->kind, at, left, cursor->last);
    if (size > 0) {
        *text = at;
        *length = (size_t)size;
        cursor->begin += (size_t)size;
    } else if (cursor->replace) {
        cut_replaced(cursor, text, length);
    } else {
        return fail_invalid(cursor, error);
    }
    return UR_OK;
}

/* Whether eight bytes are all ASCII and no CR. The test for a zero byte (here: a CR) may give a false alarm above a
 * true zero, but never misses one. */
static bool plain_word(const unsigned char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    uint64_t cr = word ^ 0x0D0D0D0D0D0D0D0Du;
    uint64_t found = (cr - 0x0101010101010101u) & ~cr;
    return ((word | found) & 0x8080808080808080u) == 0;
}

size_t ur_cursor_plain(const ur_cursor *cursor, uint64_t limit)
{
    const unsigned char *bytes = cursor->buffer + cursor->begin;
    size_t size = cursor->end - cursor->begin, at = 0;
    if (size > limit) size = (size_t)limit;
    if (cursor->kind == UR_TOKEN_BYTE) return size;
    if (cursor->kind == UR_TOKEN_WORD) return 0;
    while (size - at >= 8 && plain_word(bytes + at)) at += 8;
    while (at < size && bytes[at] < 0x80 && bytes[at] != '\r') at++;
    return at;
}

static uint64_t count_starts(const unsigned char *text, size_t length)
{
    uint64_t starts = 0;
    for (size_t i = 0; i < length; i++) starts += (text[i] & 0xC0) != 0x80;
    return starts;
}

static void count_in(ur_tally *tally, uint64_t tokens, const unsigned char *text, size_t length)
{
    tally->tokens += tokens;
    tally->bytes += length;
    tally->chars += count_starts(text, length);
}

ur_status ur_cursor_skip(ur_cursor *cursor, uint64_t tokens, ur_tally *tally, ur_error *error)
{
    const uint64_t goal = tally->tokens + tokens;
    while (tally->tokens < goal) {
        size_t plain = ur_cursor_plain(cursor, goal - tally->tokens), length;
        if (plain > 0) {
            count_in(tally, plain, cursor->buffer + cursor->begin, plain);
            cursor->begin += plain;
            continue;
        }
        const unsigned char *text;
        UR_TRY(ur_cursor_next(cursor, &text, &length, error));
        if (!text) break;
        count_in(tally, 1, text, length);
    }
    return UR_OK;
}

ur_status ur_cursor_fail_in(const ur_cursor *cursor, ur_error *error, ur_status status)
{
    char place[64];
    if (!error || cursor->file >= cursor->list->count) return status;
    snprintf(place, sizeof place, "byte %llu", (unsigned long long)cursor->mark);
    ur_fail_in(error, status, place);
    return ur_fail_in(error, status, cursor->list->files[cursor->file].path);
}
