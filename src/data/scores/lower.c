/* See lower.h. */
#include "data/scores/lower.h"

#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

typedef struct letters {
    uint32_t first, last, step;
    int32_t add;
} letters;

static const letters TABLE[] = {
#include "data/scores/lower.inc"
};

enum { COUNT = sizeof TABLE / sizeof *TABLE, DOTTED_I = 0x130, SIGMA = 0x3A3, LAST_SIGMA = 0x3C2 };

/* The last row that begins at or before the code. */
static const letters *find_row(uint32_t code)
{
    size_t low = 0, high = COUNT;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (TABLE[middle].first <= code)
            low = middle;
        else
            high = middle;
    }
    return &TABLE[low];
}

uint32_t ur_lower_code(uint32_t code)
{
    const letters *row = find_row(code);
    bool there = code >= row->first && code <= row->last && (code - row->first) % row->step == 0;
    return there ? (uint32_t)((int32_t)code + row->add) : code;
}

/* Whether a character is a letter of a script with two cases. A sigma after such a letter, and not before
 * one, ends a word. */
static bool is_cased(uint32_t code)
{
    bool latin = (code | 0x20) >= 'a' && (code | 0x20) <= 'z' && code < 0x80;
    return latin || (code >= 0xC0 && code < 0x250 && code != 0xD7 && code != 0xF7) || (code >= 0x386 && code < 0x588) ||
           (code >= 0x1E00 && code < 0x1FFD) || ur_lower_code(code) != code;
}

/* Marks that are skipped when looking for a letter beside a sigma. */
static bool is_passed(uint32_t code)
{
    return code == '\'' || code == '.' || code == ':' || code == '^' || code == '`' || code == 0xA8 || code == 0xAD ||
           code == 0xB7 || code == 0x2019 || (code >= 0x300 && code < 0x370);
}

static bool letter_follows(const unsigned char *text, size_t length)
{
    uint32_t code = 0;
    for (size_t at = 0; at < length;) {
        int size = ur_utf8_decode(text + at, length - at, &code);
        if (size <= 0) return false;
        if (!is_passed(code)) return is_cased(code);
        at += (size_t)size;
    }
    return false;
}

static size_t write_code(uint32_t code, char *out)
{
    unsigned char bytes[UR_UTF8_MAX];
    int size = ur_utf8_encode(code, bytes);
    if (size > 0) memcpy(out, bytes, (size_t)size);
    return size > 0 ? (size_t)size : 0;
}

size_t ur_lower(const char *text, size_t length, char *lower)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t used = 0;
    bool letter = false; /* whether the last character that was not skipped was a letter */
    for (size_t at = 0, step; at < length; at += step) {
        uint32_t code;
        int size = ur_utf8_decode(bytes + at, length - at, &code);
        step = size > 0 ? (size_t)size : 1;
        if (size <= 0) {
            lower[used++] = text[at];
            continue;
        }
        bool last = code == SIGMA && letter && !letter_follows(bytes + at + step, length - at - step);
        used += write_code(code == DOTTED_I ? 'i' : last ? LAST_SIGMA : ur_lower_code(code), lower + used);
        if (code == DOTTED_I) used += write_code(0x307, lower + used);
        if (!is_passed(code)) letter = is_cased(code);
    }
    return used;
}
