/* What the files of `unroll inspect gates` share. */
#ifndef UR_CLI_INSPECT_GATES_H
#define UR_CLI_INSPECT_GATES_H

#include "unroll_inspect.h"

/* A signal of a layer over all its neurons: means of the neurons' shares, means and deviations, and their extremes. */
typedef struct ur_cli_gate_row {
    size_t units, always_open, always_shut; /* always_open, always_shut: number of neurons that are so in 99 % of the
                                             * steps */
    double open, shut, mean, deviation, least, most;
} ur_cli_gate_row;

/* Writes "layer 1: lstm, 64 neurons, line chars". */
enum { UR_CLI_GATE_TITLE = 160 };
void ur_cli_gate_title(const ur_model *model, size_t layer, char *title, size_t size);

ur_cli_gate_row ur_cli_gate_row_of(const ur_gate_table *gates, size_t layer, size_t signal);

/* Writes the picture of "Visualizing and Understanding Recurrent Networks": a dot for each neuron, at its shares of
 * open and shut steps. */
ur_status ur_cli_gates_page(const ur_model *model, const ur_gate_table *gates, const char *path, bool overwrite,
                            ur_error *error);

/* Writes every signal at every step, as numpy arrays. `signals`: names separated by commas, or NULL for all. */
ur_status ur_cli_gates_dump(const ur_model *model, const ur_reading *reading, const char *signals, const char *path,
                            ur_error *error);

#endif
