/* A file that is appended to, and cut back when a run is resumed. The log and the event file are both built on it. */
#ifndef UR_TRAIN_APPEND_H
#define UR_TRAIN_APPEND_H

#include "base/file.h"

#include <sys/types.h>

typedef struct ur_append {
    int fd; /* −1 if no file is kept */
    char *path;
} ur_append;

/* Opens the file, or creates it. Anything but a regular file is an error. */
ur_status ur_append_open(ur_append *file, const char *path, ur_error *error);
/* Whether the file is empty, as it is when it was just created. */
bool ur_append_is_empty(const ur_append *file);
/* Reads up to `size` bytes from offset `place` into `bytes`. *got is 0 at the end of the file. */
ur_status ur_append_read(const ur_append *file, off_t place, void *bytes, size_t size, size_t *got, ur_error *error);
/* Removes everything after offset `end`. The next write goes there. */
ur_status ur_append_cut(ur_append *file, off_t end, ur_error *error);
ur_status ur_append_put(ur_append *file, const void *bytes, size_t size, ur_error *error);
/* Waits until everything written is on the disk. */
ur_status ur_append_sync(ur_append *file, ur_error *error);
void ur_append_close(ur_append *file);

#endif
