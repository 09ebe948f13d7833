/* One series as SVG: its line, thinned to the visible points, and marks that identify the series without colour. */
#include "cli/report/chart_frame.h"

#include <math.h>

enum { MARKS_ALONG = 4, FEW_POINTS = 12 };

/* Eight shapes of marks, with a radius of about 4. */
static const char *const MARKS[UR_CLI_SERIES_LOOKS] = {
    "m-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0-7.2 0z",
    "m-3.3-3.3h6.6v6.6h-6.6z",
    "m0-4.4l4.2 7.4h-8.4z",
    "m0-4.8l4.4 4.8l-4.4 4.8l-4.4-4.8z",
    "m0 4.4l4.2-7.4h-8.4z",
    "m-1.5-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
    "m-4.2-2.2h8.4v4.4h-8.4z",
    "m-2.2-4.2h4.4v8.4h-4.4z",
};

void ur_cli_mark(FILE *file, size_t i, double x, double y)
{
    i %= UR_CLI_SERIES_LOOKS;
    fprintf(file, "<path class=\"mark f%zu\" d=\"M%.1f %.1f%s\"/>\n", i, x, y, MARKS[i]);
}

/* A line that is being drawn. Of many points in one column of pixels only the first, the least, the greatest and the
 * last are drawn. */
typedef struct pen {
    FILE *file;
    size_t drawn; /* points drawn since the last gap */
    double column, first, least, most, last;
    size_t held; /* points in the current column */
} pen;

static void line_to(pen *p, double x, double y)
{
    fprintf(p->file, "%c%.1f %.1f", p->drawn ? 'L' : 'M', x, y);
    p->drawn++;
}

static void leave_column(pen *p)
{
    if (p->held == 0) return;
    line_to(p, p->column, p->first);
    if (p->held > 2 && p->least < fmin(p->first, p->last)) line_to(p, p->column, p->least);
    if (p->held > 2 && p->most > fmax(p->first, p->last)) line_to(p, p->column, p->most);
    if (p->held > 1) line_to(p, p->column, p->last);
    p->held = 0;
}

/* Ends a part of the line. A single point between gaps becomes a small cross. */
static void lift(pen *p)
{
    leave_column(p);
    if (p->drawn == 1) fputs("m-3 0h6m-3-3v6", p->file);
    p->drawn = 0;
}

static void add_point(pen *p, double x, double y)
{
    if (p->held > 0 && fabs(x - p->column) < 0.4) {
        p->least = fmin(p->least, y);
        p->most = fmax(p->most, y);
    } else {
        leave_column(p);
        p->column = x;
        p->first = p->least = p->most = y;
    }
    p->last = y;
    p->held++;
}

/* Limits a place to the area: values outside requested bounds are drawn at the edge. */
static double held(double place) { return fmax(0, fmin(1, place)); }

static void draw_line(FILE *file, const ur_cli_frame *f, size_t i)
{
    const ur_cli_series *series = &f->chart->series[i];
    pen p = {.file = file};
    fprintf(file, "<path class=\"line s%zu%s\" d=\"", i % UR_CLI_SERIES_LOOKS, series->dashed ? " dash" : "");
    for (size_t k = 0; k < series->count; k++) {
        ur_cli_place at = ur_cli_chart_place(&f->axes, series, k);
        if (isnan(at.x)) {
            lift(&p);
        } else {
            add_point(&p, ur_cli_frame_x(f, at.x), ur_cli_frame_y(f, held(at.y)));
        }
    }
    lift(&p);
    fputs("\"/>\n", file);
}

/* Draws an area, its lower edge forwards and its upper edge backwards. Points without a place are left out. */
static void draw_area(FILE *file, const ur_cli_frame *f, size_t i)
{
    const ur_cli_series *series = &f->chart->series[i];
    size_t drawn = 0;
    fprintf(file, "<path class=\"area f%zu\" d=\"", i % UR_CLI_SERIES_LOOKS);
    for (size_t k = 0; k < 2 * series->count; k++) {
        size_t point = k < series->count ? k : 2 * series->count - 1 - k;
        ur_cli_series edge = *series;
        if (k >= series->count) edge.y = series->upper;
        ur_cli_place at = ur_cli_chart_place(&f->axes, &edge, point);
        if (isnan(at.x)) continue;
        fprintf(file, "%c%.1f %.1f", drawn++ ? 'L' : 'M', ur_cli_frame_x(f, at.x), ur_cli_frame_y(f, held(at.y)));
    }
    fputs(drawn ? "Z\"/>\n" : "\"/>\n", file);
}

static void mark_at(FILE *file, const ur_cli_frame *f, size_t i, size_t k)
{
    ur_cli_place at = ur_cli_chart_place(&f->axes, &f->chart->series[i], k);
    if (isnan(at.x)) return;
    ur_cli_mark(file, i, ur_cli_frame_x(f, at.x), ur_cli_frame_y(f, held(at.y)));
}

/* Draws a few marks along a line, at other positions for each series, so that marks do not cover each other. */
static void draw_few_marks(FILE *file, const ur_cli_frame *f, size_t i)
{
    const ur_cli_series *series = &f->chart->series[i];
    size_t wanted = 0;
    for (size_t k = 0; k < series->count && wanted < MARKS_ALONG; k++) {
        double share = ((double)wanted + ((double)i + 0.5) / (double)f->chart->count) / MARKS_ALONG;
        if (!(ur_cli_chart_place(&f->axes, series, k).x >= share)) continue;
        mark_at(file, f, i, k);
        while (wanted < MARKS_ALONG && share <= ur_cli_chart_place(&f->axes, series, k).x)
            share = ((double)++wanted + ((double)i + 0.5) / (double)f->chart->count) / MARKS_ALONG;
    }
}

void ur_cli_draw_series(FILE *file, const ur_cli_frame *f, size_t i)
{
    const ur_cli_series *series = &f->chart->series[i];
    if (series->upper) {
        draw_area(file, f, i);
        return;
    }
    bool all = series->points || (f->chart->count > 1 && series->count <= FEW_POINTS);
    if (!series->points) draw_line(file, f, i);
    if (!all && f->chart->count > 1) draw_few_marks(file, f, i);
    for (size_t k = 0; all && k < series->count; k++) mark_at(file, f, i, k);
}
