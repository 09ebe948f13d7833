/*
 * Pictures of one size, all in memory, a byte a number: those of an idx file (N, rows, columns[, channels]) in their order,
 * or picture files of any size (media/picture_file.h), each of them scaled. What is transparent is laid over white. Files
 * may be packed with gzip. Read-only once it is open, and then safe from any number of threads.
 */
#ifndef UR_DATA_ALBUM_H
#define UR_DATA_ALBUM_H

#include "data/media/scale.h"
#include "data/source.h"

typedef struct ur_album {
    ur_source source;
    ur_picture_size size; /* of each */
    size_t count;
    unsigned char *bytes; /* (count, rows, columns, channels) */
    bool idx;
    uint64_t hash; /* of all of them */
} ur_album;

typedef struct ur_album_options {
    const struct ur_watcher *watcher; /* NULL: none */
    const char *const
        *names; /* files below the folder, in this order, with or without their ending; NULL: all there are */
    size_t name_count;
    ur_picture_size size; /* that they are to have; rows 0: nothing is decided, and they become */
    size_t side;          /* side x side, files in colour; 0: those of idx stay, files become 64 x 64 */
} ur_album_options;

/* `path`: an idx file, a picture, or a folder of pictures, which come in the order of their paths. Names want a folder.
 * UR_ERR_USAGE, UR_ERR_IO, UR_ERR_FORMAT, UR_ERR_DATA; messages name the file. */
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

/* For people: "FILE", or of idx "FILE: image 7". */
void ur_album_name(const ur_album *album, size_t i, char *text, size_t size);

/* Whether a path is an idx file, by its first bytes (unpacked), and no folder or picture. */
ur_status ur_album_look(const char *path, bool *idx, ur_error *error);

#endif
