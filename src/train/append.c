/* See append.h. */
#include "train/append.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static ur_status open_regular(ur_append *file, ur_error *error)
{
    struct stat now;
    file->fd = open(file->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    if (file->fd < 0) return ur_fail_file(error, file->path, "open", errno);
    if (fstat(file->fd, &now) != 0) return ur_fail_file(error, file->path, "look at", errno);
    if (S_ISREG(now.st_mode)) return UR_OK;
    return ur_fail(error, UR_ERR_IO, "%s: not a regular file; choose another run folder", file->path);
}

ur_status ur_append_open(ur_append *file, const char *path, ur_error *error)
{
    *file = (ur_append){.fd = -1, .path = strdup(path)};
    if (!file->path) return ur_fail_memory(error, "a file's name");
    ur_status status = open_regular(file, error);
    if (status != UR_OK) ur_append_close(file);
    return status;
}

ur_status ur_append_read(const ur_append *file, off_t place, void *bytes, size_t size, size_t *got, ur_error *error)
{
    ssize_t done;
    do done = pread(file->fd, bytes, size, place);
    while (done < 0 && errno == EINTR);
    if (done < 0) return ur_fail_file(error, file->path, "read", errno);
    *got = (size_t)done;
    return UR_OK;
}

bool ur_append_is_empty(const ur_append *file) { return file->fd >= 0 && lseek(file->fd, 0, SEEK_END) == 0; }

ur_status ur_append_cut(ur_append *file, off_t end, ur_error *error)
{
    if (ftruncate(file->fd, end) != 0) return ur_fail_file(error, file->path, "cut", errno);
    return lseek(file->fd, end, SEEK_SET) < 0 ? ur_fail_file(error, file->path, "write", errno) : UR_OK;
}

ur_status ur_append_put(ur_append *file, const void *bytes, size_t size, ur_error *error)
{
    for (const char *at = bytes; size > 0;) {
        ssize_t done = write(file->fd, at, size);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return ur_fail_file(error, file->path, "write", errno);
        at += done;
        size -= (size_t)done;
    }
    return UR_OK;
}

ur_status ur_append_sync(ur_append *file, ur_error *error)
{
    while (file->fd >= 0 && fsync(file->fd) != 0)
        if (errno != EINTR) return ur_fail_file(error, file->path, "write", errno);
    return UR_OK;
}

void ur_append_close(ur_append *file)
{
    if (file->path && file->fd >= 0) close(file->fd);
    free(file->path);
    *file = (ur_append){.fd = -1};
}
