/* Files: read whole or by position, written whole or not at all, folders held by one process at a time. */
#ifndef UR_BASE_FILE_H
#define UR_BASE_FILE_H

#include "unroll.h"

#include <stdbool.h>

/* "PATH: cannot WANTED: REASON; REMEDY" for a call that set errno to `cause`; returns UR_ERR_IO, or UR_ERR_MEMORY for
 * ENOMEM. */
ur_status ur_fail_file(ur_error *error, const char *path, const char *wanted, int cause);

/* The system's words for an errno, in one language whatever the host's. */
enum { UR_REASON_MAX = 128 };
const char *ur_reason(int cause, char reason[UR_REASON_MAX]);

/* A whole file, read into memory (never mapped: a file that shrinks must be an error and not a signal). */
typedef struct ur_bytes {
    unsigned char *data;
    size_t size;
} ur_bytes;

ur_status ur_file_read(const char *path, ur_bytes *bytes, ur_error *error);
void ur_bytes_free(ur_bytes *bytes);

/*
 * Writes PATH whole or not at all: the bytes go to a temporary name beside it; commit does fsync, rename, and fsync of
 * the folder. Any failure removes the temporary file and leaves the old one as it was. A writer that was opened must
 * be committed or abandoned; one that failed or was committed holds nothing, and abandoning it does nothing. A path
 * that is a symbolic link is replaced by a file.
 */
typedef struct ur_writer {
    int fd;
    char *path, *temporary;
    unsigned char *buffer; /* writes are gathered; `held` bytes wait */
    size_t held;
    uint64_t written; /* bytes added so far, those that wait among them */
} ur_writer;

ur_status ur_writer_open(ur_writer *writer, const char *path, ur_error *error);
ur_status ur_writer_add(ur_writer *writer, const void *bytes, size_t size, ur_error *error);
ur_status ur_writer_commit(ur_writer *writer, ur_error *error);
void ur_writer_abandon(ur_writer *writer);

/* A folder that only one process may write. Made if it is not there (one level). The lock goes with the process. */
typedef struct ur_folder_lock {
    int fd;
} ur_folder_lock;

ur_status ur_folder_lock_take(ur_folder_lock *lock, const char *folder, ur_error *error); /* UR_ERR_BUSY if held */
void ur_folder_lock_give(ur_folder_lock *lock);

/* Something is there, or there is no telling (a folder above that may not be entered): then opening it says why. */
bool ur_path_exists(const char *path);
bool ur_path_is_folder(const char *path);
/* "folder/name" in memory of its own (free()); NULL without memory. */
char *ur_path_join(const char *folder, const char *name);

/* Removes temporary files that a killed process left beside the names this project writes in `folder`. */
void ur_folder_sweep(const char *folder);

#endif
