/*
 * Captions of pictures: the rows of a table (TSV or CSV), each with a caption and, if pictures are files, a file name.
 * A picture may have several captions. Captions are short, so all of them are held in memory, with each run of white
 * space as one space.
 */
#ifndef UR_DATA_CAPTIONS_H
#define UR_DATA_CAPTIONS_H

#include "unroll.h"

#include <stdbool.h>

struct ur_watcher;

typedef struct ur_caption {
    size_t begin, length;   /* in `text` */
    uint32_t picture, line; /* its picture: the row's number from 0, or an index into `names`; first line of the row */
} ur_caption;

typedef struct ur_captions {
    ur_caption *row;
    size_t count, capacity;
    char *text;
    size_t used, room;
    uint32_t *of_picture, *first; /* row numbers ordered by picture; where those of picture i begin (pictures + 1) */
    char **names;                 /* of the different pictures, sorted by bytes; NULL if each row is a picture */
    size_t pictures;
    char *path, found[160]; /* of the table; a description of the data, for people */
    uint64_t hash;          /* of the table's bytes */
} ur_captions;

typedef struct ur_captions_options {
    const struct ur_watcher *watcher; /* NULL if none */
    const char *caption_column;       /* name in the header, or number from 1; NULL: found by its name */
    const char *file_column;          /* like caption_column */
    const char *header;               /* "yes" or "no"; NULL: found by looking */
    bool files;                       /* pictures are files */
    bool normal_form;                 /* bring captions to normal form C */
} ur_captions_options;

/* UR_ERR_USAGE for a column that does not exist, or if no column fits; UR_ERR_DATA for a row without a caption or a
 * file. Messages name file and line. */
ur_status ur_captions_open(ur_captions **captions, const char *path, const ur_captions_options *options,
                           ur_error *error);
void ur_captions_close(ur_captions *captions); /* NULL is allowed */

static inline const char *ur_caption_text_of(const ur_captions *captions, size_t i)
{
    return captions->text + captions->row[i].begin;
}

#endif
