/*
 * Captions of pictures: rows of a table, TSV or CSV, each with a caption and, where pictures are files, the name of one. The
 * same picture may have several captions. Captions are short: all of them are in memory, with one blank for several.
 */
#ifndef UR_DATA_CAPTIONS_H
#define UR_DATA_CAPTIONS_H

#include "unroll.h"

#include <stdbool.h>

struct ur_watcher;

typedef struct ur_caption {
    size_t begin, length;   /* in `text` */
    uint32_t picture, line; /* which one: a row's number from 0, or a place in `names`; where the row begins */
} ur_caption;

typedef struct ur_captions {
    ur_caption *row;
    size_t count, capacity;
    char *text;
    size_t used, room;
    uint32_t *of_picture,
        *first;   /* numbers of the rows, picture by picture; where those of picture i begin, pictures + 1 */
    char **names; /* of different pictures, in the order of their bytes; NULL: a row is a picture */
    size_t pictures;
    char *path, found[160]; /* of the table; what was found in it, for people */
    uint64_t hash;          /* of its bytes */
} ur_captions;

typedef struct ur_captions_options {
    const struct ur_watcher *watcher; /* NULL: none */
    const char *caption_column;       /* its name in the header, or its number from 1; NULL: found by its name */
    const char *file_column;          /* the same */
    const char *header;               /* "yes", "no" or NULL: found by looking */
    bool files;                       /* pictures are files */
    bool normal_form;                 /* captions are brought to normal form C */
} ur_captions_options;

/* UR_ERR_USAGE for a column that is not there, or none that looks right; UR_ERR_DATA for a row without a caption or without
 * a file. Messages name file and line. */
ur_status ur_captions_open(ur_captions **captions, const char *path, const ur_captions_options *options,
                           ur_error *error);
void ur_captions_close(ur_captions *captions); /* NULL is allowed */

static inline const char *ur_caption_text_of(const ur_captions *captions, size_t i)
{
    return captions->text + captions->row[i].begin;
}

#endif
