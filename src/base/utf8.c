/* UTF-8, table 3-7 of the Unicode standard: which bytes may follow which. */
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* What a first byte says: the length of its character and the range of the second byte. Further bytes are 80–BF. */
typedef struct lead {
    int length; /* 0 if the byte never begins a character */
    unsigned char second_min, second_max;
} lead;

static lead lead_of(unsigned char byte)
{
    if (byte < 0x80) return (lead){1, 0, 0};
    if (byte < 0xC2) return (lead){0, 0, 0}; /* continuation bytes; C0 and C1 would be overlong */
    if (byte < 0xE0) return (lead){2, 0x80, 0xBF};
    if (byte == 0xE0) return (lead){3, 0xA0, 0xBF}; /* smaller ones are overlong */
    if (byte == 0xED) return (lead){3, 0x80, 0x9F}; /* larger ones are surrogates */
    if (byte < 0xF0) return (lead){3, 0x80, 0xBF};
    if (byte == 0xF0) return (lead){4, 0x90, 0xBF}; /* smaller ones are overlong */
    if (byte < 0xF4) return (lead){4, 0x80, 0xBF};
    if (byte == 0xF4) return (lead){4, 0x80, 0x8F}; /* larger ones are above U+10FFFF */
    return (lead){0, 0, 0};
}

static bool may_follow(lead first, int place, unsigned char byte)
{
    if (place == 1) return byte >= first.second_min && byte <= first.second_max;
    return (byte & 0xC0) == 0x80;
}

static int invalid(int skip, uint32_t *code)
{
    *code = (uint32_t)skip;
    return -1;
}

int ur_utf8_decode(const unsigned char *text, size_t length, uint32_t *code)
{
    static const unsigned char lead_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    *code = 0;
    if (length == 0) return 0;
    lead first = lead_of(text[0]);
    if (first.length == 0) return invalid(1, code);
    uint32_t value = text[0] & lead_bits[first.length];
    for (int i = 1; i < first.length; i++) {
        if ((size_t)i == length) return 0;
        if (!may_follow(first, i, text[i])) return invalid(i, code);
        value = value << 6 | (text[i] & 0x3Fu);
    }
    *code = value;
    return first.length;
}

static int encoded_length(uint32_t code)
{
    if (code < 0x80) return 1;
    if (code < 0x800) return 2;
    if (code >= 0xD800 && code < 0xE000) return 0; /* surrogates */
    if (code < 0x10000) return 3;
    return code <= 0x10FFFF ? 4 : 0;
}

int ur_utf8_encode(uint32_t code, unsigned char out[UR_UTF8_MAX])
{
    static const unsigned char lead_mark[] = {0, 0, 0xC0, 0xE0, 0xF0};
    int length = encoded_length(code);
    if (length == 0) return 0;
    for (int i = length - 1; i > 0; i--) {
        out[i] = (unsigned char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    out[0] = (unsigned char)(lead_mark[length] | code);
    return length;
}

size_t ur_utf8_mark(const void *text, size_t length)
{
    return length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

bool ur_utf8_valid(const char *text, size_t length)
{
    int size = 1;
    uint32_t code;
    for (size_t at = 0; at < length && size > 0; at += (size_t)size)
        size = ur_utf8_decode((const unsigned char *)text + at, length - at, &code);
    return size > 0;
}

char *ur_utf8_clean(const char *text, size_t length, size_t *clean)
{
    static const char unknown[] = "\xEF\xBF\xBD";
    enum { UNKNOWN = sizeof unknown - 1 };
    char *copy = length < SIZE_MAX / UNKNOWN ? malloc(UNKNOWN * length + 1) : NULL;
    *clean = 0;
    for (size_t at = 0; copy && at < length;) {
        uint32_t code;
        int bytes = ur_utf8_decode((const unsigned char *)text + at, length - at, &code);
        bool right = bytes > 0 && code != 0;
        size_t size = right ? (size_t)bytes : UNKNOWN;
        memcpy(copy + *clean, right ? text + at : unknown, size);
        *clean += size;
        at += right ? size : 1;
    }
    if (copy) copy[*clean] = 0;
    return copy;
}
