/* Horizontal bars as SVG. */
#include "cli/report/bars.h"

#include "cli/report/chart_frame.h"
#include "cli/support/glyphs.h"

#include <math.h>
#include <string.h>

enum { ROW = 22, THICK = 13, NAMES_MOST = 240, VALUES = 70, TICKS = 5 };

typedef struct picture {
    ur_cli_axis axis;
    double left, right, top;
} picture;

static void take(double value, double *least, double *most)
{
    if (!isfinite(value)) return;
    *least = fmin(*least, value);
    *most = fmax(*most, value);
}

static picture measure(const ur_cli_bar *bars, size_t count)
{
    double least = 0, most = 0, names = 0;
    for (size_t i = 0; i < count; i++) {
        take(bars[i].value, &least, &most);
        take(bars[i].control, &least, &most);
        names = fmax(names, ur_cli_ems(bars[i].name, strlen(bars[i].name)) * UR_CLI_FONT);
    }
    picture p = {.axis = ur_cli_axis_make(least, most, false, true, TICKS)};
    p.axis.least = least; /* the axis ends where the longest bars end; only the ticks are round */
    p.axis.most = most > least ? most : least + 1;
    p.left = fmin(names, NAMES_MOST) + 10;
    p.right = UR_CLI_FIGURE_WIDTH - VALUES;
    return p;
}

static double place(const picture *p, double value)
{
    return p->left + ur_cli_axis_place(&p->axis, value) * (p->right - p->left);
}

/* Draws a stroke with a light edge, so that it is visible on its bar too. */
static void draw_control(FILE *file, double x, double y, int height)
{
    fprintf(file, "<path class=\"under\" d=\"M%.1f %.1fv%d\"/>", x, y, height);
    fprintf(file, "<path class=\"control\" d=\"M%.1f %.1fv%d\"/>\n", x, y, height);
}

static void draw_bar(FILE *file, const picture *p, const ur_cli_bar *bar, double y)
{
    char text[UR_CLI_TICK_TEXT];
    ur_cli_figure_text(file, p->left - 10, y + 4, "end", bar->name, NAMES_MOST);
    double zero = place(p, 0), end = isfinite(bar->value) ? place(p, bar->value) : zero;
    double control = isfinite(bar->control) ? place(p, bar->control) : zero;
    fprintf(file, "<rect class=\"f0\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>\n", fmin(zero, end),
            y - THICK / 2.0, fabs(end - zero), THICK);
    if (isfinite(bar->control)) draw_control(file, control, y - THICK / 2.0 - 2, THICK + 4);
    snprintf(text, sizeof text, isfinite(bar->value) ? "%.3g" : "–", bar->value);
    if (text[0] == '-') snprintf(text, sizeof text, "−%.3g", -bar->value);
    ur_cli_figure_text(file, fmax(fmax(end, control), zero) + 8, y + 4, "soft", text, 0);
}

static double draw_key(FILE *file, const char *control, double y)
{
    if (!control) return 0;
    fprintf(file, "<path class=\"control\" d=\"M3 %.1fv%d\"/>\n", y - 11, THICK + 1);
    ur_cli_figure_text(file, 14, y, "soft", control, UR_CLI_FIGURE_WIDTH - 20);
    return ROW;
}

void ur_cli_bars_svg(FILE *file, const char *title, const char *control, const ur_cli_bar *bars, size_t count)
{
    picture p = measure(bars, count);
    double head = ur_cli_figure_title_height(title) + (control ? ROW : 0);
    double bottom = head + 6 + (double)count * ROW;
    double under = ur_cli_figure_begin(file, title, bottom + 8);
    p.top = under + draw_key(file, control, under + UR_CLI_FONT) + 6;
    for (size_t i = 0; i < count; i++) draw_bar(file, &p, &bars[i], p.top + ((double)i + 0.5) * ROW);
    fprintf(file, "<path class=\"axis\" d=\"M%.1f %.1fV%.1f\"/>\n", place(&p, 0), p.top, bottom);
    ur_cli_figure_end(file);
}
