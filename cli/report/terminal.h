/* What the terminal behind a file can show, by the environment's NO_COLOR, COLORTERM, TERM and COLORFGBG. */
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

/* Selects the colour for letters (`what` 38) or behind them (48); nothing where there are no colours. r, g, b: 0 … 255. */
void ur_cli_terminal_select(FILE *file, ur_cli_colours colours, int what, int r, int g, int b);

#endif
