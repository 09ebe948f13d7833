/* Horizontal bars as lines of text, in steps of an eighth of a column. */
#include "cli/report/bars.h"

#include "cli/report/terminal.h"
#include "cli/support/glyphs.h"

#include <math.h>
#include <string.h>

enum { NAMES_MOST = 32, VALUE = 9, LEAST = 10 };

/* The largest absolute value. Bars of negative numbers have the length of their absolute value. */
static double greatest(const ur_cli_bar *bars, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++) {
        if (isfinite(bars[i].value)) most = fmax(most, fabs(bars[i].value));
        if (isfinite(bars[i].control)) most = fmax(most, fabs(bars[i].control));
    }
    return most > 0 ? most : 1;
}

static size_t names_width(const ur_cli_bar *bars, size_t count)
{
    size_t widest = 0;
    for (size_t i = 0; i < count; i++) {
        size_t columns = ur_cli_shown_columns(bars[i].name, strlen(bars[i].name));
        if (columns > widest) widest = columns;
    }
    return widest < NAMES_MOST ? widest : NAMES_MOST;
}

static const char *block(double eighths)
{
    static const char *const BLOCKS[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
    return BLOCKS[(int)fmax(0, fmin(8, eighths))];
}

/* Draws a bar. The control's mark replaces the bar's character. */
static void draw_bar(FILE *file, const ur_cli_bar *bar, double most, size_t columns)
{
    double length = isfinite(bar->value) ? fabs(bar->value) / most * (double)columns : 0;
    double control = isfinite(bar->control) ? fabs(bar->control) / most * (double)columns : -1;
    ur_cli_colours colours = ur_cli_terminal_colours(file);
    ur_cli_terminal_select(file, colours, 38, 74, 144, 217);
    for (size_t k = 0; k < columns; k++) {
        double from = (double)k;
        bool here = control >= 0 && (size_t)fmin(control, (double)columns - 1) == k;
        fputs(here ? "┃" : block(round((length - from) * 8)), file);
    }
    if (colours >= UR_CLI_256) fputs("\033[0m", file);
}

void ur_cli_bars_terminal(FILE *file, const ur_cli_bar *bars, size_t count, size_t columns)
{
    double most = greatest(bars, count);
    size_t names = names_width(bars, count), taken = names + 2 + 2 * VALUE;
    size_t wide = columns > taken + LEAST ? columns - taken : LEAST;
    for (size_t i = 0; i < count; i++) {
        ur_cli_print_padded(file, bars[i].name, names);
        fputs("  ", file);
        draw_bar(file, &bars[i], most, wide);
        fprintf(file, isfinite(bars[i].value) ? " %.3g" : " –", bars[i].value);
        if (isfinite(bars[i].control)) fprintf(file, " (%.3g)", bars[i].control);
        fputc('\n', file);
    }
}
