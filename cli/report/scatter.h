/* Dots in a plane, with the names that have room. */
#ifndef UR_CLI_SCATTER_H
#define UR_CLI_SCATTER_H

#include <stddef.h>
#include <stdio.h>

typedef struct ur_cli_dot {
    double x, y;      /* finite */
    const char *name; /* NULL: none */
} ur_cli_dot;

/* One scale for both axes. Names are written in the order of the dots; one that would touch another is left out. */
typedef struct ur_cli_scatter {
    const char *title, *x_label, *y_label; /* NULL: none */
    const ur_cli_dot *dots;
    size_t count;
    size_t marked; /* so many, the first ones, stand out, and the very first most of all */
} ur_cli_scatter;

void ur_cli_scatter_svg(FILE *file, const ur_cli_scatter *scatter);

#endif
