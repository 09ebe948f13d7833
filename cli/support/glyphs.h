/* How characters look: which of them act on the terminal instead of being seen, and how wide the others are. */
#ifndef UR_CLI_GLYPHS_H
#define UR_CLI_GLYPHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Control characters, characters that change the direction of writing, line separators and noncharacters. They are
 * never written unescaped to a terminal or a report. Tab and line break are among them. */
bool ur_cli_acts(uint32_t code);

/* Columns on a terminal: 0 for a combining character, 2 for Hangul, Han and emoji. */
size_t ur_cli_columns_of(uint32_t code);
/* Columns of a text as ur_cli_print_shown writes it. */
size_t ur_cli_shown_columns(const char *text, size_t length);
/* Writes the text like ur_cli_print_shown, in exactly `columns`: padded with spaces on the right, or cut and ended with
 * "…". */
void ur_cli_print_padded(FILE *file, const char *text, size_t columns);

/* The width of a text in a proportional sans-serif font, in units of the font size. An estimate, rather too large than
 * too small. */
double ur_cli_ems(const char *text, size_t length);

#endif
