/*
 * Splits plain text into words. Blanks end a word. Punctuation at either end is cut off: a single character, or a run
 * of the same character ("..."). Punctuation inside a word stays: don't, 3.5, a-b, U.S., http://a.b/c.
 */
#include "task/tag/tag.h"

#include "base/utf8.h"

#include <string.h>

/* The same blanks as in ur_field_trim. */
static bool is_blank(char byte) { return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n'; }

static bool is_ascii_mark(uint32_t code)
{
    return code < 0x80 && code > ' ' && strchr("!\"'(),-./:;<=>?[]`{|}~*", (int)code) != NULL;
}

/* Dashes, quotes, bullets and ellipses; the full stops, commas and brackets of East Asia, and their wide forms. */
static bool is_mark(uint32_t code)
{
    if (code < 0x80) return is_ascii_mark(code);
    return code == 0xA1 || code == 0xAB || code == 0xB7 || code == 0xBB || code == 0xBF ||
           (code >= 0x2010 && code <= 0x205E) || (code >= 0x3001 && code <= 0x3003) ||
           (code >= 0x3008 && code <= 0x3011) || (code >= 0xFF01 && code <= 0xFF0F) ||
           (code >= 0xFF1A && code <= 0xFF1F);
}

/* Reads the character at `at`, and returns its bytes. The text was checked before. */
static size_t read_character(const char *text, size_t length, size_t at, uint32_t *code)
{
    int size = ur_utf8_decode((const unsigned char *)text + at, length - at, code);
    if (size <= 0) *code = 0;
    return size > 0 ? (size_t)size : 1;
}

/* The length of a run of one mark at the beginning; 0 if there is none. */
static size_t leading_marks(const char *text, size_t length)
{
    uint32_t first, code;
    size_t at = read_character(text, length, 0, &first);
    if (!is_mark(first)) return 0;
    for (size_t size; at < length; at += size) {
        size = read_character(text, length, at, &code);
        if (code != first) break;
    }
    return at;
}

static size_t last_character(const char *text, size_t length, uint32_t *code)
{
    size_t at = length - 1;
    while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80) at--;
    read_character(text, length, at, code);
    return at;
}

static bool is_letter(char byte) { return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'; }

/* Abbreviations of one or two letters before each full stop keep the last stop: U.S., e.g., Ph.D. */
static bool is_abbreviation(const char *text, size_t length)
{
    size_t letters = 0, stops = 0;
    for (size_t i = 0; i < length; i++) {
        bool stop = text[i] == '.';
        if (stop ? letters == 0 : !is_letter(text[i]) || letters == 2) return false;
        letters = stop ? 0 : letters + 1;
        stops += stop;
    }
    return stops > 1 && letters == 0;
}

size_t ur_tag_cut(const char *text, size_t length)
{
    size_t end = 0;
    while (end < length && !is_blank(text[end])) end++;
    size_t marks = leading_marks(text, end);
    bool number = marks == 1 && end > 1 && (text[0] == '-' || text[0] == '.') && text[1] >= '0' && text[1] <= '9';
    if (marks && !number) return marks;
    for (uint32_t code;;) {
        size_t at = last_character(text, end, &code);
        if (!is_mark(code) || at == 0 || is_abbreviation(text, end)) return end;
        end = at;
    }
}
