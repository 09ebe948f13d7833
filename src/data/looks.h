/* What the beginning of a file looks like. */
#ifndef UR_DATA_LOOKS_H
#define UR_DATA_LOOKS_H

#include "unroll.h"

#include <stdbool.h>

typedef enum ur_looks { UR_LOOKS_TEXT, UR_LOOKS_BINARY, UR_LOOKS_UTF16, UR_LOOKS_UTF32 } ur_looks;

enum { UR_LOOKS_PROBE = 4096 }; /* bytes to look at */

/* UTF-16 and UTF-32 are recognised by a byte order mark or, without one, by where the zero bytes are. Files with other
 * zero bytes are binary. */
ur_looks ur_looks_of(const unsigned char *start, size_t length);
/* The name that iconv uses, with the byte order ("UTF-16LE") if no mark gives it. Only for UTF-16 and UTF-32. */
const char *ur_looks_encoding(const unsigned char *start, size_t length);

#endif
