/* Coloured text on a terminal, see shade.h. */
#include "cli/report/shade.h"

#include "cli/report/terminal.h"
#include "cli/support/text_out.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST_BLUE, DEEPEST_ORANGE };

/* The background at ±1. Smaller values are mixed with black or white. */
static const int DEEPEST[2][2][3] = {
    {{40, 110, 210}, {205, 95, 15}},   /* on a dark terminal, under white letters */
    {{110, 175, 240}, {250, 160, 85}}, /* on a light terminal, under black letters */
};

static void select_colours(FILE *file, ur_cli_colours colours, double value)
{
    bool light = ur_cli_terminal_is_light();
    const int *deepest = DEEPEST[light][value < 0 ? DEEPEST_BLUE : DEEPEST_ORANGE];
    int begin = light ? 255 : 0, at[3], letters = light ? 0 : 255;
    double share = 0.15 + 0.85 * fabs(value);
    for (int i = 0; i < 3; i++) at[i] = begin + (int)lround(share * (deepest[i] - begin));
    ur_cli_terminal_select(file, colours, 38, letters, letters, letters);
    ur_cli_terminal_select(file, colours, 48, at[0], at[1], at[2]);
}

/* Begins a token. A value too small to be seen leaves the text plain. */
static void begin_token(FILE *file, ur_cli_colours colours, double value)
{
    fputs("\033[0m", file);
    if (!(fabs(value) >= 0.05)) return;
    if (value < 0) fputs("\033[4m", file);
    if (colours == UR_CLI_STYLES && value > 0) fputs("\033[1m", file);
    select_colours(file, colours, fmax(-1, fmin(1, value)));
}

static void put_text(FILE *file, const char *text, size_t length)
{
    ur_text_out out = {.file = file, .safe = true};
    ur_text_out_add(&out, text, length);
    ur_text_out_finish(&out, true);
}

void ur_cli_shade_terminal(FILE *file, const char *text, size_t length, double value)
{
    ur_cli_colours colours = ur_cli_terminal_colours(file);
    if (colours == UR_CLI_PLAIN) {
        put_text(file, text, length);
        return;
    }
    for (size_t begin = 0; begin < length;) {
        const char *found = memchr(text + begin, '\n', length - begin);
        size_t end = found ? (size_t)(found - text) : length;
        begin_token(file, colours, value);
        put_text(file, text + begin, end - begin);
        if (found && begin == end && fabs(value) >= 0.05) fputs("↵", file);
        if (found) fputs("\033[0m\n", file); /* else the background would extend to the end of the line */
        begin = end + (found != NULL);
    }
}

void ur_cli_shade_end_terminal(FILE *file)
{
    if (ur_cli_terminal_colours(file) != UR_CLI_PLAIN) fputs("\033[0m", file);
}
