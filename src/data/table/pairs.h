/*
 * Pairs of texts: two files, where line i of one belongs to line i of the other, or two columns of a table. A pair
 * takes 16 bytes; a text is read from its file when it is asked for. Files may be compressed with gzip.
 *
 * Texts are UTF-8, without white space at both ends. A line break inside a quoted CSV field is read as a space. A text
 * may be empty. In a TSV, quotes are ordinary text. If asked for, texts are brought to normal form C when they are
 * read.
 */
#ifndef UR_DATA_PAIRS_H
#define UR_DATA_PAIRS_H

#include "data/normal_form.h"
#include "unroll.h"

#include <stdbool.h>

enum { UR_PAIR_SOURCE, UR_PAIR_TARGET, UR_PAIR_SIDES, UR_PAIRS_FOUND_MAX = 256 };

typedef struct ur_pairs ur_pairs;

/* All zeros: the first two columns. Texts are needed during ur_pairs_open. */
typedef struct ur_pairs_options {
    const struct ur_watcher *watcher;  /* NULL if none */
    const char *column[UR_PAIR_SIDES]; /* tables: name in the header, or number from 1 */
    const char *header;                /* tables: "yes" or "no"; NULL: yes if a column is named, and for CSV */
    bool normal_form;                  /* bring texts to normal form C */
} ur_pairs_options;

/* One path is a table; two paths are files with one text per line. UR_ERR_DATA if these have unequal
 * numbers of lines. */
ur_status ur_pairs_open(ur_pairs **pairs, const char *const *paths, size_t count, const ur_pairs_options *options,
                        ur_error *error);
void ur_pairs_close(ur_pairs *pairs); /* NULL is allowed */
void ur_pairs_watch(ur_pairs *pairs, const struct ur_watcher *watcher);

size_t ur_pairs_count(const ur_pairs *pairs);
/* A description of the data, for people: "TSV without a header; source in column 1, target in column 2". */
const char *ur_pairs_found(const ur_pairs *pairs);
/* A hash of all that the files contain. */
uint64_t ur_pairs_hash(const ur_pairs *pairs);
/* For messages: "FILE: line 7". Takes as long as reading the file, since it counts lines. */
void ur_pairs_name(const ur_pairs *pairs, size_t pair, size_t side, char *text, size_t size);

/* A pair that was read. All zeros at first. The texts are valid until the next read into it. */
typedef struct ur_pair {
    ur_field text[UR_PAIR_SIDES];
    char *room[UR_PAIR_SIDES];
    size_t rooms[UR_PAIR_SIDES];
    ur_normal_form form[UR_PAIR_SIDES];
} ur_pair;

ur_status ur_pairs_read(const ur_pairs *pairs, size_t pair, ur_pair *read, ur_error *error);
void ur_pair_free(ur_pair *read);

#endif
