/* log.jsonl of a run, read whole: the lines that `unroll train` wrote (docs/file-format.md). */
#ifndef UR_CLI_RUN_LOG_H
#define UR_CLI_RUN_LOG_H

#include "unroll.h"

#include <stdbool.h>

/* Columns of equal length. The first holds the steps, which never decrease. */
enum { UR_CLI_COLUMNS = 64 };
typedef struct ur_cli_records {
    double *column[UR_CLI_COLUMNS];
    size_t columns, count, room;
} ur_cli_records;

enum {
    UR_CLI_STEP,
    UR_CLI_LOSS,
    UR_CLI_SMOOTH,
    UR_CLI_RATE,
    UR_CLI_NORM,
    UR_CLI_ITEMS,
    UR_CLI_SECONDS,
    UR_CLI_UPDATE_COLUMNS
};
enum { UR_CLI_VALIDATION = 1, UR_CLI_BEST, UR_CLI_EVALUATION_COLUMNS };

/* A gate. Its shares are in two columns of the evaluations: open in `column`, shut in the next one. */
typedef struct ur_cli_run_gate {
    unsigned layer; /* counted from 1 */
    char name[8];
    size_t column;
} ur_cli_run_gate;
enum { UR_CLI_RUN_GATES = (UR_CLI_COLUMNS - UR_CLI_EVALUATION_COLUMNS) / 2 };

typedef struct ur_cli_run_sample {
    double step;
    char *text;
    size_t length;
} ur_cli_run_sample;

typedef struct ur_cli_run_log {
    ur_cli_records updates, evaluations; /* NaN for a number that a line does not have */
    ur_cli_run_gate gates[UR_CLI_RUN_GATES];
    size_t gate_count;
    ur_cli_run_sample *samples;
    size_t sample_count, sample_room;
    double epoch;   /* from the last line */
    size_t cut_off; /* number of the last line if it is incomplete and therefore ignored, else 0 */
} ur_cli_run_log;

/* Parses a log. `path` is for messages, which also name the line. UR_ERR_FORMAT if the text is no such log. Free the
 * log also if this fails. */
ur_status ur_cli_run_log_parse(ur_cli_run_log *log, const char *path, const void *text, size_t size, ur_error *error);
void ur_cli_run_log_free(ur_cli_run_log *log);

#endif
