/*
 * A file that appears whole or not at all. The bytes go to PATH.unroll-tmp-PID-N, which is locked (flock) while its
 * writer lives. The lock tells ur_folder_sweep which files belong to killed writers.
 */
#include "base/file.h"

#include "base/error.h"
#include "base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER = 256 << 10, NAMES_TRIED = 1000, NAME_EXTRA = 48 };

static bool is_open(const ur_writer *writer) { return writer->temporary != NULL; }

void ur_writer_abandon(ur_writer *writer)
{
    if (!is_open(writer)) return;
    if (writer->fd >= 0) {
        unlink(writer->temporary); /* before close, which releases the lock */
        close(writer->fd);
    }
    free(writer->path);
    free(writer->temporary);
    free(writer->buffer);
    *writer = (ur_writer){.fd = -1};
}

static ur_status give_up(ur_writer *writer, const char *wanted, int cause, ur_error *error)
{
    ur_status status = ur_fail_file(error, writer->path, wanted, cause);
    ur_writer_abandon(writer);
    return status;
}

/* A sweep may have removed the file as a leftover between open and lock; then it must not be used. A file system
 * without locks is acceptable for writing. */
static bool keep_lock(int fd)
{
    struct stat about;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return false;
    return fstat(fd, &about) == 0 && about.st_nlink > 0;
}

/* Returns 0 or an errno. */
static int open_temporary(ur_writer *writer)
{
    size_t length = strlen(writer->path);
    for (int n = 0; n < NAMES_TRIED; n++) {
        snprintf(writer->temporary + length, NAME_EXTRA, "%s%ld-%d", UR_TEMPORARY_MARK, (long)getpid(), n);
        int fd = open(writer->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST && errno != EINTR) return errno;
        if (fd < 0) continue;
        if (keep_lock(fd)) {
            writer->fd = fd;
            return 0;
        }
        close(fd);
    }
    return EEXIST;
}

/* A device or folder must not be replaced by a file. The permissions of an old file are kept. */
static ur_status check_old(const char *path, mode_t *permissions, ur_error *error)
{
    struct stat old;
    *permissions = 0;
    if (!*path) return ur_fail_file(error, path, "create", ENOENT);
    if (stat(path, &old) != 0) return UR_OK;
    if (S_ISDIR(old.st_mode)) return ur_fail_file(error, path, "write", EISDIR);
    if (!S_ISREG(old.st_mode))
        return ur_fail(error, UR_ERR_IO, "%s: cannot write: not a regular file; choose another name", path);
    *permissions = old.st_mode & 0777;
    return UR_OK;
}

ur_status ur_writer_open(ur_writer *writer, const char *path, ur_error *error)
{
    mode_t permissions;
    *writer = (ur_writer){.fd = -1};
    UR_TRY(check_old(path, &permissions, error));
    size_t length = strlen(path);
    writer->temporary = malloc(length + NAME_EXTRA);
    writer->path = malloc(length + 1);
    writer->buffer = malloc(BUFFER);
    if (!writer->temporary || !writer->path || !writer->buffer) {
        free(writer->temporary);
        free(writer->path);
        free(writer->buffer);
        *writer = (ur_writer){.fd = -1};
        return ur_fail(error, UR_ERR_MEMORY, "%s: not enough memory to write it", path);
    }
    memcpy(writer->path, path, length + 1);
    memcpy(writer->temporary, path, length + 1);
    int cause = open_temporary(writer);
    if (cause) return give_up(writer, "create", cause, error);
    if (permissions) (void)fchmod(writer->fd, permissions); /* some file systems have no permissions */
    return UR_OK;
}

/* Returns 0 or an errno. */
static int write_all(int fd, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t done = write(fd, bytes, size);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return errno;
        if (done == 0) return EIO;
        bytes += done;
        size -= (size_t)done;
    }
    return 0;
}

static int flush(ur_writer *writer)
{
    int cause = write_all(writer->fd, writer->buffer, writer->held);
    writer->held = 0;
    return cause;
}

static ur_status fail_closed(ur_error *error)
{
    return ur_fail(error, UR_ERR_USAGE, "the file was already abandoned or committed");
}

ur_status ur_writer_add(ur_writer *writer, const void *bytes, size_t size, ur_error *error)
{
    if (!is_open(writer)) return fail_closed(error);
    if (size == 0) return UR_OK;
    int cause = size > BUFFER - writer->held ? flush(writer) : 0;
    if (!cause && size >= BUFFER) {
        cause = write_all(writer->fd, bytes, size);
    } else if (!cause) {
        memcpy(writer->buffer + writer->held, bytes, size);
        writer->held += size;
    }
    if (cause) return give_up(writer, "write", cause, error);
    writer->written += size;
    return UR_OK;
}

static int sync_file(int fd)
{
    while (fsync(fd) != 0)
        if (errno != EINTR) return errno;
    return 0;
}

/* After the rename there is no way back: the new file is in place, and only its name may be lost in a power failure. */
static ur_status sync_name(ur_writer *writer, int folder, ur_error *error)
{
    int cause = sync_file(folder);
    /* EINVAL and ENOTSUP: the file system does not sync folders. */
    bool synced = cause == 0 || cause == EINVAL || cause == ENOTSUP;
    ur_status status = synced ? UR_OK : ur_fail_file(error, writer->path, "make its new name durable", cause);
    close(writer->fd);
    writer->fd = -1;
    ur_writer_abandon(writer);
    return status;
}

ur_status ur_writer_commit(ur_writer *writer, ur_error *error)
{
    if (!is_open(writer)) return fail_closed(error);
    int cause = flush(writer);
    if (!cause) cause = sync_file(writer->fd);
    if (cause) return give_up(writer, "write", cause, error);
    /* Opened while the old file can still be kept. */
    int folder = ur_folder_open_parent(writer->path);
    if (folder < 0) return give_up(writer, "open the folder", errno, error);
    /* The descriptor and its lock stay open: a sweep must not remove the file before the rename. */
    if (rename(writer->temporary, writer->path) != 0) {
        cause = errno;
        close(folder);
        return give_up(writer, "replace", cause, error);
    }
    ur_status status = sync_name(writer, folder, error);
    close(folder);
    return status;
}
