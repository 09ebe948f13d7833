/* Internal to charts: the axes that suit a chart's data. */
#ifndef UR_CLI_CHART_RANGE_H
#define UR_CLI_CHART_RANGE_H

#include "cli/report/axis.h"
#include "cli/report/chart.h"

typedef struct ur_cli_axes {
    ur_cli_axis x, y;
    bool empty; /* no point can be shown */
} ur_cli_axes;

ur_cli_axes ur_cli_chart_axes(const ur_cli_chart *chart, size_t x_ticks, size_t y_ticks);

/* The position of point i of a series: x from the left, y from below, each 0 … 1; both are NaN if the point is a
 * gap. */
typedef struct ur_cli_place {
    double x, y;
} ur_cli_place;

ur_cli_place ur_cli_chart_place(const ur_cli_axes *axes, const ur_cli_series *series, size_t i);

#endif
