/* A matrix as SVG cells. */
#include "heat.h"

#include "chart_frame.h"
#include "glyphs.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MOST = 200, CELL_MOST = 44, LEVELS = 40, KEY = 44, KEY_WIDTH = 120 };

typedef struct picture {
    const ur_cli_heat *heat;
    double left, top, wide, high; /* of the cells, and of one cell */
    bool two_sided;
} picture;

static double name_width(const char *name) { return name ? ur_cli_ems(name, strlen(name)) * UR_CLI_FONT : 0; }

static double widest(const char *const *names, size_t count)
{
    double width = 0;
    for (size_t i = 0; names && i < count; i++) width = fmax(width, name_width(names[i]));
    return width;
}

static picture measure(const ur_cli_heat *heat)
{
    picture p = {.heat = heat, .two_sided = heat->least < 0};
    double names = fmin(widest(heat->row_names, heat->rows), NAMES_MOST);
    p.left = names > 0 ? names + 8 : 0;
    p.wide = fmin(CELL_MOST, (UR_CLI_FIGURE_WIDTH - p.left) / (double)(heat->columns ? heat->columns : 1));
    double high = heat->rows <= 20 ? 22 : heat->rows <= 60 ? 12 : fmax(1.5, 720 / (double)heat->rows);
    p.high = fmin(high, fmax(p.wide, 8));
    if (heat->row_names && heat->rows <= 60) p.high = fmax(p.high, 15);
    return p;
}

/* −1 … 1: the share of the way to an end; NaN for an empty cell. */
static double share_of(const picture *p, double value)
{
    const ur_cli_heat *heat = p->heat;
    double size = p->two_sided ? fmax(fabs(heat->least), fabs(heat->most)) : heat->most - heat->least;
    double from = p->two_sided ? 0 : heat->least;
    double share = size > 0 ? (value - from) / size : 0;
    return isnan(share) ? NAN : fmax(-1, fmin(1, share));
}

/* A cell of a one-sided matrix is blue, too: the colour that is darkest in grey. */
static void put_cell(FILE *file, const picture *p, int level, double x, double y, double width, double height)
{
    bool above = p->two_sided && level > 0;
    fprintf(file, "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill-opacity=\"%.3g\"/>\n",
            above ? "pos" : "neg", x, y, width, height, fabs((double)level) / LEVELS);
}

static int level_at(const picture *p, size_t row, size_t column)
{
    double share = share_of(p, p->heat->value[row * p->heat->columns + column]);
    return isnan(share) ? 0 : (int)lround(share * LEVELS);
}

/* Few cells: one by one, with a gap between. */
static void draw_cells(FILE *file, const picture *p)
{
    for (size_t row = 0; row < p->heat->rows; row++)
        for (size_t k = 0; k < p->heat->columns; k++) {
            int level = level_at(p, row, k);
            if (level)
                put_cell(file, p, level, p->left + (double)k * p->wide, p->top + (double)row * p->high, p->wide - 1,
                         p->high - 1);
        }
}

/* The cells of one level, as pieces of a path; neighbours are one piece. Returns whether there are any. */
static bool put_pieces(FILE *file, const picture *p, int level, const signed char *levels)
{
    size_t columns = p->heat->columns;
    bool any = false;
    for (size_t row = 0; row < p->heat->rows; row++)
        for (size_t begin = 0, end; begin < columns; begin = end) {
            const signed char *here = levels + row * columns;
            for (end = begin + 1; end < columns && here[end] == here[begin]; end++) continue;
            if (here[begin] != level) continue;
            if (!any)
                fprintf(file, "<path class=\"%s\" fill-opacity=\"%.3g\" d=\"",
                        p->two_sided && level > 0 ? "pos" : "neg", fabs((double)level) / LEVELS);
            any = true;
            fprintf(file, "M%zu %zuh%zuv1h-%zuz", begin, row, end - begin, end - begin);
        }
    return any;
}

/* Many cells: a path for each colour, in numbers of cells, so that a large matrix stays small. */
static void draw_dense(FILE *file, const picture *p)
{
    size_t cells = p->heat->rows * p->heat->columns;
    signed char *levels = malloc(cells + 1);
    if (!levels) return; /* the picture is left empty */
    for (size_t i = 0; i < cells; i++) levels[i] = (signed char)(level_at(p, 0, i) / 2 * 2);
    fprintf(file, "<g shape-rendering=\"crispEdges\" transform=\"translate(%.1f %.1f) scale(%.4f %.4f)\">\n", p->left,
            p->top, p->wide, p->high);
    for (int level = -LEVELS; level <= LEVELS; level += 2)
        if (level && put_pieces(file, p, level, levels)) fputs("\"/>\n", file);
    fputs("</g>\n", file);
    free(levels);
}

static void draw_matrix(FILE *file, const picture *p)
{
    if (p->wide >= 8 && p->high >= 8)
        draw_cells(file, p);
    else
        draw_dense(file, p);
}

/* Numbers, where a cell has room; in their place a dot tells in grey which cells are below 0. */
static void draw_numbers(FILE *file, const picture *p, size_t row)
{
    const ur_cli_heat *heat = p->heat;
    double y = p->top + ((double)row + 0.5) * p->high;
    bool numbers = p->wide >= 34 && p->high >= 14 && heat->rows * heat->columns <= 400;
    for (size_t k = 0; k < heat->columns; k++) {
        double value = heat->value[row * heat->columns + k], x = p->left + ((double)k + 0.5) * p->wide;
        char text[32];
        if (isnan(value)) continue;
        snprintf(text, sizeof text, "%s%.2g", value < 0 ? "−" : "", fabs(value));
        if (numbers && name_width(text) < p->wide)
            ur_cli_figure_text(file, x, y + 4, "mid", text, 0);
        else if (p->wide >= 8 && p->high >= 8 && level_at(p, row, k) < 0)
            fprintf(file, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"1.2\" class=\"f5\"/>\n", x, y);
    }
}

static void draw_row_names(FILE *file, const picture *p)
{
    const ur_cli_heat *heat = p->heat;
    double free_from = -1e9;
    for (size_t i = 0; heat->row_names && i < heat->rows; i++) {
        double y = p->top + ((double)i + 0.5) * p->high + 4;
        if (y < free_from || !heat->row_names[i]) continue;
        ur_cli_figure_text(file, p->left - 8, y, "soft end", heat->row_names[i], NAMES_MOST);
        free_from = y + UR_CLI_FONT + 1;
    }
}

static void draw_column_names(FILE *file, const picture *p)
{
    const ur_cli_heat *heat = p->heat;
    double taken = -1e9;
    for (size_t k = 0; heat->column_names && k < heat->columns; k++) {
        double width = name_width(heat->column_names[k]), x = p->left + ((double)k + 0.5) * p->wide;
        if (!heat->column_names[k] || x - width / 2 < taken || x + width / 2 > UR_CLI_FIGURE_WIDTH) continue;
        ur_cli_figure_text(file, x, p->top - 6, "soft mid", heat->column_names[k], 0);
        taken = x + width / 2 + 3;
    }
}

/* The colours from end to end, with what the ends stand for. */
static void draw_key(FILE *file, const picture *p, double y)
{
    char text[32];
    double least = p->two_sided ? -fmax(fabs(p->heat->least), fabs(p->heat->most)) : p->heat->least;
    double most = p->two_sided ? -least : p->heat->most;
    int first = p->two_sided ? -10 : 0, steps = 10 - first + 1;
    for (int i = first; i <= 10; i++)
        put_cell(file, p, i * LEVELS / 10, p->left + (double)(i - first) * KEY_WIDTH / steps, y,
                 (double)KEY_WIDTH / steps, 8);
    snprintf(text, sizeof text, "%s%.3g", least < 0 ? "−" : "", fabs(least));
    ur_cli_figure_text(file, p->left, y + 22, "soft", text, 0);
    snprintf(text, sizeof text, "%.3g", most);
    ur_cli_figure_text(file, p->left + KEY_WIDTH, y + 22, "soft end", text, 0);
}

void ur_cli_heat_svg(FILE *file, const ur_cli_heat *heat)
{
    picture p = measure(heat);
    double title = ur_cli_figure_title_height(heat->title);
    p.top = title + (heat->column_names ? UR_CLI_FONT + 12 : 4);
    double bottom = p.top + (double)heat->rows * p.high;
    ur_cli_figure_begin(file, heat->title, bottom + KEY);
    draw_column_names(file, &p);
    draw_row_names(file, &p);
    draw_matrix(file, &p);
    for (size_t row = 0; row < heat->rows; row++) draw_numbers(file, &p, row);
    draw_key(file, &p, bottom + 10);
    ur_cli_figure_end(file);
}
