/* An axis: its bounds, the position of a value between them, and a few ticks at round numbers. */
#ifndef UR_CLI_AXIS_H
#define UR_CLI_AXIS_H

#include <stdbool.h>
#include <stddef.h>

enum { UR_CLI_TICKS_MAX = 16, UR_CLI_TICK_TEXT = 32 };

typedef struct ur_cli_axis {
    double least, most; /* least < most; logarithms to base 10 if `log` is true */
    double step;        /* distance between ticks, in the same numbers */
    bool log;
} ur_cli_axis;

/* Makes an axis with about `wanted` ticks. If `round` is true, the bounds are moved outwards to ticks, and a linear
 * axis includes 0 if that is near. */
ur_cli_axis ur_cli_axis_make(double least, double most, bool log, bool round, size_t wanted);

/* Whether a value has a position on an axis. A size of 1e300 or more has none, so that differences are finite; on a
 * logarithmic axis 1e-300 or less has none either. */
bool ur_cli_axis_has(bool log, double value);

/* The position of a value: 0 at the least end, 1 at the other, and outside 0 … 1 beyond the ends. NaN if the value has
 * none. */
double ur_cli_axis_place(const ur_cli_axis *axis, double value);

/* Writes the values of the ticks in rising order. Returns their number. */
size_t ur_cli_axis_ticks(const ur_cli_axis *axis, double ticks[UR_CLI_TICKS_MAX]);
void ur_cli_axis_text(const ur_cli_axis *axis, double tick, char text[UR_CLI_TICK_TEXT]);

#endif
