/* A matrix as coloured cells: light to dark from `least` on, or, where that is below 0, blue below 0 and orange above. */
#ifndef UR_CLI_HEAT_H
#define UR_CLI_HEAT_H

#include <stddef.h>
#include <stdio.h>

typedef struct ur_cli_heat {
    const char *title; /* NULL: none */
    size_t rows, columns;
    const double *value;                                /* (rows, columns); NaN: an empty cell */
    const char *const *row_names, *const *column_names; /* NULL: none */
    double least, most;                                 /* what the ends of the colours stand for */
} ur_cli_heat;

/* Numbers stand in the cells where they are few and wide enough. */
void ur_cli_heat_svg(FILE *file, const ur_cli_heat *heat);

#endif
