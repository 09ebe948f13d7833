/* Temporary files without a name, which disappear with the process at the latest; and a block that is kept in memory
 * while it is small, and in such a file when it is large. */
#ifndef UR_DATA_SPILL_H
#define UR_DATA_SPILL_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Creates a file in `folder`, or in /tmp if that is NULL. UR_ERR_IO names the folder and TMPDIR. */
ur_status ur_temporary_open(const char *folder, int *descriptor, ur_error *error);

enum { UR_SPILL_LEAST = 32 << 20 }; /* a larger block is kept in a file */

/*
 * A block of numbers. All zeros but `folder` and `least`: empty. In a file its bytes are mapped, so that
 * unused pages take no memory. Disk space is reserved before it is written to, so that a full disk is an
 * error here and nowhere else.
 */
typedef struct ur_spill {
    const char *folder; /* for the file; NULL: /tmp */
    size_t least;       /* bytes that may be in memory; 0: UR_SPILL_LEAST */
    void *bytes;        /* moves as the block grows */
    size_t room;        /* bytes */
    int file;           /* its descriptor, if mapped */
    bool mapped;
} ur_spill;

/* Makes space for `count` items of `size` bytes and keeps the contents. On UR_ERR_MEMORY and UR_ERR_IO
 * the block stays as it was. */
ur_status ur_spill_grow(ur_spill *spill, size_t count, size_t size, ur_error *error);
void ur_spill_free(ur_spill *spill);

#endif
