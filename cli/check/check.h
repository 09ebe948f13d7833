/* The parts of `unroll check`. */
#ifndef UR_CLI_CHECK_H
#define UR_CLI_CHECK_H

#include "unroll_train.h"

#include <jansson.h>

/* Collects what was checked, and prints each line as it comes unless it is all to be JSON. */
typedef struct ur_cli_checks {
    bool json;
    json_t *list; /* NULL without memory */
    size_t failed;
    ur_status written; /* whether the lines before could be written, */
    ur_error why;      /* and why not */
} ur_cli_checks;

typedef enum ur_cli_verdict { UR_CLI_OK, UR_CLI_FAILED, UR_CLI_SKIPPED } ur_cli_verdict;

void ur_cli_check_report(ur_cli_checks *checks, ur_cli_verdict verdict, const char *name, const char *format, ...)
    UR_PRINTF(4, 5);

/* A network whose weights are drawn anew. */
typedef struct ur_cli_network {
    const char *what; /* behind the name of a check: ", lstm" */
    const char *line;
    ur_sizes sizes;
} ur_cli_network;

/* Its gradients against differences of its loss. Dropout is left out. */
ur_status ur_cli_check_gradients(ur_cli_checks *checks, const ur_cli_network *network, ur_error *error);

/* The same short training with each instruction set and with 1, 2 and 3 threads ends in the same bits. */
ur_status ur_cli_check_bits(ur_cli_checks *checks, const ur_cli_network *network, ur_error *error);

/* The values that the model file itself records, with each instruction set. */
ur_status ur_cli_check_probe(ur_cli_checks *checks, const char *path, ur_error *error);

#endif
