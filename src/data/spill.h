/* Temporary files: without a name, so that they go with the process at the latest. And a block that may become large: memory at
 * first, then such a file. */
#ifndef UR_DATA_SPILL_H
#define UR_DATA_SPILL_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* The folder for temporary files; NULL: /tmp. Texts are the caller's. UR_ERR_IO names it, and TMPDIR. */
ur_status ur_temporary_open(const char *folder, int *descriptor, ur_error *error);

enum { UR_SPILL_LEAST = 32 << 20 }; /* bytes from which on a block lies in a file */

/*
 * A block of numbers. Zeros, but for `folder` and `least`: it is empty. In a file its bytes are mapped: what is not looked at
 * takes no memory. Room on the disk is taken before it is written to, so that a full one is an error here and nowhere else.
 */
typedef struct ur_spill {
    const char *folder; /* for the file; NULL: /tmp */
    size_t least;       /* bytes from which on it lies in a file; 0: UR_SPILL_LEAST */
    void *bytes;        /* moves as the block grows */
    size_t room;        /* bytes */
    int file;           /* its descriptor, where it is mapped */
    bool mapped;
} ur_spill;

/* Makes room for `count` things of `size` bytes and keeps what there is. UR_ERR_MEMORY, UR_ERR_IO: it stays as it was. */
ur_status ur_spill_grow(ur_spill *spill, size_t count, size_t size, ur_error *error);
void ur_spill_free(ur_spill *spill);

#endif
