/* See source.h. */
#include "data/source.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/watch.h"
#include "data/gunzip.h"
#include "data/spill.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ur_status ur_source_open(ur_source *source, const char *const *paths, size_t count, const struct ur_watcher *watcher,
                         ur_error *error)
{
    *source = (ur_source){.temporary = -1, .watcher = watcher};
    return ur_file_list_make(&source->list, paths, count, UR_BINARY_ALL, error);
}

void ur_source_close(ur_source *source)
{
    if (source->open) ur_open_text_close(source->open);
    free(source->open);
    ur_file_list_free(&source->list);
    free(source->pieces);
    if (source->temporary >= 0) close(source->temporary);
    *source = (ur_source){.temporary = -1};
}

ur_status ur_source_keep(ur_source *source, const char *path, const void *bytes, size_t size, ur_error *error)
{
    char reason[UR_REASON_MAX];
    const unsigned char *from = bytes;
    const char *folder = source->watcher ? source->watcher->temporary : NULL;
    if (source->temporary < 0) UR_TRY(ur_temporary_open(folder, &source->temporary, error));
    for (size_t done = 0; done < size;) {
        ssize_t put = write(source->temporary, from + done, size - done);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0)
            return ur_fail(error, UR_ERR_IO,
                           "%s: cannot be unpacked: %s; set TMPDIR to a folder with enough free space", path,
                           ur_reason(errno, reason));
        done += (size_t)put;
    }
    source->unpacked += size;
    return UR_OK;
}

static ur_status settle_file(ur_source *source, size_t file, ur_error *error)
{
    const ur_text_file *from = &source->list.files[file];
    ur_piece *piece = &source->pieces[file];
    unsigned char magic[2];
    *piece = (ur_piece){.begin = file ? piece[-1].begin + piece[-1].size : 0, .size = from->size, .kept = -1};
    if (from->size >= sizeof magic) {
        UR_TRY(ur_watch(source->watcher, "opening the data", (double)file, (double)source->list.count, error));
        UR_TRY(ur_text_file_read(from, 0, magic, sizeof magic, error));
        if (magic[0] == 0x1f && magic[1] == 0x8b) UR_TRY(ur_gunzip(source, from, piece, error));
    }
    if (piece->begin + piece->size <= UINT64_C(1) << UR_SOURCE_BITS) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: with this file the data exceed 1 TiB", from->path);
}

ur_status ur_source_settle(ur_source *source, ur_error *error)
{
    source->pieces = calloc(source->list.count, sizeof *source->pieces);
    source->open = calloc(1, sizeof *source->open);
    if (!source->pieces || !source->open) return ur_fail_memory(error, "the list of files");
    for (size_t i = 0; i < source->list.count; i++) UR_TRY(settle_file(source, i, error));
    return UR_OK;
}

void ur_source_tell_left_out(const ur_source *source, char *text, size_t size)
{
    size_t count = source->list.left_out_count, named = count < 3 ? count : 3;
    int used = count ? snprintf(text, size, "; left out: %s", source->list.left_out) : 0;
    if (!count) *text = 0;
    if (count > named && used > 0 && (size_t)used < size)
        snprintf(text + used, size - (size_t)used, " and %zu more", count - named);
}

/* An empty file begins at the same address as the next one. The last file with that address is meant. */
size_t ur_source_find(const ur_source *source, uint64_t place)
{
    size_t low = 0, high = source->list.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (source->pieces[middle].begin <= place)
            low = middle;
        else
            high = middle;
    }
    return low;
}

const char *ur_source_path(const ur_source *source, size_t file) { return source->list.files[file].path; }

const char *ur_source_name(const ur_source *source, size_t file)
{
    const char *path = ur_source_path(source, file), *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

size_t ur_source_stem(const char *name, const char **ending)
{
    size_t length = strlen(name);
    if (length > 3 && strcmp(name + length - 3, ".gz") == 0) length -= 3;
    size_t dot = length;
    while (dot > 0 && name[dot - 1] != '.' && name[dot - 1] != '/') dot--;
    *ending = dot > 1 && name[dot - 1] == '.' ? name + dot - 1 : name + length;
    return length;
}

ur_status ur_source_read(const ur_source *source, uint64_t place, void *bytes, size_t size, ur_error *error)
{
    size_t file = ur_source_find(source, place);
    const ur_piece *piece = &source->pieces[file], *last = &source->pieces[source->list.count - 1];
    UR_TRY(ur_watch(source->watcher, "reading the data", (double)place, (double)(last->begin + last->size), error));
    uint64_t offset = place - piece->begin;
    if (piece->kept < 0) return ur_open_text_read(source->open, &source->list.files[file], offset, bytes, size, error);
    return ur_descriptor_read(source->temporary, ur_source_path(source, file), (uint64_t)piece->kept + offset, bytes,
                              size, error);
}
