/* Finds the files of a text and reads pieces of them; see file_list.h. */
#define _FILE_OFFSET_BITS 64

#include "data/file_list.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(sizeof(off_t) == 8, "files of more than 2 GB");

ur_status ur_fail_system(ur_error *error, int number, const char *path, const char *what)
{
    ur_status status = number == ENOMEM ? UR_ERR_MEMORY : UR_ERR_IO;
    char reason[UR_REASON_MAX];
    return ur_fail(error, status, "%s: %s: %s", path, what, ur_reason(number, reason));
}

/* ---- Reading --------------------------------------------------------------------------------------------------- */

/* Returns the number of bytes read, fewer than `size` only at the end of the file, or −1 with errno set. */
static int64_t read_at(int descriptor, uint64_t offset, unsigned char *buffer, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = pread(descriptor, buffer + done, size - done, (off_t)(offset + done));
        if (got == 0) break;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        done += (size_t)got;
    }
    return (int64_t)done;
}

static ur_status check_unchanged(const ur_text_file *file, const struct stat *now, ur_error *error)
{
    const char *remedy = "leave the text alone while it is read, or work on a copy";
    if (!S_ISREG(now->st_mode))
        return ur_fail(error, UR_ERR_IO, "%s: no longer a regular file; %s", file->path, remedy);
    if ((uint64_t)now->st_size != file->size)
        return ur_fail(error, UR_ERR_IO, "%s: %s from %llu to %llu bytes since it was opened; %s", file->path,
                       (uint64_t)now->st_size < file->size ? "shrank" : "grew", (unsigned long long)file->size,
                       (unsigned long long)now->st_size, remedy);
    if (now->st_mtim.tv_sec != file->seconds || now->st_mtim.tv_nsec != file->nanoseconds)
        return ur_fail(error, UR_ERR_IO, "%s: changed since it was opened; %s", file->path, remedy);
    return UR_OK;
}

static ur_status fail_gone(const ur_text_file *file, const char *otherwise, ur_error *error)
{
    return ur_fail_system(error, errno, file->path, errno == ENOENT ? "is gone since it was opened" : otherwise);
}

/* The file is checked by its name after its bytes were read, so that an earlier change is seen. */
static ur_status read_checked(const ur_text_file *file, int descriptor, uint64_t offset, unsigned char *buffer,
                              size_t size, ur_error *error)
{
    struct stat now;
    int64_t got = read_at(descriptor, offset, buffer, size);
    int number = errno;
    if (stat(file->path, &now) != 0) return fail_gone(file, "cannot be looked at", error);
    UR_TRY(check_unchanged(file, &now, error));
    if (got < 0) return ur_fail_system(error, number, file->path, "cannot be read");
    if ((uint64_t)got == size) return UR_OK;
    return ur_fail(error, UR_ERR_IO, "%s: ends at byte %llu; it should have %llu bytes", file->path,
                   (unsigned long long)(offset + (uint64_t)got), (unsigned long long)file->size);
}

/* Non-blocking, in case the name now belongs to a pipe. */
static int open_text(const char *path) { return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); }

ur_status ur_open_text_read(ur_open_text *open, const ur_text_file *file, uint64_t offset, unsigned char *buffer,
                            size_t size, ur_error *error)
{
    if (open->file != file) {
        ur_open_text_close(open);
        open->descriptor = open_text(file->path);
        if (open->descriptor < 0) return fail_gone(file, "cannot be opened again", error);
        open->file = file;
    }
    return read_checked(file, open->descriptor, offset, buffer, size, error);
}

void ur_open_text_close(ur_open_text *open)
{
    if (open->file) close(open->descriptor);
    open->file = NULL;
}

ur_status ur_text_file_read(const ur_text_file *file, uint64_t offset, unsigned char *buffer, size_t size,
                            ur_error *error)
{
    ur_open_text once = {NULL, -1};
    ur_status status = ur_open_text_read(&once, file, offset, buffer, size, error);
    ur_open_text_close(&once);
    return status;
}

ur_status ur_descriptor_read(int descriptor, const char *path, uint64_t offset, unsigned char *buffer, size_t size,
                             ur_error *error)
{
    int64_t got = read_at(descriptor, offset, buffer, size);
    if (got < 0) return ur_fail_system(error, errno, path, "cannot be read");
    if ((uint64_t)got == size) return UR_OK;
    return ur_fail(error, UR_ERR_IO, "%s: its unpacked contents end too early", path);
}

/* ---- Finding --------------------------------------------------------------------------------------------------- */

void ur_file_list_free(ur_file_list *list)
{
    for (size_t i = 0; i < list->count; i++) free(list->files[i].path);
    free(list->files);
    *list = (ur_file_list){0};
}

static ur_status reserve(ur_file_list *list, ur_error *error)
{
    if (list->count < list->capacity) return UR_OK;
    size_t capacity = list->capacity ? 2 * list->capacity : 8, bytes;
    ur_text_file *grown = ur_mul_fits(capacity, sizeof *grown, &bytes) ? realloc(list->files, bytes) : NULL;
    if (!grown) return ur_fail_memory(error, "the list of files");
    list->files = grown;
    list->capacity = capacity;
    return UR_OK;
}

ur_status ur_file_list_append(ur_file_list *list, char *path, const struct stat *found, ur_error *error)
{
    ur_status status = path ? reserve(list, error) : ur_fail_memory(error, "the list of files");
    if (status != UR_OK) {
        free(path);
        return status;
    }
    list->files[list->count++] = (ur_text_file){.path = path,
                                                .size = (uint64_t)found->st_size,
                                                .seconds = found->st_mtim.tv_sec,
                                                .nanoseconds = found->st_mtim.tv_nsec};
    return UR_OK;
}

/* ---- What a file looks like -------------------------------------------------------------------------------------- */

/* Reads the beginning of a file and its length. */
static ur_status read_start(const char *path, unsigned char start[UR_LOOKS_PROBE], size_t *length, ur_error *error)
{
    int descriptor = open_text(path);
    if (descriptor < 0) return ur_fail_system(error, errno, path, "cannot be opened");
    int64_t got = read_at(descriptor, 0, start, UR_LOOKS_PROBE);
    int number = errno;
    close(descriptor);
    if (got < 0) return ur_fail_system(error, number, path, "cannot be read");
    *length = (size_t)got;
    return UR_OK;
}

ur_status ur_file_look(const char *path, ur_looks *looks, ur_error *error)
{
    unsigned char start[UR_LOOKS_PROBE];
    size_t length;
    UR_TRY(read_start(path, start, &length, error));
    *looks = ur_looks_of(start, length);
    return UR_OK;
}

static ur_status check_text(const char *path, ur_error *error)
{
    unsigned char start[UR_LOOKS_PROBE];
    size_t length;
    UR_TRY(read_start(path, start, &length, error));
    ur_looks looks = ur_looks_of(start, length);
    if (looks == UR_LOOKS_TEXT) return UR_OK;
    if (looks == UR_LOOKS_BINARY)
        return ur_fail(error, UR_ERR_FORMAT,
                       "%s: not a text (a zero byte among its first %d); train with `token` byte to take it as it is",
                       path, UR_LOOKS_PROBE);
    return ur_fail(error, UR_ERR_FORMAT,
                   "%s: %s text; turn it into UTF-8 first (iconv -f %s -t UTF-8), or train with `token` byte", path,
                   looks == UR_LOOKS_UTF16 ? "UTF-16" : "UTF-32", ur_looks_encoding(start, length));
}

static ur_status add_file(ur_file_list *list, const char *path, const struct stat *found, ur_binary binary,
                          ur_error *error)
{
    if (binary == UR_BINARY_NO) UR_TRY(check_text(path, error));
    return ur_file_list_append(list, strdup(path), found, error);
}

ur_status ur_file_list_make(ur_file_list *list, const char *const *paths, size_t count, ur_binary binary,
                            ur_error *error)
{
    *list = (ur_file_list){0};
    if (count == 0) return ur_fail(error, UR_ERR_USAGE, "no text given; name at least one file or folder");
    for (size_t i = 0; i < count; i++) {
        struct stat found;
        if (stat(paths[i], &found) != 0)
            return errno == ENOENT ? ur_fail(error, UR_ERR_IO, "%s: no such file or folder", paths[i])
                                   : ur_fail_system(error, errno, paths[i], "cannot be looked at");
        if (S_ISDIR(found.st_mode))
            UR_TRY(ur_file_list_walk(list, paths[i], binary == UR_BINARY_ALL, error));
        else if (S_ISREG(found.st_mode))
            UR_TRY(add_file(list, paths[i], &found, binary, error));
        else
            return ur_fail(error, UR_ERR_FORMAT,
                           "%s: neither a file nor a folder; a pipe is read as - (standard input)", paths[i]);
    }
    return UR_OK;
}
