/* Horizontal bars, each with an optional second mark for a control value. */
#ifndef UR_CLI_BARS_H
#define UR_CLI_BARS_H

#include <stddef.h>
#include <stdio.h>

typedef struct ur_cli_bar {
    const char *name;
    double value, control; /* NaN for none */
} ur_cli_bar;

/* `control`: name of the second mark in the key, or NULL for no key. */
void ur_cli_bars_svg(FILE *file, const char *title, const char *control, const ur_cli_bar *bars, size_t count);
void ur_cli_bars_terminal(FILE *file, const ur_cli_bar *bars, size_t count, size_t columns);

#endif
