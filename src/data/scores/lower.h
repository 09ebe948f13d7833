/* Texts in lower case, as Python's str.lower gives them: in every script, whatever the locale. */
#ifndef UR_DATA_LOWER_H
#define UR_DATA_LOWER_H

#include <stddef.h>
#include <stdint.h>

enum { UR_LOWER_GROWS = 2 }; /* the largest factor by which a text's bytes can grow */

/* The lower case of a letter. Returns `code` itself if it has no lower case, or one of two characters. */
uint32_t ur_lower_code(uint32_t code);

/* Writes the text in lower case to `lower`, which has space for UR_LOWER_GROWS times the bytes, and returns the length.
 * Bytes that are not UTF-8 stay. */
size_t ur_lower(const char *text, size_t length, char *lower);

#endif
