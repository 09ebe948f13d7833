/* A curve that grows for as long as a training goes on and stays short: where it is full, every second point goes. */
#ifndef UR_CLI_HISTORY_H
#define UR_CLI_HISTORY_H

#include <stddef.h>
#include <stdint.h>

enum { UR_CLI_HISTORY_ROOM = 2048, UR_CLI_HISTORY_CURVES = 2 };

typedef struct ur_cli_history {
    double x[UR_CLI_HISTORY_ROOM], y[UR_CLI_HISTORY_CURVES][UR_CLI_HISTORY_ROOM];
    size_t count;
    uint64_t apart, added; /* one of `apart` points that were added is kept; 0: nothing was added yet */
} ur_cli_history;

/* The values of all curves at x. */
void ur_cli_history_add(ur_cli_history *history, double x, const double y[UR_CLI_HISTORY_CURVES]);

#endif
