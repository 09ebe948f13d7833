/* Inside of charts: the axes that the data of a chart ask for. */
#ifndef UR_CLI_CHART_RANGE_H
#define UR_CLI_CHART_RANGE_H

#include "cli/report/axis.h"
#include "cli/report/chart.h"

typedef struct ur_cli_axes {
    ur_cli_axis x, y;
    bool empty; /* nothing can be shown */
} ur_cli_axes;

ur_cli_axes ur_cli_chart_axes(const ur_cli_chart *chart, size_t x_ticks, size_t y_ticks);

/* Where point i of a series lies: x from the left, y from below, each 0 … 1; NaN in both where it is a gap. */
typedef struct ur_cli_place {
    double x, y;
} ur_cli_place;

ur_cli_place ur_cli_chart_place(const ur_cli_axes *axes, const ur_cli_series *series, size_t i);

#endif
