/* Dots in a plane, with names where they fit. */
#ifndef UR_CLI_SCATTER_H
#define UR_CLI_SCATTER_H

#include <stddef.h>
#include <stdio.h>

typedef struct ur_cli_dot {
    double x, y;      /* finite */
    const char *name; /* NULL for none */
} ur_cli_dot;

/* Both axes have the same scale. Names are written in the order of the dots; one that would touch another is left
 * out. */
typedef struct ur_cli_scatter {
    const char *title, *x_label, *y_label; /* NULL for none */
    const ur_cli_dot *dots;
    size_t count;
    size_t marked; /* the first `marked` dots are highlighted, the very first one most */
} ur_cli_scatter;

void ur_cli_scatter_svg(FILE *file, const ur_cli_scatter *scatter);

#endif
