/* Figures of a report: line charts here, others in bars.h and scatter.h. Each function writes one <svg> or lines of
 * text. */
#ifndef UR_CLI_CHART_H
#define UR_CLI_CHART_H

#include "cli/report/bars.h"
#include "cli/report/terminal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Points in the order of x. A point that is not finite (or not above 0 on a logarithmic axis) is a gap in the line. */
typedef struct ur_cli_series {
    const char *name;
    const double *x, *y;
    const double *upper; /* the series is the area between y and upper; NULL for a line */
    size_t count;
    bool dashed;
    bool points; /* a mark at each point and no line */
} ur_cli_series;

typedef struct ur_cli_chart {
    const char *title, *x_label, *y_label; /* NULL for none */
    const ur_cli_series *series;
    size_t count;
    bool log_x, log_y;
    double y_least, y_most; /* NaN, or both 0: chosen from the data */
} ur_cli_chart;

/* Series differ in colour and marks. Their names are at the ends of the lines if they fit there, else above the
 * chart. */
void ur_cli_chart_svg(FILE *file, const ur_cli_chart *chart);

/* Draws with braille dots, and marks each series by its letter. Uses colour if `file` is a terminal that shows colours.
 * Takes at least 30 columns and 6 rows. */
void ur_cli_chart_terminal(FILE *file, const ur_cli_chart *chart, size_t columns, size_t rows);
/* Does the same with given colours, for text that is written to memory and shown on a terminal later. */
void ur_cli_chart_coloured(FILE *file, ur_cli_colours colours, const ur_cli_chart *chart, size_t columns, size_t rows);

#endif
