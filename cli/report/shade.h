/*
 * Text coloured by a number −1 … 1 for each token: blue below 0, orange above, plain at 0 and if the value is not a
 * number. In grey, lightness shows the size, and text below 0 is underlined.
 */
#ifndef UR_CLI_SHADE_H
#define UR_CLI_SHADE_H

#include <stddef.h>
#include <stdio.h>

/* Line breaks and tabs are kept. If `file` is a terminal, it gets as many colours as COLORTERM and TERM name. With
 * NO_COLOR, or if they name none, bold text is above 0. Underlined text is always below 0. Elsewhere the text is
 * plain. */
void ur_cli_shade_terminal(FILE *file, const char *text, size_t length, double value);
/* Restores the terminal's normal colours; call it after the last token. */
void ur_cli_shade_end_terminal(FILE *file);

/* Tokens are written between begin, which also explains the colours, and end. Each token takes 15 to 17 bytes more than
 * its text. */
void ur_cli_shade_begin_html(FILE *file);
void ur_cli_shade_html(FILE *file, const char *text, size_t length, double value);
void ur_cli_shade_end_html(FILE *file);

#endif
