/*
 * Where one token of a text ends and the next begins. A cut depends on the text alone, not on the locale and not on how
 * much of the text is available: if that is too little the answer is 0, never another cut. Every token, cut from a text
 * and taken by itself, is again one token.
 */
#include "base/error.h"
#include "base/utf8.h"
#include "data/vocabulary.h"

#include <string.h>

static const char *const token_names[] = {[UR_TOKEN_CHAR] = "char",
                                          [UR_TOKEN_BYTE] = "byte",
                                          [UR_TOKEN_WORD] = "word",
                                          [UR_TOKEN_WHOLE] = "whole",
                                          [UR_TOKEN_PIECE] = "piece"};
enum { TOKEN_KINDS = sizeof token_names / sizeof *token_names };

const char *ur_token_kind_name(ur_token_kind kind) { return token_names[kind]; }

ur_status ur_token_kind_find(const char *name, ur_token_kind *kind, ur_error *error)
{
    for (int i = 0; i < TOKEN_KINDS; i++) {
        if (strcmp(name, token_names[i]) != 0) continue;
        *kind = (ur_token_kind)i;
        return UR_OK;
    }
    return ur_fail(error, UR_ERR_USAGE, "unknown kind of token \"%s\"; the kinds are char, byte, word, whole and piece",
                   name);
}

static bool is_word(unsigned char byte)
{
    unsigned char lower = byte | 0x20;
    return byte >= 0x80 || (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
}

/* Control characters are not visible: like white space, each is a token of its own. */
static bool is_visible(unsigned char byte) { return byte > ' ' && byte < 0x7F; }

/* Returns 1–4, 0 if the character is incomplete, or −1 if it is invalid or cut off by the end of the text. */
static int char_length(const unsigned char *text, size_t length, bool last)
{
    if (length == 0) return 0;
    if (text[0] < 0x80) return 1;
    uint32_t code;
    int size = ur_utf8_decode(text, length, &code);
    return size == 0 && last ? -1 : size;
}

/* The end of the word whose first character is at `start` (0, or 1 after a space). An apostrophe belongs to the word
 * only together with the word character after it, even where a long word is cut. */
static int cut_run(const unsigned char *text, size_t length, bool last, size_t start)
{
    size_t at = start;
    while (at < UR_TOKEN_MAX_BYTES) {
        size_t next = at; /* where a word character must be for the word to go on */
        if (at > start && at < length && text[at] == '\'') next++;
        if (next >= length) return last ? (int)at : 0;
        if (!is_word(text[next])) return (int)at;
        int size = char_length(text + next, length - next, last);
        if (size <= 0) return size;
        if (next + (size_t)size > UR_TOKEN_MAX_BYTES) break;
        at = next + (size_t)size;
    }
    return (int)at;
}

static int cut_word(const unsigned char *text, size_t length, bool last)
{
    size_t start = text[0] == ' ';
    if (start == length) return last ? 1 : 0;
    if (is_word(text[start])) return cut_run(text, length, last, start);
    return is_visible(text[start]) ? (int)start + 1 : 1;
}

static int cut_whole(const unsigned char *text, size_t length, bool last)
{
    size_t at = 0;
    while (at < length && at < UR_TOKEN_MAX_BYTES) {
        int size = char_length(text + at, length - at, last);
        if (size <= 0) return size;
        if (at + (size_t)size > UR_TOKEN_MAX_BYTES) return (int)at;
        at += (size_t)size;
    }
    return last || at == UR_TOKEN_MAX_BYTES ? (int)at : 0;
}

static int cut_piece(size_t length, bool last)
{
    if (length >= UR_TOKEN_MAX_BYTES) return UR_TOKEN_MAX_BYTES;
    return last ? (int)length : 0;
}

int ur_token_cut(ur_token_kind kind, const unsigned char *text, size_t length, bool last)
{
    if (length == 0) return 0;
    if (kind == UR_TOKEN_CHAR) return char_length(text, length, last);
    if (kind == UR_TOKEN_WHOLE) return cut_whole(text, length, last);
    if (kind == UR_TOKEN_PIECE) return cut_piece(length, last);
    return kind == UR_TOKEN_BYTE ? 1 : cut_word(text, length, last);
}
