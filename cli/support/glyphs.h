/* How characters look: which of them act instead of being seen, and how wide the others are. */
#ifndef UR_CLI_GLYPHS_H
#define UR_CLI_GLYPHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Control characters, those that turn the direction of writing, line separators, and what is no character: never
 * written as they are to a terminal or a report. Tab and line break are among them. */
bool ur_cli_acts(uint32_t code);

/* Columns on a terminal: 0 for what stands on the character before, 2 for Hangul, Han and emoji. */
size_t ur_cli_columns_of(uint32_t code);
/* Of a text as ur_cli_print_shown writes it. */
size_t ur_cli_shown_columns(const char *text, size_t length);
/* Writes it that way in exactly `columns`: filled with spaces behind, or cut and ended with "…". */
void ur_cli_print_padded(FILE *file, const char *text, size_t columns);

/* The width of a text in a proportional font without serifs, as a share of the font's size; rather too much. */
double ur_cli_ems(const char *text, size_t length);

#endif
