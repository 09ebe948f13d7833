/* See log.h. */
#include "train/log.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static ur_status open_at(ur_log_file *log, uint64_t length, ur_error *error)
{
    struct stat now;
    log->fd = open(log->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (log->fd < 0) return ur_fail_file(error, log->path, "open", errno);
    if (fstat(log->fd, &now) != 0) return ur_fail_file(error, log->path, "look at", errno);
    if ((uint64_t)now.st_size < length)
        return ur_fail(error, UR_ERR_DATA, "%s: has %llu bytes, the checkpoint knows of %llu; was it cut?", log->path,
                       (unsigned long long)now.st_size, (unsigned long long)length);
    if (ftruncate(log->fd, (off_t)length) != 0) return ur_fail_file(error, log->path, "cut", errno);
    if (lseek(log->fd, (off_t)length, SEEK_SET) < 0) return ur_fail_file(error, log->path, "write", errno);
    log->length = length;
    return UR_OK;
}

ur_status ur_log_open(ur_log_file *log, const char *path, uint64_t length, ur_error *error)
{
    *log = (ur_log_file){.fd = -1, .path = strdup(path)};
    if (!log->path) return ur_fail_memory(error, "the log");
    ur_status status = open_at(log, length, error);
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
        log->length += (uint64_t)done;
    }
    return UR_OK;
}

ur_status ur_log_add(ur_log_file *log, const char *text, ur_error *error)
{
    if (log->fd < 0) return UR_OK;
    UR_TRY(put(log, text, strlen(text), error));
    return put(log, "\n", 1, error);
}

ur_status ur_log_sync(ur_log_file *log, ur_error *error)
{
    if (log->fd < 0 || fsync(log->fd) == 0) return UR_OK;
    return ur_fail_file(error, log->path, "write", errno);
}

void ur_log_close(ur_log_file *log)
{
    if (log->path && log->fd >= 0) close(log->fd);
    free(log->path);
    *log = (ur_log_file){.fd = -1};
}
