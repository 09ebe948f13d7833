/* UTF-8 as the Unicode standard defines it (table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef UR_BASE_UTF8_H
#define UR_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UR_UTF8_MAX = 4 };

/* Decodes the character at `text`: returns its length in bytes (1–4) and its code point. 0: the bytes are cut off
 * but could go on (needs more input; at the end of a text, all of them together are one maximal subpart); −1: invalid,
 * and `*code` is then the number of bytes to skip (the maximal subpart, at least 1) before going on with U+FFFD in its
 * place. */
int ur_utf8_decode(const unsigned char *text, size_t length, uint32_t *code);

/* Writes a code point: returns 1–4, or 0 for one that does not exist. */
int ur_utf8_encode(uint32_t code, unsigned char out[UR_UTF8_MAX]);

/* All of it is characters. */
bool ur_utf8_valid(const char *text, size_t length);

/* A copy in which every byte that belongs to no character, and every zero byte, is U+FFFD: *clean bytes and a zero
 * behind them; free() it. NULL without memory. */
char *ur_utf8_clean(const char *text, size_t length, size_t *clean);

#endif
