/*
 * Text coloured by a number −1 … 1 a token: blue below 0, orange above, plain at 0 and where the value is not a number;
 * in grey the size is the lightness, and what is below 0 is underlined.
 */
#ifndef UR_CLI_SHADE_H
#define UR_CLI_SHADE_H

#include <stddef.h>
#include <stdio.h>

/* Line breaks and tabs stay. Colours are written where `file` is a terminal, as many as COLORTERM and TERM name (none with
 * NO_COLOR: then bold is above 0 and underlined below); elsewhere the text is plain. */
void ur_cli_shade_terminal(FILE *file, const char *text, size_t length, double value);
/* Back to what the terminal had before; after the last token. */
void ur_cli_shade_end_terminal(FILE *file);

/* Tokens stand between begin, which also explains the colours, and end. 16 or 17 bytes more than the text a token. */
void ur_cli_shade_begin_html(FILE *file);
void ur_cli_shade_html(FILE *file, const char *text, size_t length, double value);
void ur_cli_shade_end_html(FILE *file);

#endif
