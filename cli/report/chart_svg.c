/* A line chart as SVG: measures, axes, and the order in which the parts are drawn. */
#include "cli/report/chart_frame.h"

#include "cli/support/glyphs.h"

#include <math.h>
#include <string.h>

enum { PLOT_HEIGHT = 250, X_TICKS = 7, Y_TICKS = 5, LINE_HEIGHT = 18, MARGIN = 14, BELOW = 42 };

static double text_width(const char *text) { return ur_cli_ems(text, strlen(text)) * UR_CLI_FONT; }

/* The width of the widest tick label. */
static double ticks_width(const ur_cli_axis *axis)
{
    double ticks[UR_CLI_TICKS_MAX], width = 0;
    char text[UR_CLI_TICK_TEXT];
    size_t count = ur_cli_axis_ticks(axis, ticks);
    for (size_t i = 0; i < count; i++) {
        ur_cli_axis_text(axis, ticks[i], text);
        width = fmax(width, text_width(text));
    }
    return width;
}

static void draw_y(FILE *file, const ur_cli_frame *f)
{
    double ticks[UR_CLI_TICKS_MAX];
    char text[UR_CLI_TICK_TEXT];
    size_t count = ur_cli_axis_ticks(&f->axes.y, ticks);
    for (size_t i = 0; i < count; i++) {
        double y = ur_cli_frame_y(f, ur_cli_axis_place(&f->axes.y, ticks[i]));
        fprintf(file, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>\n", f->left, y, f->right);
        ur_cli_axis_text(&f->axes.y, ticks[i], text);
        ur_cli_figure_text(file, f->left - 8, y + 4, "soft end", text, 0);
    }
}

/* Draws the x axis. A label that would touch the one before is left out. */
static void draw_x(FILE *file, const ur_cli_frame *f)
{
    double ticks[UR_CLI_TICKS_MAX], taken = -1e9;
    char text[UR_CLI_TICK_TEXT];
    size_t count = ur_cli_axis_ticks(&f->axes.x, ticks);
    fprintf(file, "<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>\n", f->left, f->bottom, f->right);
    for (size_t i = 0; i < count; i++) {
        double x = ur_cli_frame_x(f, ur_cli_axis_place(&f->axes.x, ticks[i]));
        ur_cli_axis_text(&f->axes.x, ticks[i], text);
        double half = text_width(text) / 2;
        fprintf(file, "<path class=\"axis\" d=\"M%.1f %.1fv4\"/>\n", x, f->bottom);
        if (x - half < taken + 6) continue;
        ur_cli_figure_text(file, x, f->bottom + 17, "soft mid", text, 0);
        taken = x + half;
    }
}

static void draw_labels(FILE *file, const ur_cli_frame *f, double above)
{
    const ur_cli_chart *chart = f->chart;
    if (chart->y_label) ur_cli_figure_text(file, 0, above, "soft", chart->y_label, UR_CLI_FIGURE_WIDTH);
    if (chart->x_label) ur_cli_figure_text(file, f->right, f->bottom + 35, "soft end", chart->x_label, f->right - 10);
}

static void draw(FILE *file, ur_cli_frame *f, double title)
{
    double legend = f->direct ? 0 : (double)ur_cli_legend_rows(f->chart) * LINE_HEIGHT;
    double above = f->chart->y_label ? LINE_HEIGHT : 0;
    f->top = title + legend + above + 8;
    f->bottom = f->top + PLOT_HEIGHT;
    ur_cli_figure_begin(file, f->chart->title, f->bottom + BELOW);
    if (!f->direct) ur_cli_draw_legend(file, f->chart, title + UR_CLI_FONT);
    draw_y(file, f);
    draw_x(file, f);
    draw_labels(file, f, title + legend + UR_CLI_FONT);
    for (size_t i = 0; i < f->chart->count; i++) ur_cli_draw_series(file, f, i);
    if (f->direct) ur_cli_draw_names(file, f);
    ur_cli_figure_end(file);
}

static void draw_nothing(FILE *file, const ur_cli_chart *chart)
{
    double title = ur_cli_figure_begin(file, chart->title, ur_cli_figure_title_height(chart->title) + 30);
    ur_cli_figure_text(file, 0, title + UR_CLI_FONT, "soft", "there is nothing to show: no finite value", 0);
    ur_cli_figure_end(file);
}

void ur_cli_chart_svg(FILE *file, const ur_cli_chart *chart)
{
    ur_cli_frame f = {.chart = chart, .axes = ur_cli_chart_axes(chart, X_TICKS, Y_TICKS)};
    if (f.axes.empty) {
        draw_nothing(file, chart);
        return;
    }
    f.left = ticks_width(&f.axes.y) + MARGIN;
    f.right = UR_CLI_FIGURE_WIDTH - MARGIN;
    f.bottom = PLOT_HEIGHT;
    f.direct = ur_cli_names_fit(&f);
    if (f.direct) f.right = UR_CLI_FIGURE_WIDTH - ur_cli_names_width(chart) - MARGIN;
    draw(file, &f, ur_cli_figure_title_height(chart->title));
}
