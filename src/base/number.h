/* Numbers as text, with "." as decimal point whatever the host's locale. */
#ifndef UR_BASE_NUMBER_H
#define UR_BASE_NUMBER_H

#include "unroll.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UR_NUMBER_MAX = 32 };

/* Reads all of `text` as one finite decimal number, or as digits alone. False for anything else. */
bool ur_read_number(const char *text, double *value);
bool ur_read_whole(const char *text, uint64_t *value);

/* strtod, and snprintf of one number. `format` must be a literal such as "%.2f". */
double ur_parse_number(const char *text, char **end);
void ur_format_number(char *text, size_t size, const char *format, double value) UR_PRINTF(3, 0);

/* The shortest text with at least 6 significant digits of precision that reads back as the same number. */
void ur_write_number(double value, char text[UR_NUMBER_MAX]);

#endif
