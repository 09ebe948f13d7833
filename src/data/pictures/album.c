/* See album.h. */
#include "data/pictures/album.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/watch.h"
#include "data/cursor.h"
#include "data/media/idx_head.h"
#include "data/media/picture_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHITE = 255, SIDE = 64, SIDE_MOST = 4096 };

void ur_album_close(ur_album *a)
{
    if (!a) return;
    ur_source_close(&a->source);
    free(a->bytes);
    free(a);
}

void ur_album_name(const ur_album *a, size_t i, char *text, size_t size)
{
    if (a->idx)
        snprintf(text, size, "%s: image %zu", ur_source_path(&a->source, 0), i + 1);
    else
        snprintf(text, size, "%s", ur_source_path(&a->source, i));
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static ur_status make_room(ur_album *a, ur_error *error)
{
    size_t row, one, all;
    const ur_picture_size *s = &a->size;
    bool fits = ur_mul_fits(s->columns, s->channels, &row) && ur_mul_fits(row, s->rows, &one);
    if (!fits || !one || s->rows > SIDE_MOST || s->columns > SIDE_MOST || s->channels > 64)
        return ur_fail(error, UR_ERR_DATA,
                       "%s: pictures of %zu x %zu x %zu; a side may be 1 to %d, with 1 to 64 channels",
                       ur_source_path(&a->source, 0), s->rows, s->columns, s->channels, SIDE_MOST);
    if (!ur_mul_fits(one, a->count, &all) || !(a->bytes = malloc(all + 1)))
        return ur_fail_memory(error, "the pictures");
    return UR_OK;
}

static unsigned char *place_of(const ur_album *a, size_t i) { return a->bytes + i * ur_picture_bytes(&a->size); }

/* ---- idx --------------------------------------------------------------------------------------------------------- */

/* Reads one picture of another size into a copy, and scales the copy. */
static ur_status take_scaled(ur_album *a, size_t i, const ur_idx *x, const ur_picture_size *own, ur_error *error)
{
    size_t size = ur_picture_bytes(own);
    unsigned char *copy = malloc(size);
    if (!copy) return ur_fail_memory(error, "a picture");
    ur_status status = ur_source_read(&a->source, x->begin + i * size, copy, size, error);
    if (status == UR_OK) status = ur_picture_scale(copy, own, place_of(a, i), &a->size, error);
    free(copy);
    return status;
}

static bool same_size(const ur_picture_size *a, const ur_picture_size *b)
{
    return a->rows == b->rows && a->columns == b->columns && a->channels == b->channels;
}

static ur_status read_idx(ur_album *a, const ur_album_options *o, ur_error *error)
{
    ur_idx x;
    UR_TRY(ur_idx_read(&a->source, 0, "pictures have 3 or 4", &x, error));
    if (x.sizes != 3 && x.sizes != 4)
        return ur_fail(error, UR_ERR_FORMAT, "%s has %zu dimensions; pictures have 3 or 4",
                       ur_source_path(&a->source, 0), x.sizes);
    const ur_picture_size own = {(size_t)x.size[1], (size_t)x.size[2], x.sizes == 4 ? (size_t)x.size[3] : 1};
    a->count = (size_t)x.size[0];
    a->size = o->size.rows ? o->size : o->side ? (ur_picture_size){o->side, o->side, own.channels} : own;
    if (same_size(&own, &a->size)) {
        UR_TRY(make_room(a, error));
        size_t all = a->count * ur_picture_bytes(&own);
        return all ? ur_source_read(&a->source, x.begin, a->bytes, all, error) : UR_OK;
    }
    if (!ur_picture_bytes(&own) || own.rows > SIDE_MOST || own.columns > SIDE_MOST)
        return ur_fail(error, UR_ERR_DATA, "%s: pictures of %zu x %zu x %zu", ur_source_path(&a->source, 0), own.rows,
                       own.columns, own.channels);
    UR_TRY(make_room(a, error));
    for (size_t i = 0; i < a->count; i++) UR_TRY(take_scaled(a, i, &x, &own, error));
    return UR_OK;
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

static ur_status take_file(ur_album *a, size_t i, const unsigned char *bytes, size_t size, ur_error *error)
{
    ur_picture_file found;
    unsigned char *numbers;
    UR_TRY(ur_picture_file_decode(bytes, size, WHITE, &found, &numbers, error));
    const ur_picture_size own = {found.rows, found.columns, found.channels};
    ur_status status = ur_picture_scale(numbers, &own, place_of(a, i), &a->size, error);
    free(numbers);
    return status;
}

static ur_status read_file(ur_album *a, size_t i, ur_error *error)
{
    size_t size = (size_t)a->source.pieces[i].size;
    unsigned char *bytes = malloc(size + 1);
    if (!bytes) return ur_fail_memory(error, "a picture");
    ur_status status = ur_source_read(&a->source, a->source.pieces[i].begin, bytes, size, error);
    if (status == UR_OK) {
        status = take_file(a, i, bytes, size, error);
        if (status != UR_OK) ur_fail_in(error, status, ur_source_path(&a->source, i));
    }
    free(bytes);
    return status;
}

static ur_status read_files(ur_album *a, const ur_album_options *o, ur_error *error)
{
    a->count = a->source.list.count;
    size_t side = o->side ? o->side : SIDE;
    a->size = o->size.rows ? o->size : (ur_picture_size){side, side, 3};
    UR_TRY(make_room(a, error));
    for (size_t i = 0; i < a->count; i++) {
        UR_TRY(read_file(a, i, error));
        UR_TRY(ur_watch(o->watcher, "reading the pictures", (double)i, (double)a->count, error));
    }
    return UR_OK;
}

/* ---- Which files ------------------------------------------------------------------------------------------------- */

static const char *const ENDINGS[] = {"", ".png", ".jpg", ".jpeg", ".ppm", ".pgm"};

/* Finds the path of a name below the folder; NULL if there is no memory. */
static char *find_file(const char *folder, const char *name)
{
    char *path = NULL;
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++) {
        size_t size = strlen(folder) + strlen(name) + 16;
        free(path);
        path = malloc(size);
        if (!path) return NULL;
        snprintf(path, size, "%s/%s%s", folder, name, ENDINGS[i]);
        if (ur_path_exists(path) && !ur_path_is_folder(path)) return path;
    }
    if (path) snprintf(path, strlen(folder) + strlen(name) + 2, "%s/%s", folder, name);
    return path;
}

static ur_status open_named(ur_album *a, const char *folder, const ur_album_options *o, ur_error *error)
{
    char **paths = calloc(o->name_count + 1, sizeof *paths);
    ur_status status = paths ? UR_OK : ur_fail_memory(error, "the names of the pictures");
    for (size_t i = 0; status == UR_OK && i < o->name_count; i++)
        if (!(paths[i] = find_file(folder, o->names[i]))) status = ur_fail_memory(error, "the names of the pictures");
    if (status == UR_OK)
        status = ur_source_open(&a->source, (const char *const *)paths, o->name_count, o->watcher, error);
    for (size_t i = 0; paths && i < o->name_count; i++) free(paths[i]);
    free(paths);
    return status;
}

/* Keeps only the files of a folder that are named like pictures. */
static ur_status keep_pictures(ur_album *a, const char *folder, ur_error *error)
{
    ur_file_list *list = &a->source.list;
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (ur_picture_file_named(list->files[i].path))
            list->files[kept++] = list->files[i];
        else
            free(list->files[i].path);
    }
    list->count = kept;
    if (kept) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: no pictures in this folder (.png, .jpg, .pgm, .ppm)", folder);
}

static ur_status find_files(ur_album *a, const char *path, const ur_album_options *o, ur_error *error)
{
    bool folder = ur_path_is_folder(path);
    if (o->names && !folder)
        return ur_fail(error, UR_ERR_USAGE, "%s: the table names picture files, so this must be their folder", path);
    if (o->names) return open_named(a, path, o, error);
    UR_TRY(ur_source_open(&a->source, &path, 1, o->watcher, error));
    return folder ? keep_pictures(a, path, error) : UR_OK;
}

static ur_status looks_like_idx(const ur_source *source, bool *yes, ur_error *error)
{
    unsigned char head[3] = {1};
    *yes = false;
    if (source->pieces[0].size < sizeof head) return UR_OK;
    UR_TRY(ur_source_read(source, source->pieces[0].begin, head, sizeof head, error));
    *yes = !head[0] && !head[1] && head[2] >= 8 && head[2] <= 14;
    return UR_OK;
}

ur_status ur_album_look(const char *path, bool *idx, ur_error *error)
{
    ur_source source;
    *idx = false;
    if (ur_path_is_folder(path)) return UR_OK;
    ur_status status = ur_source_open(&source, &path, 1, NULL, error);
    if (status == UR_OK) status = ur_source_settle(&source, error);
    if (status == UR_OK) status = looks_like_idx(&source, idx, error);
    ur_source_close(&source);
    return status;
}

static ur_status fill(ur_album *a, const char *path, const ur_album_options *o, ur_error *error)
{
    UR_TRY(find_files(a, path, o, error));
    UR_TRY(ur_source_settle(&a->source, error));
    if (!o->names && !ur_path_is_folder(path)) UR_TRY(looks_like_idx(&a->source, &a->idx, error));
    UR_TRY(a->idx ? read_idx(a, o, error) : read_files(a, o, error));
    a->hash = ur_hash_bytes(UR_HASH_START, a->bytes, a->count * ur_picture_bytes(&a->size));
    a->source.watcher = NULL;
    return UR_OK;
}

ur_status ur_album_open(ur_album **album, const char *path, const ur_album_options *options, ur_error *error)
{
    ur_album *a = *album = calloc(1, sizeof *a);
    if (!a) return ur_fail_memory(error, "the pictures");
    a->source.temporary = -1;
    ur_status status = fill(a, path, options, error);
    if (status == UR_OK) return UR_OK;
    ur_album_close(a);
    *album = NULL;
    return status;
}
