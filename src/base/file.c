/* Reading a file whole, and questions about a path. */
#include "base/file.h"

#include "base/error.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_FIRST = 64 << 10, READ_MOST = 1 << 30 };

/* A file that is being read into memory. */
typedef struct reading {
    const char *path;
    int fd;
    ur_bytes bytes;
    size_t capacity;
    size_t expected; /* bytes, or 0 if the length is unknown: pipes and files of /proc */
} reading;

static ur_status make_room(reading *in, size_t capacity, ur_error *error)
{
    unsigned char *data = NULL;
    if (!in->bytes.data)
        data = ur_block_raw(capacity); /* with huge pages: creating small pages takes as long as reading */
    else if (capacity > in->capacity)
        data = realloc(in->bytes.data, capacity);
    if (!data) return ur_fail(error, UR_ERR_MEMORY, "%s: not enough memory to read it", in->path);
    in->bytes.data = data;
    in->capacity = capacity;
    return UR_OK;
}

/* Reads to the end. The buffer always has space for one byte more, so that the end is seen and not assumed. */
static ur_status read_all(reading *in, ur_error *error)
{
    for (;;) {
        if (in->bytes.size == in->capacity) UR_TRY(make_room(in, in->capacity * 2, error));
        size_t room = in->capacity - in->bytes.size;
        ssize_t got = read(in->fd, in->bytes.data + in->bytes.size, room < READ_MOST ? room : READ_MOST);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return ur_fail_file(error, in->path, "read", errno);
        if (got == 0) return UR_OK;
        in->bytes.size += (size_t)got;
        if (in->expected && in->bytes.size > in->expected) return UR_OK; /* the file grew: the caller reports it */
    }
}

static ur_status read_expected(reading *in, size_t expected, ur_error *error)
{
    in->expected = expected;
    UR_TRY(make_room(in, expected ? expected + 1 : READ_FIRST, error));
    UR_TRY(read_all(in, error));
    if (expected && in->bytes.size != expected)
        return ur_fail(error, UR_ERR_IO, "%s: no longer has the %zu bytes it had when reading began; try again",
                       in->path, expected);
    return UR_OK;
}

/* Devices are refused, since they may have no end. */
static ur_status read_kind(reading *in, ur_error *error)
{
    struct stat about;
    if (fstat(in->fd, &about) != 0) return ur_fail_file(error, in->path, "read", errno);
    if (S_ISDIR(about.st_mode)) return ur_fail_file(error, in->path, "read", EISDIR);
    if (S_ISFIFO(about.st_mode)) return read_expected(in, 0, error);
    if (!S_ISREG(about.st_mode))
        return ur_fail(error, UR_ERR_IO, "%s: neither a file nor a pipe; give a file or a pipe", in->path);
    if ((uintmax_t)about.st_size >= PTRDIFF_MAX) return ur_fail_file(error, in->path, "read", ENOMEM);
    return read_expected(in, (size_t)about.st_size, error);
}

ur_status ur_file_read(const char *path, ur_bytes *bytes, ur_error *error)
{
    *bytes = (ur_bytes){0};
    reading in = {.path = path};
    in.fd = open(path, O_RDONLY | O_CLOEXEC);
    if (in.fd < 0) return ur_fail_file(error, path, "open", errno);
    ur_status status = read_kind(&in, error);
    close(in.fd);
    if (status == UR_OK)
        *bytes = in.bytes;
    else
        ur_bytes_free(&in.bytes);
    return status;
}

void ur_bytes_free(ur_bytes *bytes)
{
    free(bytes->data);
    *bytes = (ur_bytes){0};
}

bool ur_path_exists(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

bool ur_path_is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

char *ur_path_join(const char *folder, const char *name)
{
    size_t head = strlen(folder), tail = strlen(name);
    bool slash = head > 0 && folder[head - 1] != '/';
    char *path = malloc(head + slash + tail + 1);
    if (!path) return NULL;
    memcpy(path, folder, head);
    if (slash) path[head] = '/';
    memcpy(path + head + slash, name, tail + 1);
    return path;
}
