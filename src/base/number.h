/* Numbers as text, with "." whatever the host's locale. */
#ifndef UR_BASE_NUMBER_H
#define UR_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UR_NUMBER_MAX = 32 };

/* The whole of `text` as one finite decimal number, or as digits alone; false for anything else. */
bool ur_read_number(const char *text, double *value);
bool ur_read_whole(const char *text, uint64_t *value);

/* The shortest text, of 6 digits or more, that reads as the same number. */
void ur_write_number(double value, char text[UR_NUMBER_MAX]);

#endif
