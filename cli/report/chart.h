/* Figures of a report: line charts, and with bars.h and scatter.h the others. Each writes one <svg> or lines of text. */
#ifndef UR_CLI_CHART_H
#define UR_CLI_CHART_H

#include "cli/report/bars.h"
#include "cli/report/terminal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Points in the order of x; one that is not finite (or not above 0 on a logarithmic axis) is a gap in the line. */
typedef struct ur_cli_series {
    const char *name;
    const double *x, *y;
    const double *upper; /* it is the area from y to here; NULL: a line */
    size_t count;
    bool dashed;
    bool points; /* a mark at each point and no line */
} ur_cli_series;

typedef struct ur_cli_chart {
    const char *title, *x_label, *y_label; /* NULL: none */
    const ur_cli_series *series;
    size_t count;
    bool log_x, log_y;
    double y_least, y_most; /* NaN, or both 0: chosen by the data */
} ur_cli_chart;

/* Series differ in colour and marks; their names stand at the ends of the lines where there is room, else above. */
void ur_cli_chart_svg(FILE *file, const ur_cli_chart *chart);

/* Braille dots, each series marked by its letter; in colour where `file` is a terminal that has them. At least 30 columns
 * and 6 rows are taken. */
void ur_cli_chart_terminal(FILE *file, const ur_cli_chart *chart, size_t columns, size_t rows);
/* For what is written in memory and shown on a terminal later. */
void ur_cli_chart_coloured(FILE *file, ur_cli_colours colours, const ur_cli_chart *chart, size_t columns, size_t rows);

#endif
