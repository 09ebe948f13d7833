/* Colours of terminals, see terminal.h. */
#include "cli/report/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *said(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

ur_cli_colours ur_cli_terminal_colours(FILE *file)
{
    int descriptor = fileno(file);
    if (descriptor < 0 || !isatty(descriptor)) return UR_CLI_PLAIN;
    const char *kind = said("TERM"), *deep = said("COLORTERM");
    if (!*kind || strcmp(kind, "dumb") == 0) return UR_CLI_PLAIN;
    if (*said("NO_COLOR")) return UR_CLI_STYLES;
    if (strcmp(deep, "truecolor") == 0 || strcmp(deep, "24bit") == 0) return UR_CLI_24_BIT;
    return strstr(kind, "256") ? UR_CLI_256 : UR_CLI_STYLES;
}

/* COLORFGBG, if the terminal sets it, ends in the number of the background: 7 and 15 are white. */
bool ur_cli_terminal_is_light(void)
{
    const char *background = strrchr(said("COLORFGBG"), ';');
    return background && (strcmp(background, ";7") == 0 || strcmp(background, ";15") == 0);
}

/* The cube of 6 × 6 × 6 colours has the levels 0, 95, 135, … 255. */
static int cube_level(int value) { return value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40; }

void ur_cli_terminal_select(FILE *file, ur_cli_colours colours, int what, int r, int g, int b)
{
    if (colours == UR_CLI_24_BIT)
        fprintf(file, "\033[%d;2;%d;%d;%dm", what, r, g, b);
    else if (colours == UR_CLI_256)
        fprintf(file, "\033[%d;5;%dm", what, 16 + 36 * cube_level(r) + 6 * cube_level(g) + cube_level(b));
}
