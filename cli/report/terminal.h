/* What the terminal of a file can show, according to NO_COLOR, COLORTERM, TERM and COLORFGBG in the environment. */
#ifndef UR_CLI_TERMINAL_H
#define UR_CLI_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

typedef enum ur_cli_colours {
    UR_CLI_PLAIN, /* no terminal, or a dumb one: no escape sequences at all */
    UR_CLI_STYLES,
    UR_CLI_256,
    UR_CLI_24_BIT
} ur_cli_colours;

ur_cli_colours ur_cli_terminal_colours(FILE *file);
bool ur_cli_terminal_is_light(void);

/* Selects the colour of letters (`what` 38) or of their background (48). Does nothing without colours. r, g, b: 0 …
 * 255. */
void ur_cli_terminal_select(FILE *file, ur_cli_colours colours, int what, int r, int g, int b);

#endif
