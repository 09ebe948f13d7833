/* Grey pictures on the terminal and in a report. */
#ifndef UR_CLI_PICTURE_H
#define UR_CLI_PICTURE_H

#include "unroll.h"

#include <stddef.h>
#include <stdio.h>

/* pixel: (rows, columns), from 0 for black to 255 for white. Written in half blocks: a character shows a pixel and the
 * one below it, in grey if the terminal has colours; else pixels from 128 on are white. */
void ur_cli_picture_terminal(FILE *file, const unsigned char *pixel, size_t rows, size_t columns);
/* The same, with letters instead of some characters. mark: (⌈rows/2⌉, columns), zeros for none, or NULL. */
void ur_cli_picture_marked(FILE *file, const unsigned char *pixel, size_t rows, size_t columns, const char *mark);

/* Writes an <image> for an <svg>. Its place and size are in the attributes: 'x="0" y="0" width="28" height="28"'. */
ur_status ur_cli_picture_svg(FILE *file, const unsigned char *pixel, size_t rows, size_t columns,
                             const char *attributes, ur_error *error);

#endif
