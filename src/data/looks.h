/* What the beginning of a file looks like. */
#ifndef UR_DATA_LOOKS_H
#define UR_DATA_LOOKS_H

#include "unroll.h"

#include <stdbool.h>

typedef enum ur_looks { UR_LOOKS_TEXT, UR_LOOKS_BINARY, UR_LOOKS_UTF16, UR_LOOKS_UTF32 } ur_looks;

enum { UR_LOOKS_PROBE = 4096 }; /* bytes that are looked at */

/* A mark at the beginning says UTF-16 or UTF-32, or, without one, the places of the zero bytes. Other zero bytes are no
 * text. */
ur_looks ur_looks_of(const unsigned char *start, size_t length);
/* What iconv calls it, such as "UTF-16LE" where no mark says the order; of a text in two or four bytes alone. */
const char *ur_looks_encoding(const unsigned char *start, size_t length);

#endif
