/* An axis: bounds, where a value lies between them, and a few ticks at round numbers. */
#ifndef UR_CLI_AXIS_H
#define UR_CLI_AXIS_H

#include <stdbool.h>
#include <stddef.h>

enum { UR_CLI_TICKS_MAX = 16, UR_CLI_TICK_TEXT = 32 };

typedef struct ur_cli_axis {
    double least, most; /* least < most; of the logarithms to base 10 where `log` */
    double step;        /* from tick to tick, in the same numbers */
    bool log;
} ur_cli_axis;

/* About `wanted` ticks. `round`: the bounds are moved out to ticks, and a linear axis takes in a 0 that is near. */
ur_cli_axis ur_cli_axis_make(double least, double most, bool log, bool round, size_t wanted);

/* Whether a value has a place on an axis. 1e300 and more has none, so that differences are numbers, nor has 1e-300 and
 * less on a logarithmic one. */
bool ur_cli_axis_has(bool log, double value);

/* 0 at the least end, 1 at the other, also beyond; NaN for what has no place on the axis. */
double ur_cli_axis_place(const ur_cli_axis *axis, double value);

/* Values of the ticks, rising; returns how many. */
size_t ur_cli_axis_ticks(const ur_cli_axis *axis, double ticks[UR_CLI_TICKS_MAX]);
void ur_cli_axis_text(const ur_cli_axis *axis, double tick, char text[UR_CLI_TICK_TEXT]);

#endif
