/* One folder per clip: pictures, one per frame, in the order of their names, and labels.txt, one label per line. */
#include "data/clips/clips_body.h"

#include "base/file.h"
#include "data/cursor.h"
#include "data/media/picture_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) : 0;
}

static bool is_labels(const ur_source *s, size_t file) { return strcmp(ur_source_name(s, file), "labels.txt") == 0; }

/* The number of files from `file` on that are in the same folder. */
static size_t count_folder(const ur_source *s, size_t file)
{
    const char *path = ur_source_path(s, file);
    size_t length = folder_length(path), end = file;
    while (end < s->list.count && folder_length(ur_source_path(s, end)) == length &&
           strncmp(ur_source_path(s, end), path, length) == 0)
        end++;
    return end - file;
}

static ur_status read_file(const ur_source *s, size_t file, ur_bytes *bytes, ur_error *error)
{
    size_t size = (size_t)s->pieces[file].size;
    *bytes = (ur_bytes){.data = malloc(size + 1), .size = size};
    if (!bytes->data) return ur_fail_memory(error, "a file");
    bytes->data[size] = 0;
    return ur_source_read(s, s->pieces[file].begin, bytes->data, size, error);
}

/* ---- Labels ------------------------------------------------------------------------------------------------------ */

static ur_status read_labels(ur_clips *c, const ur_clips_options *o, size_t file, ur_error *error)
{
    ur_bytes bytes;
    ur_status status = read_file(&c->source, file, &bytes, error);
    if (status == UR_OK)
        status = ur_clips_take_labels(c, o, ur_source_path(&c->source, file), (const char *)bytes.data, error);
    ur_bytes_free(&bytes);
    return status;
}

/* ---- Frames ------------------------------------------------------------------------------------------------------ */

/* All frames have the size of the first. */
static ur_status look_at_frame(ur_clips *c, const ur_clips_options *o, size_t file, ur_error *error)
{
    const char *path = ur_source_path(&c->source, file);
    ur_bytes bytes;
    ur_picture_file picture;
    ur_status status = read_file(&c->source, file, &bytes, error);
    if (status == UR_OK) c->hash = ur_hash_bytes(c->hash, bytes.data, bytes.size);
    if (status == UR_OK) status = ur_picture_file_look(bytes.data, bytes.size, &picture, error);
    ur_bytes_free(&bytes);
    if (status != UR_OK) return ur_fail_in(error, status, path);
    if (c->rows && (c->rows != picture.rows || c->columns != picture.columns || c->channels != picture.channels))
        return ur_fail(error, UR_ERR_DATA, "%s: a frame of %zu x %zu x %zu; the frames before it are %zu x %zu x %zu",
                       path, picture.rows, picture.columns, picture.channels, c->rows, c->columns, c->channels);
    if (c->rows) return UR_OK;
    c->rows = picture.rows;
    c->columns = picture.columns;
    c->channels = picture.channels;
    c->features = c->rows * c->columns * c->channels;
    return ur_clips_check_picture(c, o, path, error);
}

static ur_status add_folder(ur_clips *c, const ur_clips_options *o, size_t file, size_t count, ur_error *error)
{
    size_t labels = SIZE_MAX;
    for (size_t i = file; i < file + count; i++)
        if (is_labels(&c->source, i)) labels = i;
    size_t frames = count - (labels != SIZE_MAX);
    if (!frames) return UR_OK;
    if (labels == SIZE_MAX && !o->unlabelled)
        return ur_fail(error, UR_ERR_DATA,
                       "%s: no labels.txt beside it; it has one line for each frame, with its label",
                       ur_source_path(&c->source, file));
    UR_TRY(ur_clips_add(c, o, (ur_clip){.place = file, .file = file}, frames, error));
    for (size_t i = file; i < file + count; i++)
        if (i != labels) UR_TRY(look_at_frame(c, o, i, error));
    return labels == SIZE_MAX || o->unlabelled ? UR_OK : read_labels(c, o, labels, error);
}

static ur_status find_folders(ur_clips *c, const ur_clips_options *o, ur_error *error)
{
    for (size_t file = 0, count; file < c->source.list.count; file += count) {
        count = count_folder(&c->source, file);
        UR_TRY(add_folder(c, o, file, count, error));
    }
    snprintf(c->found, sizeof c->found, "folders of frames of %zu x %zu%s", c->rows, c->columns,
             c->channels == 1 ? "" : " in colour");
    return UR_OK;
}

static ur_status read_frame(const ur_clips *c, size_t file, float *value, ur_error *error)
{
    ur_bytes bytes;
    const ur_picture_file wanted = {c->rows, c->columns, c->channels};
    ur_status status = read_file(&c->source, file, &bytes, error);
    if (status == UR_OK) status = ur_picture_file_read(bytes.data, bytes.size, &wanted, value, error);
    if (status != UR_OK) ur_fail_in(error, status, ur_source_path(&c->source, file));
    ur_bytes_free(&bytes);
    return status;
}

static ur_status read_frames(const ur_clips *c, const ur_clip *clip, size_t first, size_t count, float *value,
                             ur_error *error)
{
    size_t file = (size_t)clip->place;
    for (size_t at = 0; at < first + count; file++) {
        if (is_labels(&c->source, file)) continue;
        if (at >= first) UR_TRY(read_frame(c, file, value + (at - first) * c->features, error));
        at++;
    }
    return UR_OK;
}

const ur_clips_form ur_clips_form_folders = {NULL, find_folders, read_frames};
