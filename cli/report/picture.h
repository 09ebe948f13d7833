/* A grey picture in a report. */
#ifndef UR_CLI_PICTURE_H
#define UR_CLI_PICTURE_H

#include "unroll.h"

#include <stddef.h>
#include <stdio.h>

/* pixel (rows, columns), 0 black to 255 white. In half blocks: a character is a place and the one below it, in grey where the
 * terminal has colours; else it is white from 128 on. */
void ur_cli_picture_terminal(FILE *file, const unsigned char *pixel, size_t rows, size_t columns);
/* The same with a letter in place of some characters: mark (⌈rows/2⌉, columns), zeros for none. */
void ur_cli_picture_marked(FILE *file, const unsigned char *pixel, size_t rows, size_t columns, const char *mark);

/* <image> in an <svg>, whose place and size are in the attributes: 'x="0" y="0" width="28" height="28"'. */
ur_status ur_cli_picture_svg(FILE *file, const unsigned char *pixel, size_t rows, size_t columns,
                             const char *attributes, ur_error *error);

#endif
