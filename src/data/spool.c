/* Standard input kept in a file, because a text is read more than once. */
#include "base/error.h"
#include "base/file.h"
#include "data/corpus.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 65536 };

static ur_status fail_write(ur_error *error, const char *path)
{
    return ur_fail(error, UR_ERR_IO,
                   "%s: standard input cannot be kept: %s; set TMPDIR to a folder with room for it, or give a file",
                   path, strerror(errno));
}

static ur_status write_all(int target, const char *path, const char *bytes, size_t size, ur_error *error)
{
    while (size > 0) {
        ssize_t put = write(target, bytes, size);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail_write(error, path);
        bytes += put;
        size -= (size_t)put;
    }
    return UR_OK;
}

static ur_status copy(int source, int target, const char *path, char *piece, ur_error *error)
{
    for (;;) {
        ssize_t got = read(source, piece, PIECE);
        if (got == 0) return UR_OK;
        if (got < 0 && errno == EINTR)
            return ur_fail(error, UR_ERR_INTERRUPTED, "reading standard input was interrupted");
        if (got < 0) return ur_fail(error, UR_ERR_IO, "standard input cannot be read: %s", strerror(errno));
        UR_TRY(write_all(target, path, piece, (size_t)got, error));
    }
}

static ur_status fill(const char *path, int source, ur_error *error)
{
    int target = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (target < 0) return fail_write(error, path);
    char *piece = malloc(PIECE);
    ur_status status =
        piece ? copy(source, target, path, piece, error) : ur_fail_memory(error, "reading standard input");
    free(piece);
    if (close(target) != 0 && status == UR_OK) status = fail_write(error, path);
    return status;
}

/* The file has a folder of its own, so that its name, which goes into the model file, is the same each time. */
ur_status ur_spool_create(ur_spool *spool, int descriptor, const char *folder, ur_error *error)
{
    spool->path = NULL;
    char *own = ur_path_join(folder, "unroll-XXXXXX");
    if (!own) return ur_fail_memory(error, "reading standard input");
    if (!mkdtemp(own)) {
        ur_status status = fail_write(error, folder);
        free(own);
        return status;
    }
    spool->path = ur_path_join(own, "stdin");
    ur_status status =
        spool->path ? fill(spool->path, descriptor, error) : ur_fail_memory(error, "reading standard input");
    if (!spool->path) rmdir(own);
    free(own);
    if (status != UR_OK) ur_spool_free(spool);
    return status;
}

void ur_spool_free(ur_spool *spool)
{
    if (!spool->path) return;
    unlink(spool->path);
    *strrchr(spool->path, '/') = 0;
    rmdir(spool->path);
    free(spool->path);
    spool->path = NULL;
}
