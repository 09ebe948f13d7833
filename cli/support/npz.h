/*
 * Arrays for numpy: a .npz file, which is a zip of .npy files, written row by row. Each array's rows are kept in a
 * temporary file until all are known, because a zip stores one array after the other. Built in if minizip was found.
 */
#ifndef UR_CLI_NPZ_H
#define UR_CLI_NPZ_H

#include "unroll.h"

#include <stdbool.h>

enum { UR_CLI_ARRAYS_MAX = 512 };

typedef struct ur_cli_array {
    char name[64];
    const char *type; /* as numpy writes it: "<f4", "<i4" */
    size_t width;     /* numbers of four bytes per row; 0 for one number per row and an array with one axis */
    uint64_t rows;
    void *file; /* FILE */
} ur_cli_array;

typedef struct ur_cli_npz {
    ur_cli_array array[UR_CLI_ARRAYS_MAX];
    size_t count;
} ur_cli_npz;

bool ur_cli_npz_built(void);

/* Begins an array; *place is its index. UR_ERR_UNSUPPORTED if npz is not built in. */
ur_status ur_cli_npz_begin(ur_cli_npz *npz, const char *name, const char *type, size_t width, size_t *place,
                           ur_error *error);
ur_status ur_cli_npz_row(ur_cli_npz *npz, size_t place, const void *row, ur_error *error);
/* Writes the file whole or not at all: under a temporary name in the same folder, then renamed. */
ur_status ur_cli_npz_save(ur_cli_npz *npz, const char *path, ur_error *error);
void ur_cli_npz_drop(ur_cli_npz *npz); /* closes the temporary files; call it also after a save */

#endif
