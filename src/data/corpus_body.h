/* What a corpus is made of, for the files of this folder. */
#ifndef UR_DATA_CORPUS_BODY_H
#define UR_DATA_CORPUS_BODY_H

#include "base/watch.h"
#include "data/corpus.h"
#include "data/cursor.h"

/* Where a token begins; also the end of the file before it, if the token is the first of its file. */
typedef struct ur_place {
    size_t file;
    uint64_t offset;
} ur_place;

/* Not changed after ur_corpus_open, so that any number of threads may read it. */
struct ur_corpus {
    ur_token_kind kind;
    bool replace;
    const ur_watcher *watcher;
    ur_file_list list;
    char left_out[384]; /* what ur_corpus_left_out says */
    ur_tally total;
    uint64_t hash;
    ur_place *index; /* index[k]: place of token k·every */
    size_t index_count, index_capacity;
    uint64_t every;
};

/* A reader whose buffer has the given size. */
ur_status ur_reader_open_sized(ur_reader **reader, ur_corpus *corpus, const ur_vocabulary *vocabulary, size_t buffer,
                               ur_error *error);
/* Its cursor, for loops over what lies in the buffer; the tokens passed so are then told by ur_reader_passed. */
ur_cursor *ur_reader_cursor(ur_reader *reader);
void ur_reader_passed(ur_reader *reader, size_t tokens);

#endif
