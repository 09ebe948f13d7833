/* Where a network looked at pictures, what it saw there, and how its answer changed, from the objects of `predict
 * --json --seen`. */
#ifndef UR_CLI_GLIMPSES_H
#define UR_CLI_GLIMPSES_H

#include "unroll.h"

#include <jansson.h>
#include <stdio.h>

/* One glimpse, with the numbers of the object. */
typedef struct ur_cli_glimpse {
    double row, column, side, probability;
    const char *label;
} ur_cli_glimpse;

/* The glimpses at one picture. The strings belong to the object. */
typedef struct ur_cli_glimpses {
    const char *where, *label;
    double probability;
    size_t count, rows, columns, size, scales;
    ur_cli_glimpse *at;     /* (count) */
    unsigned char *picture; /* (rows, columns) */
    unsigned char *seen;    /* (count, scales, size, size) */
} ur_cli_glimpses;

/* Reads an object. UR_ERR_FORMAT if it is no such object. The caller frees the result, also after a failure. */
ur_status ur_cli_glimpses_read(ur_cli_glimpses *glimpses, const json_t *object, ur_error *error);
void ur_cli_glimpses_free(ur_cli_glimpses *glimpses);

/* Draw the glimpses on the terminal, and as a figure of a page. */
ur_status ur_cli_glimpses_print(const ur_cli_glimpses *glimpses, ur_error *error);
ur_status ur_cli_glimpses_draw(const ur_cli_glimpses *glimpses, FILE *out, ur_error *error);

#endif
