/* A file that grows at its end and is cut back when a run is resumed: what the log and the event file share. */
#ifndef UR_TRAIN_APPEND_H
#define UR_TRAIN_APPEND_H

#include "base/file.h"

#include <sys/types.h>

typedef struct ur_append {
    int fd; /* −1: no file is kept */
    char *path;
} ur_append;

/* Opens (makes) the file; what is no regular file is an error. */
ur_status ur_append_open(ur_append *file, const char *path, ur_error *error);
/* Whether there is nothing in it: it was made anew. */
bool ur_append_is_empty(const ur_append *file);
/* Up to `size` bytes from `place` into `bytes`; *got 0: the end. */
ur_status ur_append_read(const ur_append *file, off_t place, void *bytes, size_t size, size_t *got, ur_error *error);
/* Takes away all that stands behind `end`, and goes on there. */
ur_status ur_append_cut(ur_append *file, off_t end, ur_error *error);
ur_status ur_append_put(ur_append *file, const void *bytes, size_t size, ur_error *error);
/* Waits until what was put is on the disk. */
ur_status ur_append_sync(ur_append *file, ur_error *error);
void ur_append_close(ur_append *file);

#endif
