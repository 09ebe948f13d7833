/*
 * Texts in pairs: two files of which line i of the one belongs to line i of the other, or two columns of a table. 16 bytes a
 * pair are kept; a text is read from its file when it is asked for. Files may be packed with gzip.
 *
 * Texts are UTF-8, without blanks at both ends; a line break within the quotes of a CSV field is read as a blank. A text may be
 * empty. In a TSV, quotes are text. They may be brought to normal form C as they are read.
 */
#ifndef UR_DATA_PAIRS_H
#define UR_DATA_PAIRS_H

#include "data/normal_form.h"
#include "unroll.h"

#include <stdbool.h>

enum { UR_PAIR_SOURCE, UR_PAIR_TARGET, UR_PAIR_SIDES, UR_PAIRS_FOUND_MAX = 256 };

typedef struct ur_pairs ur_pairs;

/* Zeros: the first two columns. Texts are needed while it opens. */
typedef struct ur_pairs_options {
    const struct ur_watcher *watcher;  /* NULL: none */
    const char *column[UR_PAIR_SIDES]; /* of a table: its name in the header, or its number from 1 */
    const char *header;                /* of a table: "yes" or "no"; NULL: where a column is named, and in CSV */
    bool normal_form;                  /* texts are brought to normal form C */
} ur_pairs_options;

/* One path is a table, two are files with a line for each text. UR_ERR_DATA: they have unequal numbers of lines. */
ur_status ur_pairs_open(ur_pairs **pairs, const char *const *paths, size_t count, const ur_pairs_options *options,
                        ur_error *error);
void ur_pairs_close(ur_pairs *pairs); /* NULL is allowed */
void ur_pairs_watch(ur_pairs *pairs, const struct ur_watcher *watcher);

size_t ur_pairs_count(const ur_pairs *pairs);
/* What was found, for people: "TSV without a header; source in column 1, target in column 2". */
const char *ur_pairs_found(const ur_pairs *pairs);
/* One number for all that the files hold. */
uint64_t ur_pairs_hash(const ur_pairs *pairs);
/* For messages: "FILE: line 7". Counts lines, so it takes as long as reading the file. */
void ur_pairs_name(const ur_pairs *pairs, size_t pair, size_t side, char *text, size_t size);

/* A pair that was read. Begins as zeros; the texts stay until the next read with it. */
typedef struct ur_pair {
    ur_field text[UR_PAIR_SIDES];
    char *room[UR_PAIR_SIDES];
    size_t rooms[UR_PAIR_SIDES];
    ur_normal_form form[UR_PAIR_SIDES];
} ur_pair;

ur_status ur_pairs_read(const ur_pairs *pairs, size_t pair, ur_pair *read, ur_error *error);
void ur_pair_free(ur_pair *read);

#endif
