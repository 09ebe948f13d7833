/*
 * Arrays for numpy: a .npz file, which is a zip of .npy files, written as the numbers come. Each array's rows wait in a
 * temporary file until all are known, since a zip holds one after the other. Built in where minizip was found.
 */
#ifndef UR_CLI_NPZ_H
#define UR_CLI_NPZ_H

#include "unroll.h"

#include <stdbool.h>

enum { UR_CLI_ARRAYS_MAX = 512 };

typedef struct ur_cli_array {
    char name[64];
    const char *type; /* numpy's: "<f4", "<i4" */
    size_t width;     /* numbers of four bytes a row; 0: one, and the array has one axis */
    uint64_t rows;
    void *file; /* FILE */
} ur_cli_array;

typedef struct ur_cli_npz {
    ur_cli_array array[UR_CLI_ARRAYS_MAX];
    size_t count;
} ur_cli_npz;

bool ur_cli_npz_built(void);

/* Begins an array; *place is its number. UR_ERR_UNSUPPORTED where npz is not built in. */
ur_status ur_cli_npz_begin(ur_cli_npz *npz, const char *name, const char *type, size_t width, size_t *place,
                           ur_error *error);
ur_status ur_cli_npz_row(ur_cli_npz *npz, size_t place, const void *row, ur_error *error);
/* Writes the file whole or not at all: a temporary name beside it, then a rename. */
ur_status ur_cli_npz_save(ur_cli_npz *npz, const char *path, ur_error *error);
void ur_cli_npz_drop(ur_cli_npz *npz); /* closes what is open; also after a save */

#endif
