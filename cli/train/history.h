/* A curve that grows as long as a training runs but stays short: when the buffer is full, every second point is
 * dropped. */
#ifndef UR_CLI_HISTORY_H
#define UR_CLI_HISTORY_H

#include <stddef.h>
#include <stdint.h>

enum { UR_CLI_HISTORY_ROOM = 2048, UR_CLI_HISTORY_CURVES = 2 };

typedef struct ur_cli_history {
    double x[UR_CLI_HISTORY_ROOM], y[UR_CLI_HISTORY_CURVES][UR_CLI_HISTORY_ROOM];
    size_t count;
    uint64_t apart, added; /* `apart`: one of this many added points is kept; 0 before the first point. `added`: number
                            * of points added */
} ur_cli_history;

/* Adds the values of all curves at x. */
void ur_cli_history_add(ur_cli_history *history, double x, const double y[UR_CLI_HISTORY_CURVES]);

#endif
