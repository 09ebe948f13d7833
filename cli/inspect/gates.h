/* What `unroll inspect gates` consists of. */
#ifndef UR_CLI_INSPECT_GATES_H
#define UR_CLI_INSPECT_GATES_H

#include "unroll_inspect.h"

/* A signal of a layer, over its units: means of their shares, means and deviations; the extremes. */
typedef struct ur_cli_gate_row {
    size_t units, always_open, always_shut; /* the latter two: units that are so in 99 % of the steps */
    double open, shut, mean, deviation, least, most;
} ur_cli_gate_row;

/* "layer 1: lstm, 64 neurons, line chars" */
enum { UR_CLI_GATE_TITLE = 160 };
void ur_cli_gate_title(const ur_model *model, size_t layer, char *title, size_t size);

ur_cli_gate_row ur_cli_gate_row_of(const ur_gate_table *gates, size_t layer, size_t signal);

/* The picture of "Visualizing and Understanding Recurrent Networks": a dot a unit, shares open and shut. */
ur_status ur_cli_gates_page(const ur_model *model, const ur_gate_table *gates, const char *path, bool overwrite,
                            ur_error *error);

/* Every signal at every step, as numpy arrays; `signals`: names with commas between, NULL for all. */
ur_status ur_cli_gates_dump(const ur_model *model, const ur_reading *reading, const char *signals, const char *path,
                            ur_error *error);

#endif
