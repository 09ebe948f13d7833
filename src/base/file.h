/* Files: read whole, written whole or not at all; folders that one process holds at a time. */
#ifndef UR_BASE_FILE_H
#define UR_BASE_FILE_H

#include "unroll.h"

#include <stdbool.h>

/* "PATH: cannot WANTED: REASON; REMEDY" for a call that set errno to `cause`. Returns UR_ERR_IO, or UR_ERR_MEMORY for
 * ENOMEM. */
ur_status ur_fail_file(ur_error *error, const char *path, const char *wanted, int cause);

/* The system's words for an errno, in English whatever the host's locale. */
enum { UR_REASON_MAX = 128 };
const char *ur_reason(int cause, char reason[UR_REASON_MAX]);

/* A whole file, read into memory. It is never mapped: if a file shrinks, that must be an error and not a signal. */
typedef struct ur_bytes {
    unsigned char *data;
    size_t size;
} ur_bytes;

ur_status ur_file_read(const char *path, ur_bytes *bytes, ur_error *error);
void ur_bytes_free(ur_bytes *bytes);

/*
 * Writes PATH whole or not at all. The bytes go to a temporary file in the same folder; commit does fsync, rename, and
 * fsync of the folder. Any failure removes the temporary file and leaves the old file as it was. A writer that was
 * opened must be committed or abandoned. A writer that failed or was committed holds nothing, and abandoning it does
 * nothing. A path that is a symbolic link is replaced by a file.
 */
typedef struct ur_writer {
    int fd;
    char *path, *temporary;
    unsigned char *buffer; /* gathers small writes; `held` bytes are waiting */
    size_t held;
    uint64_t written; /* bytes added so far, including those still waiting */
} ur_writer;

ur_status ur_writer_open(ur_writer *writer, const char *path, ur_error *error);
ur_status ur_writer_add(ur_writer *writer, const void *bytes, size_t size, ur_error *error);
ur_status ur_writer_commit(ur_writer *writer, ur_error *error);
void ur_writer_abandon(ur_writer *writer);

/* A lock on a folder that only one process may write. The folder is created if it does not exist (one level). The lock
 * ends with the process. */
typedef struct ur_folder_lock {
    int fd;
} ur_folder_lock;

ur_status ur_folder_lock_take(ur_folder_lock *lock, const char *folder, ur_error *error); /* UR_ERR_BUSY if held */
void ur_folder_lock_give(ur_folder_lock *lock);

/* True if the path exists, or if that cannot be known (a folder above may not be entered): opening it then says why. */
bool ur_path_exists(const char *path);
bool ur_path_is_folder(const char *path);
/* "folder/name" in new memory, to be freed with free(); NULL if there is no memory. */
char *ur_path_join(const char *folder, const char *name);

/* Removes the temporary files that killed writers left in `folder`. */
void ur_folder_sweep(const char *folder);

#endif
