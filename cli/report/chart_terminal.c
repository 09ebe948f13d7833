/* A line chart as text: a grid of braille dots, two by four in each character, with axes and letters for the series. */
#include "cli/report/chart.h"

#include "cli/report/chart_range.h"
#include "cli/report/terminal.h"
#include "cli/support/glyphs.h"
#include "cli/support/text_out.h"

#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_COLUMNS = 30, LEAST_ROWS = 6, MOST = 1000, COLOURS = 6, X_LABEL_WIDTH = 12 };

static const int COLOUR[COLOURS][3] = {
    {74, 144, 217}, {224, 108, 30}, {38, 166, 124}, {200, 110, 175}, {190, 150, 30}, {140, 145, 150},
};

typedef struct cell {
    unsigned char dots, letter; /* letter 0: none */
    unsigned char series;       /* the last series that was drawn here */
} cell;

typedef struct canvas {
    size_t columns, rows; /* size of the area of the lines, in characters */
    cell *cells;
    ur_cli_axes axes;
    ur_cli_colours colours;
} canvas;

static void set_dot(canvas *c, long x, long y, size_t series)
{
    static const unsigned char BITS[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    if (x < 0 || y < 0 || x >= (long)c->columns * 2 || y >= (long)c->rows * 4) return;
    cell *at = &c->cells[(size_t)(y / 4) * c->columns + (size_t)(x / 2)];
    at->dots = (unsigned char)(at->dots | BITS[y % 4][x % 2]);
    at->series = (unsigned char)(series % COLOURS);
}

/* A position in dots, with y downwards, limited to the area. */
typedef struct dot {
    double x, y;
} dot;

static dot dot_of(const canvas *c, ur_cli_place at)
{
    double y = fmax(0, fmin(1, at.y));
    return (dot){at.x * (double)(c->columns * 2 - 1), (1 - y) * (double)(c->rows * 4 - 1)};
}

static void draw_stroke(canvas *c, dot a, dot b, size_t series)
{
    double steps = fmax(1, ceil(fmax(fabs(b.x - a.x), fabs(b.y - a.y))));
    for (double k = 0; k <= steps; k++)
        set_dot(c, lround(a.x + (b.x - a.x) * k / steps), lround(a.y + (b.y - a.y) * k / steps), series);
}

/* Writes the letter of a series onto its line. */
static void put_letter(canvas *c, dot at, size_t series)
{
    size_t column = (size_t)fmax(0, at.x / 2), row = (size_t)fmax(0, at.y / 4);
    cell *here = &c->cells[row * c->columns + column];
    here->letter = (unsigned char)('A' + series % 26);
    here->series = (unsigned char)(series % COLOURS);
}

static void draw_line(canvas *c, const ur_cli_series *series, size_t i)
{
    dot before = {NAN, NAN};
    for (size_t k = 0; k < series->count; k++) {
        ur_cli_place at = ur_cli_chart_place(&c->axes, series, k);
        dot here = dot_of(c, at);
        bool alone = isnan(at.x) || isnan(before.x) || series->points;
        if (!isnan(at.x)) draw_stroke(c, alone ? here : before, here, i);
        before = isnan(at.x) ? (dot){NAN, NAN} : here;
    }
}

/* Fills the area between two points with every fourth dot. */
static void fill_between(canvas *c, const dot low[2], const dot high[2], size_t series)
{
    double width = low[1].x - low[0].x;
    for (double x = ceil(low[0].x); width > 0 && x <= low[1].x; x++) {
        double share = (x - low[0].x) / width;
        long begin = lround(high[0].y + (high[1].y - high[0].y) * share);
        long end = lround(low[0].y + (low[1].y - low[0].y) * share);
        for (long y = begin; y <= end; y++)
            if ((lround(x) + 2 * y) % 4 == 0) set_dot(c, lround(x), y, series);
    }
}

static void draw_area(canvas *c, const ur_cli_series *series, size_t i)
{
    ur_cli_series edge = *series;
    edge.y = series->upper;
    for (size_t k = 1; k < series->count; k++) {
        ur_cli_place a = ur_cli_chart_place(&c->axes, series, k - 1), b = ur_cli_chart_place(&c->axes, series, k);
        ur_cli_place d = ur_cli_chart_place(&c->axes, &edge, k - 1), e = ur_cli_chart_place(&c->axes, &edge, k);
        if (isnan(a.x) || isnan(b.x) || isnan(d.x) || isnan(e.x)) continue;
        fill_between(c, (dot[]){dot_of(c, a), dot_of(c, b)}, (dot[]){dot_of(c, d), dot_of(c, e)}, i);
    }
}

static void letter_line(canvas *c, const ur_cli_series *series, size_t i, size_t count)
{
    double share = 0.3 + 0.6 * ((double)i + 0.5) / (double)count;
    size_t best = series->count;
    for (size_t k = 0; k < series->count; k++) {
        double x = ur_cli_chart_place(&c->axes, series, k).x;
        if (!isnan(x) && (best == series->count || x <= share)) best = k;
    }
    if (best < series->count) put_letter(c, dot_of(c, ur_cli_chart_place(&c->axes, series, best)), i);
}

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

static void put_cell(FILE *file, ur_cli_colours colours, const cell *at)
{
    const int *rgb = COLOUR[at->series];
    if (!at->dots && !at->letter) {
        fputc(' ', file);
        return;
    }
    ur_cli_terminal_select(file, colours, 38, rgb[0], rgb[1], rgb[2]);
    unsigned char bytes[UR_UTF8_MAX];
    if (at->letter)
        fputc(at->letter, file);
    else
        fwrite(bytes, 1, (size_t)ur_utf8_encode(0x2800u + at->dots, bytes), file);
    if (colours >= UR_CLI_256) fputs("\033[0m", file);
}

static void put_spaces(FILE *file, size_t count)
{
    for (; count > 0; count--) fputc(' ', file);
}

/* The label of the tick in this row, or "" if there is none. */
static void tick_in_row(const canvas *c, size_t row, char text[UR_CLI_TICK_TEXT])
{
    double ticks[UR_CLI_TICKS_MAX];
    size_t count = ur_cli_axis_ticks(&c->axes.y, ticks);
    text[0] = 0;
    for (size_t i = 0; i < count; i++) {
        double place = ur_cli_axis_place(&c->axes.y, ticks[i]);
        if (lround((1 - place) * (double)(c->rows - 1)) == (long)row) ur_cli_axis_text(&c->axes.y, ticks[i], text);
    }
}

static size_t labels_width(const ur_cli_axis *axis)
{
    double ticks[UR_CLI_TICKS_MAX];
    char text[UR_CLI_TICK_TEXT];
    size_t count = ur_cli_axis_ticks(axis, ticks), widest = 0;
    for (size_t i = 0; i < count; i++) {
        ur_cli_axis_text(axis, ticks[i], text);
        size_t columns = ur_cli_shown_columns(text, strlen(text));
        if (columns > widest) widest = columns;
    }
    return widest;
}

static void put_rows(FILE *file, const canvas *c, size_t labels)
{
    char text[UR_CLI_TICK_TEXT];
    for (size_t row = 0; row < c->rows; row++) {
        tick_in_row(c, row, text);
        put_spaces(file, labels - ur_cli_shown_columns(text, strlen(text)));
        fprintf(file, "%s %s", text, *text ? "┤" : "│");
        for (size_t k = 0; k < c->columns; k++) put_cell(file, c->colours, &c->cells[row * c->columns + k]);
        fputc('\n', file);
    }
}

static void put_x_axis(FILE *file, const canvas *c, size_t labels)
{
    double ticks[UR_CLI_TICKS_MAX];
    char text[UR_CLI_TICK_TEXT];
    size_t count = ur_cli_axis_ticks(&c->axes.x, ticks), column = 0;
    put_spaces(file, labels + 1);
    fputs("└", file);
    for (size_t k = 0; k < c->columns; k++) fputs("─", file);
    fputc('\n', file);
    put_spaces(file, labels + 2);
    for (size_t i = 0; i < count; i++) {
        ur_cli_axis_text(&c->axes.x, ticks[i], text);
        size_t wide = ur_cli_shown_columns(text, strlen(text));
        double at = ur_cli_axis_place(&c->axes.x, ticks[i]) * (double)(c->columns - 1) - (double)(wide / 2);
        size_t begin = at > 0 ? (size_t)lround(at) : 0;
        if (begin + wide > c->columns) begin = c->columns - wide;
        if (i > 0 && begin < column + 2) continue;
        put_spaces(file, begin - column);
        fputs(text, file);
        column = begin + wide;
    }
    fputc('\n', file);
}

static void put_line(FILE *file, const char *text, size_t indent)
{
    if (!text || !*text) return;
    put_spaces(file, indent);
    ur_cli_print_shown(file, text, strlen(text));
    fputc('\n', file);
}

static void put_names(FILE *file, ur_cli_colours colours, const ur_cli_chart *chart, size_t indent)
{
    for (size_t i = 0; i < chart->count; i++) {
        const int *rgb = COLOUR[i % COLOURS];
        if (!chart->series[i].name) continue;
        put_spaces(file, indent);
        if (chart->count > 1) {
            ur_cli_terminal_select(file, colours, 38, rgb[0], rgb[1], rgb[2]);
            fprintf(file, "%c", (int)('A' + i % 26));
            fputs(colours >= UR_CLI_256 ? "\033[0m " : " ", file);
        }
        put_line(file, chart->series[i].name, 0);
    }
}

static void draw(FILE *file, const ur_cli_chart *chart, canvas *c, size_t labels)
{
    for (size_t i = 0; i < chart->count; i++) (chart->series[i].upper ? draw_area : draw_line)(c, &chart->series[i], i);
    for (size_t i = 0; chart->count > 1 && i < chart->count; i++) letter_line(c, &chart->series[i], i, chart->count);
    put_line(file, chart->title, 0);
    put_line(file, chart->y_label, 0);
    put_rows(file, c, labels);
    put_x_axis(file, c, labels);
    size_t wide = chart->x_label ? ur_cli_shown_columns(chart->x_label, strlen(chart->x_label)) : 0;
    put_line(file, chart->x_label, labels + 2 + (wide < c->columns ? c->columns - wide : 0));
    put_names(file, c->colours, chart, labels + 2);
}

static size_t within(size_t value, size_t least) { return value < least ? least : value > MOST ? MOST : value; }

void ur_cli_chart_terminal(FILE *file, const ur_cli_chart *chart, size_t columns, size_t rows)
{
    ur_cli_chart_coloured(file, ur_cli_terminal_colours(file), chart, columns, rows);
}

void ur_cli_chart_coloured(FILE *file, ur_cli_colours colours, const ur_cli_chart *chart, size_t columns, size_t rows)
{
    columns = within(columns, LEAST_COLUMNS);
    canvas c = {.colours = colours,
                .rows = within(rows, LEAST_ROWS),
                .axes = ur_cli_chart_axes(chart, columns / X_LABEL_WIDTH, rows / 4 + 1)};
    if (c.axes.empty) {
        put_line(file, chart->title, 0);
        fputs("there is nothing to show: no finite value\n", file);
        return;
    }
    size_t labels = labels_width(&c.axes.y);
    c.columns = columns > labels + 12 ? columns - labels - 2 : 10;
    c.cells = calloc(c.rows * c.columns, sizeof *c.cells);
    if (!c.cells) {
        fputs("there is not enough memory for the picture\n", file);
        return;
    }
    draw(file, chart, &c, labels);
    free(c.cells);
}
