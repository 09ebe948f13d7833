/* The parts of `unroll check`. */
#ifndef UR_CLI_CHECK_H
#define UR_CLI_CHECK_H

#include "unroll_train.h"

#include <jansson.h>

/* Collects the results. Prints each line at once, unless all are to be one JSON object. */
typedef struct ur_cli_checks {
    bool json;
    json_t *list; /* NULL if memory is lacking */
    size_t failed;
    ur_status written; /* whether all lines so far could be written, */
    ur_error why;      /* and if not, why */
} ur_cli_checks;

typedef enum ur_cli_verdict { UR_CLI_OK, UR_CLI_FAILED, UR_CLI_SKIPPED } ur_cli_verdict;

void ur_cli_check_report(ur_cli_checks *checks, ur_cli_verdict verdict, const char *name, const char *format, ...)
    UR_PRINTF(4, 5);

/* A network to check, with new random weights. */
typedef struct ur_cli_network {
    const char *what; /* suffix of a check's name: ", lstm" */
    const char *line;
    ur_sizes sizes;
} ur_cli_network;

/* Checks the network's gradients against differences of its loss, with dropout removed. */
ur_status ur_cli_check_gradients(ur_cli_checks *checks, const ur_cli_network *network, ur_error *error);

/* Checks that the same short training gives the same bits with each instruction set and with 1, 2 and 3 threads. */
ur_status ur_cli_check_bits(ur_cli_checks *checks, const ur_cli_network *network, ur_error *error);

/* Checks the values that the model file records against the computed ones, with each instruction set. */
ur_status ur_cli_check_probe(ur_cli_checks *checks, const char *path, ur_error *error);

#endif
