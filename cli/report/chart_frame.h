/* Internal to chart_svg*.c: the picture's measures in SVG units (a pixel at full width). */
#ifndef UR_CLI_CHART_FRAME_H
#define UR_CLI_CHART_FRAME_H

#include "cli/report/chart_range.h"

enum { UR_CLI_FIGURE_WIDTH = 720, UR_CLI_FONT = 12, UR_CLI_SERIES_LOOKS = 8 };

typedef struct ur_cli_frame {
    const ur_cli_chart *chart;
    ur_cli_axes axes;
    double left, right, top, bottom; /* edges of the area of the lines */
    bool direct;                     /* names are at the ends of the lines */
} ur_cli_frame;

static inline double ur_cli_frame_x(const ur_cli_frame *f, double place)
{
    return f->left + place * (f->right - f->left);
}
static inline double ur_cli_frame_y(const ur_cli_frame *f, double place)
{
    return f->bottom - place * (f->bottom - f->top);
}

/* Begins an <svg> with a title of one or two lines. Returns the height of the title. Close with ur_cli_figure_end. */
double ur_cli_figure_begin(FILE *file, const char *title, double height);
/* Height of a title that is not yet written. */
double ur_cli_figure_title_height(const char *title);
void ur_cli_figure_end(FILE *file);
/* Writes <text class=…> at a place. Cuts the text to `most` units of width, ending in "…"; 0 for no cut. */
void ur_cli_figure_text(FILE *file, double x, double y, const char *class, const char *text, double most);

/* Draws the mark of series i, centred. */
void ur_cli_mark(FILE *file, size_t i, double x, double y);
/* Draws the line, area or marks of series i. */
void ur_cli_draw_series(FILE *file, const ur_cli_frame *f, size_t i);

/* Names: at the ends of the lines (decided before the frame's right edge is known), or as rows above the lines. */
bool ur_cli_names_fit(const ur_cli_frame *f);
double ur_cli_names_width(const ur_cli_chart *chart);
void ur_cli_draw_names(FILE *file, const ur_cli_frame *f);
size_t ur_cli_legend_rows(const ur_cli_chart *chart);
void ur_cli_draw_legend(FILE *file, const ur_cli_chart *chart, double top);

#endif
