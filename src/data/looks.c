/* See looks.h. */
#include "data/looks.h"

#include <string.h>

typedef struct mark {
    const char *bytes;
    size_t length;
    ur_looks looks;
} mark;

/* The longer marks come first, since a mark of UTF-32 begins with one of UTF-16. No mark is valid UTF-8. */
static const mark MARKS[] = {
    {"\xFF\xFE\0\0", 4, UR_LOOKS_UTF32},
    {"\0\0\xFE\xFF", 4, UR_LOOKS_UTF32},
    {"\xFF\xFE", 2, UR_LOOKS_UTF16},
    {"\xFE\xFF", 2, UR_LOOKS_UTF16},
};

static const mark *find_mark(const unsigned char *start, size_t length)
{
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++)
        if (length >= MARKS[i].length && memcmp(start, MARKS[i].bytes, MARKS[i].length) == 0) return &MARKS[i];
    return NULL;
}

/* How many characters of `size` bytes have a zero as byte `place`. */
static size_t zeros_at(const unsigned char *start, size_t length, size_t size, size_t place)
{
    size_t zeros = 0;
    for (size_t i = place; i < length; i += size) zeros += start[i] == 0;
    return zeros;
}

enum { LEAST = 4 }; /* fewer zero bytes may occur in any file */

/* Without a mark: text contains spaces and line ends, in which all bytes but one are zero. No character
 * consists of zeros alone. */
static const char *guess(const unsigned char *start, size_t length)
{
    size_t twos = length / 2, fours = length / 4;
    size_t even = zeros_at(start, length, 2, 0), odd = zeros_at(start, length, 2, 1);
    if (length < 4) return NULL;
    if (fours >= LEAST && zeros_at(start, fours * 4, 4, 3) == fours && zeros_at(start, fours * 4, 4, 2) * 2 > fours &&
        !zeros_at(start, fours * 4, 4, 0))
        return "UTF-32LE";
    if (fours >= LEAST && zeros_at(start, fours * 4, 4, 0) == fours && zeros_at(start, fours * 4, 4, 1) * 2 > fours &&
        !zeros_at(start, fours * 4, 4, 3))
        return "UTF-32BE";
    if (!even && odd >= LEAST && odd * 16 > twos) return "UTF-16LE";
    if (!odd && even >= LEAST && even * 16 > twos) return "UTF-16BE";
    return NULL;
}

ur_looks ur_looks_of(const unsigned char *start, size_t length)
{
    const mark *found = find_mark(start, length);
    if (found) return found->looks;
    if (!memchr(start, 0, length)) return UR_LOOKS_TEXT;
    const char *encoding = guess(start, length);
    if (!encoding) return UR_LOOKS_BINARY;
    return strncmp(encoding, "UTF-16", 6) == 0 ? UR_LOOKS_UTF16 : UR_LOOKS_UTF32;
}

const char *ur_looks_encoding(const unsigned char *start, size_t length)
{
    const mark *found = find_mark(start, length);
    if (found) return found->looks == UR_LOOKS_UTF16 ? "UTF-16" : "UTF-32";
    return guess(start, length);
}
