/* Axes for the data of a chart. */
#include "cli/report/chart_range.h"

#include <math.h>

typedef struct extent {
    double least, most;
} extent;

static void widen(extent *e, double value)
{
    e->least = fmin(e->least, value);
    e->most = fmax(e->most, value);
}

static void take_series(const ur_cli_chart *chart, const ur_cli_series *series, extent *x, extent *y)
{
    for (size_t i = 0; i < series->count; i++) {
        if (!ur_cli_axis_has(chart->log_x, series->x[i]) || !ur_cli_axis_has(chart->log_y, series->y[i])) continue;
        widen(x, series->x[i]);
        widen(y, series->y[i]);
        if (series->upper && ur_cli_axis_has(chart->log_y, series->upper[i])) widen(y, series->upper[i]);
    }
}

/* Whether the bounds of y are chosen from the data; such bounds may be moved to round numbers. */
static bool is_chosen(const ur_cli_chart *chart) { return chart->y_least == 0 && chart->y_most == 0; }

ur_cli_axes ur_cli_chart_axes(const ur_cli_chart *chart, size_t x_ticks, size_t y_ticks)
{
    extent x = {INFINITY, -INFINITY}, y = x;
    for (size_t i = 0; i < chart->count; i++) take_series(chart, &chart->series[i], &x, &y);
    ur_cli_axes axes = {.empty = !(x.least <= x.most)};
    if (axes.empty) return axes;
    bool least = !is_chosen(chart) && ur_cli_axis_has(chart->log_y, chart->y_least);
    bool most = !is_chosen(chart) && ur_cli_axis_has(chart->log_y, chart->y_most);
    if (least) y.least = chart->y_least;
    if (most) y.most = chart->y_most;
    if (y.least > y.most) y.least = y.most = least ? y.least : y.most;
    axes.x = ur_cli_axis_make(x.least, x.most, chart->log_x, false, x_ticks);
    axes.y = ur_cli_axis_make(y.least, y.most, chart->log_y, !(least && most), y_ticks);
    return axes;
}

ur_cli_place ur_cli_chart_place(const ur_cli_axes *axes, const ur_cli_series *series, size_t i)
{
    ur_cli_place at = {ur_cli_axis_place(&axes->x, series->x[i]), ur_cli_axis_place(&axes->y, series->y[i])};
    if (isnan(at.x) || isnan(at.y)) at.x = at.y = NAN;
    return at;
}
