/* The names of series: at the ends of their lines, moved apart if they would touch, or as a legend above. */
#include "cli/report/chart_frame.h"

#include "cli/support/glyphs.h"

#include <math.h>
#include <string.h>

enum { GAP = 15, DIRECT_MOST = 12, FARTHEST = 40, SWATCH = 34, BETWEEN = 22, LEGEND_LINE = 18 };

static const double WIDEST = 190; /* of the names at the ends of lines */

static double name_width(const ur_cli_series *series)
{
    return series->name ? ur_cli_ems(series->name, strlen(series->name)) * UR_CLI_FONT : 0;
}

double ur_cli_names_width(const ur_cli_chart *chart)
{
    double widest = 0;
    for (size_t i = 0; i < chart->count; i++) widest = fmax(widest, name_width(&chart->series[i]));
    return widest > 0 ? widest + 10 : 0;
}

/* The last point that has a place. */
static ur_cli_place end_of(const ur_cli_frame *f, size_t i)
{
    const ur_cli_series *series = &f->chart->series[i];
    for (size_t k = series->count; k > 0; k--) {
        ur_cli_place at = ur_cli_chart_place(&f->axes, series, k - 1);
        if (!isnan(at.x)) return at;
    }
    return (ur_cli_place){NAN, NAN};
}

/* Names sorted by height (y downwards): order[k] is the index of a series, y[k] the height of its name. */
typedef struct column {
    size_t order[DIRECT_MOST];
    double y[DIRECT_MOST], wanted[DIRECT_MOST];
    size_t count;
} column;

static void insert(column *c, size_t series, double y)
{
    size_t k = c->count++;
    for (; k > 0 && c->wanted[k - 1] > y; k--) {
        c->wanted[k] = c->wanted[k - 1];
        c->order[k] = c->order[k - 1];
    }
    c->wanted[k] = y;
    c->order[k] = series;
}

/* Moves names down until none touches the one above, then up again from the lower edge. */
static void move_apart(column *c, double top, double bottom)
{
    double lowest = bottom;
    for (size_t k = 0; k < c->count; k++) c->y[k] = fmax(c->wanted[k], k ? c->y[k - 1] + GAP : top);
    for (size_t k = c->count; k-- > 0; lowest = c->y[k] - GAP) c->y[k] = fmin(c->y[k], lowest);
}

static column place_names(const ur_cli_frame *f)
{
    column c = {.count = 0};
    for (size_t i = 0; i < f->chart->count && c.count < DIRECT_MOST; i++) {
        double place = end_of(f, i).y;
        if (f->chart->series[i].name && !isnan(place)) insert(&c, i, ur_cli_frame_y(f, fmax(0, fmin(1, place))));
    }
    move_apart(&c, f->top, f->bottom);
    return c;
}

/* Whether all names fit at the ends of the lines: every line must end at the right edge, and no name may be far from
 * its line. */
bool ur_cli_names_fit(const ur_cli_frame *f)
{
    if (f->chart->count > DIRECT_MOST || ur_cli_names_width(f->chart) > WIDEST) return false;
    for (size_t i = 0; i < f->chart->count; i++) {
        double end = end_of(f, i).x;
        if (f->chart->series[i].points || !(isnan(end) || end > 0.97)) return false;
        if (isnan(end) && f->chart->series[i].name) return false;
    }
    column c = place_names(f);
    for (size_t k = 0; k < c.count; k++)
        if (fabs(c.y[k] - c.wanted[k]) > FARTHEST) return false;
    return true;
}

void ur_cli_draw_names(FILE *file, const ur_cli_frame *f)
{
    column c = place_names(f);
    for (size_t k = 0; k < c.count; k++) {
        char class[16];
        bool moved = fabs(c.y[k] - c.wanted[k]) > 3;
        if (moved)
            fprintf(file, "<path class=\"lead\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", f->right + 1, c.wanted[k],
                    f->right + 8, c.y[k]);
        snprintf(class, sizeof class, "n%zu", c.order[k] % UR_CLI_SERIES_LOOKS);
        ur_cli_figure_text(file, f->right + 10, c.y[k] + 4, class, f->chart->series[c.order[k]].name, 0);
    }
}

/* ---- Legend ------------------------------------------------------------------------------------------------------ */

/* Goes through the names and their places, and draws them unless `file` is NULL. Returns the number of rows. */
static size_t walk_legend(FILE *file, const ur_cli_chart *chart, double top)
{
    double x = 0, widest = UR_CLI_FIGURE_WIDTH - SWATCH;
    size_t rows = 0;
    for (size_t i = 0; i < chart->count; i++) {
        const ur_cli_series *series = &chart->series[i];
        if (!series->name) continue;
        double width = SWATCH + fmin(name_width(series), widest);
        if (rows == 0 || x + width > UR_CLI_FIGURE_WIDTH) rows++, x = 0;
        double y = top + (double)(rows - 1) * LEGEND_LINE;
        if (file && !series->points)
            fprintf(file, "<path class=\"line s%zu%s\" d=\"M%.1f %.1fh26\"/>\n", i % UR_CLI_SERIES_LOOKS,
                    series->dashed ? " dash" : "", x, y - 4);
        if (file && (series->points || chart->count > 1)) ur_cli_mark(file, i, x + 13, y - 4);
        if (file) ur_cli_figure_text(file, x + SWATCH, y, "", series->name, widest);
        x += width + BETWEEN;
    }
    return rows;
}

size_t ur_cli_legend_rows(const ur_cli_chart *chart) { return walk_legend(NULL, chart, 0); }

void ur_cli_draw_legend(FILE *file, const ur_cli_chart *chart, double top) { walk_legend(file, chart, top); }
