/* UTF-8 as the Unicode standard defines it (table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef UR_BASE_UTF8_H
#define UR_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UR_UTF8_MAX = 4 };

/* Decodes the character at `text`: returns its length in bytes (1–4) and its code point. Returns 0 if the bytes are the
 * beginning of a character and more input is needed; at the end of a text, they form one maximal subpart. Returns −1 if
 * the bytes are invalid. `*code` is then the number of bytes (the maximal subpart, at least 1) that U+FFFD replaces. */
int ur_utf8_decode(const unsigned char *text, size_t length, uint32_t *code);

/* Writes a code point. Returns its length in bytes (1–4), or 0 if the code point does not exist. */
int ur_utf8_encode(uint32_t code, unsigned char out[UR_UTF8_MAX]);

/* Bytes of the byte order mark with which the text begins: 3, or 0 if it has none. */
size_t ur_utf8_mark(const void *text, size_t length);

/* True if all bytes form whole characters. */
bool ur_utf8_valid(const char *text, size_t length);

/* A copy in which U+FFFD replaces every zero byte and every byte that belongs to no character. It has *clean bytes and
 * a zero after them; free() it. NULL if there is no memory. */
char *ur_utf8_clean(const char *text, size_t length, size_t *clean);

#endif
