/* See log.h. */
#include "train/log.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Leaves the file position behind the line break of line `lines`. */
static ur_status skip_lines(ur_log_file *log, uint64_t lines, ur_error *error)
{
    char piece[4096];
    off_t end = 0;
    for (uint64_t found = 0; found < lines;) {
        ssize_t got = pread(log->fd, piece, sizeof piece, end);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return ur_fail_file(error, log->path, "read", errno);
        if (got == 0)
            return ur_fail(error, UR_ERR_DATA,
                           "%s: has %llu lines, the checkpoint knows of %llu; put the whole log back or begin anew "
                           "with --overwrite",
                           log->path, (unsigned long long)found, (unsigned long long)lines);
        for (ssize_t i = 0; i < got && found < lines; i++, end++) found += piece[i] == '\n';
    }
    if (ftruncate(log->fd, end) != 0) return ur_fail_file(error, log->path, "cut", errno);
    return lseek(log->fd, end, SEEK_SET) < 0 ? ur_fail_file(error, log->path, "write", errno) : UR_OK;
}

static ur_status open_at(ur_log_file *log, uint64_t lines, ur_error *error)
{
    struct stat now;
    log->fd = open(log->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    if (log->fd < 0) return ur_fail_file(error, log->path, "open", errno);
    if (fstat(log->fd, &now) != 0) return ur_fail_file(error, log->path, "look at", errno);
    if (!S_ISREG(now.st_mode))
        return ur_fail(error, UR_ERR_IO, "%s: not a regular file; choose another run folder", log->path);
    log->lines = lines;
    return skip_lines(log, lines, error);
}

ur_status ur_log_open(ur_log_file *log, const char *path, uint64_t lines, ur_error *error)
{
    *log = (ur_log_file){.fd = -1, .path = strdup(path)};
    if (!log->path) return ur_fail_memory(error, "the log");
    ur_status status = open_at(log, lines, error);
    if (status != UR_OK) ur_log_close(log);
    return status;
}

static ur_status put(ur_log_file *log, const char *bytes, size_t size, ur_error *error)
{
    while (size > 0) {
        ssize_t done = write(log->fd, bytes, size);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return ur_fail_file(error, log->path, "write", errno);
        bytes += done;
        size -= (size_t)done;
    }
    return UR_OK;
}

ur_status ur_log_add(ur_log_file *log, const char *text, ur_error *error)
{
    if (log->fd < 0) return UR_OK;
    UR_TRY(put(log, text, strlen(text), error));
    UR_TRY(put(log, "\n", 1, error));
    log->lines++;
    return UR_OK;
}

ur_status ur_log_sync(ur_log_file *log, ur_error *error)
{
    while (log->fd >= 0 && fsync(log->fd) != 0)
        if (errno != EINTR) return ur_fail_file(error, log->path, "write", errno);
    return UR_OK;
}

void ur_log_close(ur_log_file *log)
{
    if (log->path && log->fd >= 0) close(log->fd);
    free(log->path);
    *log = (ur_log_file){.fd = -1};
}
