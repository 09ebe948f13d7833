/* How a text should be read, written in the plainest way, over a whole file in memory. */
#ifndef UR_TESTS_REFERENCE_TEXT_H
#define UR_TESTS_REFERENCE_TEXT_H

#include "base/utf8.h"
#include "data/vocabulary.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Writes the text of one file to `out` (3·size bytes) and returns its length. *valid: the file has no invalid UTF-8. */
static inline size_t reference_file(ur_token_kind kind, const unsigned char *bytes, size_t size, unsigned char *out,
                                    bool *valid)
{
    size_t in = 0, length = 0;
    *valid = true;
    if (kind == UR_TOKEN_BYTE) {
        for (; in < size; in++) out[in] = bytes[in];
        return size;
    }
    if (size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) in = 3;
    while (in < size) {
        uint32_t code;
        int got = ur_utf8_decode(bytes + in, size - in, &code);
        if (got > 0) {
            bool dropped = bytes[in] == '\r' && in + 1 < size && bytes[in + 1] == '\n';
            for (int i = 0; i < got && !dropped; i++) out[length++] = bytes[in + (size_t)i];
            in += (size_t)got;
        } else {
            *valid = false;
            memcpy(out + length, "\xEF\xBF\xBD", 3);
            length += 3;
            in += got < 0 ? code : size - in;
        }
    }
    return length;
}

/* Whether a line break is read between a file and the next one. Neither file is empty. */
static inline bool reference_break(ur_token_kind kind, const unsigned char *bytes, size_t size, size_t next)
{
    return kind != UR_TOKEN_BYTE && size > 0 && next > 0 && bytes[size - 1] != '\n';
}

/* Finds the ends of the tokens of a file's text. Returns the number of tokens. */
static inline size_t reference_tokens(ur_token_kind kind, const unsigned char *text, size_t length, size_t *ends)
{
    size_t count = 0;
    for (size_t at = 0; at < length;) {
        int size = ur_token_cut(kind, text + at, length - at, true);
        if (size <= 0) return (size_t)-1;
        at += (size_t)size;
        ends[count++] = at;
    }
    return count;
}

/* Writes a text of troublesome bytes, chosen by a linear congruential generator. Returns its length. */
static inline size_t reference_trouble(uint32_t seed, bool valid, unsigned char *out, size_t capacity)
{
    static const char *const pieces[] = {"a", "Zebra", " ", "  ", "'", "can't", "\r\n", "\r", "\n", "\t", ".", "_9",
                                         "\xC3\xA9", "\xED\x95\x9C", "\xF0\x9F\x98\x80", "\xEF\xBB\xBF", "\x7F", "\x01",
                                         "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789", "-",
                                         /* invalid from here on */
                                         "\xFF", "\x80", "\xE2\x82", "\xF0\x9F\x98", "\xC0\xAF", "\xED\xA0\x80"};
    const uint32_t count = valid ? 20 : 26;
    size_t length = 0;
    for (;;) {
        seed = seed * 1664525u + 1013904223u;
        const char *piece = pieces[(seed >> 16) % count];
        if (length + strlen(piece) > capacity) return length;
        memcpy(out + length, piece, strlen(piece));
        length += strlen(piece);
    }
}

#endif
