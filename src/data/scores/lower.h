/* Texts without capitals, as Python's str.lower makes them: in every script, whatever the locale. */
#ifndef UR_DATA_LOWER_H
#define UR_DATA_LOWER_H

#include <stddef.h>
#include <stdint.h>

enum { UR_LOWER_GROWS = 2 }; /* a text has at most so many times the bytes afterwards */

/* The lower case of a letter; itself where it has none, or one of two letters. */
uint32_t ur_lower_code(uint32_t code);

/* Into memory for UR_LOWER_GROWS times the bytes; returns how many. Bytes that are no UTF-8 stay. */
size_t ur_lower(const char *text, size_t length, char *lower);

#endif
