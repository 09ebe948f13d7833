/* See spill.h. */
#include "data/spill.h"

#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *folder_of(const char *folder) { return folder ? folder : "/tmp"; }

/* The name is removed at once, so that the file exists only by its descriptor. */
ur_status ur_temporary_open(const char *folder, int *descriptor, ur_error *error)
{
    char reason[UR_REASON_MAX], *path = ur_path_join(folder_of(folder), "unroll-XXXXXX");
    if (!path) return ur_fail_memory(error, "a temporary file");
    *descriptor = mkstemp(path);
    ur_status status = UR_OK;
    if (*descriptor < 0)
        status = ur_fail(error, UR_ERR_IO,
                         "%s: cannot make a temporary file: %s; set TMPDIR to a folder with enough free space",
                         folder_of(folder), ur_reason(errno, reason));
    else
        unlink(path);
    free(path);
    return status;
}

/* ---- Growing ----------------------------------------------------------------------------------------------------- */

static ur_status grow_memory(ur_spill *s, size_t room, ur_error *error)
{
    void *grown = realloc(s->bytes, room);
    if (!grown) return ur_fail_memory(error, "the numbers of a table");
    s->bytes = grown;
    s->room = room;
    return UR_OK;
}

static ur_status reserve(const ur_spill *s, int file, size_t room, ur_error *error)
{
    char reason[UR_REASON_MAX];
    int cause;
    do cause = posix_fallocate(file, 0, (off_t)room);
    while (cause == EINTR);
    if (!cause) return UR_OK;
    return ur_fail(error, UR_ERR_IO,
                   "%s: cannot write a table of more than %zu MB to a temporary file: %s; set TMPDIR to a folder with "
                   "enough free space",
                   folder_of(s->folder), s->room >> 20, ur_reason(cause, reason));
}

/* Maps the file's bytes at a new address, with more bytes after them. */
static ur_status map_file(ur_spill *s, int file, size_t room, ur_error *error)
{
    UR_TRY(reserve(s, file, room, error));
    void *bytes = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (bytes == MAP_FAILED) return ur_fail_memory(error, "the numbers of a table");
    if (s->mapped) munmap(s->bytes, s->room);
    s->bytes = bytes;
    s->room = room;
    return UR_OK;
}

static ur_status leave_memory(ur_spill *s, size_t room, ur_error *error)
{
    ur_spill mapped = {.folder = s->folder, .room = s->room};
    UR_TRY(ur_temporary_open(s->folder, &mapped.file, error));
    ur_status status = map_file(&mapped, mapped.file, room, error);
    if (status != UR_OK) {
        close(mapped.file);
        return status;
    }
    if (s->room) memcpy(mapped.bytes, s->bytes, s->room);
    free(s->bytes);
    s->bytes = mapped.bytes;
    s->room = mapped.room;
    s->file = mapped.file;
    s->mapped = true;
    return UR_OK;
}

/* Memory is doubled; a file grows by an eighth. */
ur_status ur_spill_grow(ur_spill *s, size_t count, size_t size, ur_error *error)
{
    size_t bytes, least = s->least ? s->least : UR_SPILL_LEAST;
    if (!ur_mul_fits(count, size, &bytes) || bytes > SIZE_MAX / 4)
        return ur_fail_memory(error, "the numbers of a table");
    if (bytes <= s->room) return UR_OK;
    if (!s->mapped && bytes <= least) return grow_memory(s, 2 * bytes < least ? 2 * bytes + 256 : least, error);
    size_t room = bytes + bytes / 8 + least / 4;
    return s->mapped ? map_file(s, s->file, room, error) : leave_memory(s, room, error);
}

void ur_spill_free(ur_spill *s)
{
    if (s->mapped) {
        munmap(s->bytes, s->room);
        close(s->file);
    } else {
        free(s->bytes);
    }
    *s = (ur_spill){.folder = s->folder, .least = s->least};
}
