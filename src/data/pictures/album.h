/*
 * Pictures of one size, all in memory, one byte per number. They come either from an idx file (N, rows, columns[,
 * channels]), in its order, or from picture files of any size (media/picture_file.h), each scaled to the same size.
 * Transparent pixels are laid over white. Files may be compressed with gzip. An open album is read-only and safe from
 * any number of threads.
 */
#ifndef UR_DATA_ALBUM_H
#define UR_DATA_ALBUM_H

#include "data/media/scale.h"
#include "data/source.h"

typedef struct ur_album {
    ur_source source;
    ur_picture_size size; /* of each picture */
    size_t count;
    unsigned char *bytes; /* (count, rows, columns, channels) */
    bool idx;
    uint64_t hash; /* of all numbers */
} ur_album;

typedef struct ur_album_options {
    const struct ur_watcher *watcher; /* NULL if none */
    /* Files below the folder, in this order, with or without their endings; NULL: all pictures of the folder. */
    const char *const *names;
    size_t name_count;
    ur_picture_size size; /* the size to scale to; if rows is 0, `side` decides */
    size_t side;          /* scale to side x side, and files to colour; 0: idx keeps its size, files become 64 x 64 */
} ur_album_options;

/* `path` is an idx file, a picture, or a folder of pictures, which come in the order of their paths. `names` need a
 * folder. UR_ERR_USAGE, UR_ERR_IO, UR_ERR_FORMAT, UR_ERR_DATA; messages name the file. */
ur_status ur_album_open(ur_album **album, const char *path, const ur_album_options *options, ur_error *error);
void ur_album_close(ur_album *album); /* NULL is allowed */

static inline size_t ur_picture_bytes(const ur_picture_size *size)
{
    return size->rows * size->columns * size->channels;
}
static inline const unsigned char *ur_album_picture(const ur_album *album, size_t i)
{
    return album->bytes + i * ur_picture_bytes(&album->size);
}

/* For people: "FILE", or for idx "FILE: image 7". */
void ur_album_name(const ur_album *album, size_t i, char *text, size_t size);

/* Whether a path is an idx file, judged by its first bytes (unpacked). False for a folder or a picture. */
ur_status ur_album_look(const char *path, bool *idx, ur_error *error);

#endif
