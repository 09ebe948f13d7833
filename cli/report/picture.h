/* A grey picture on a terminal. */
#ifndef UR_CLI_PICTURE_H
#define UR_CLI_PICTURE_H

#include <stddef.h>
#include <stdio.h>

/* pixel (rows, columns), 0 black to 255 white. In half blocks: a character is a place and the one below it, in grey where the
 * terminal has colours; else it is white from 128 on. */
void ur_cli_picture_terminal(FILE *file, const unsigned char *pixel, size_t rows, size_t columns);

#endif
