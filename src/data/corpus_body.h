/* The inside of a corpus, for the files of this folder. */
#ifndef UR_DATA_CORPUS_BODY_H
#define UR_DATA_CORPUS_BODY_H

#include "base/watch.h"
#include "data/corpus.h"
#include "data/cursor.h"

/* The place where a token begins. For the first token of a file this may also be the end of the previous file. */
typedef struct ur_place {
    size_t file;
    uint64_t offset;
} ur_place;

/* Constant after ur_corpus_open, so that any number of threads may read it. */
struct ur_corpus {
    ur_token_kind kind;
    bool replace;
    const ur_watcher *watcher;
    ur_file_list list;
    char left_out[384]; /* the text of ur_corpus_left_out */
    ur_tally total;
    uint64_t hash;
    ur_place *index; /* index[k] is the place of token k·every */
    size_t index_count, index_capacity;
    uint64_t every;
};

/* Opens a reader with a buffer of the given size. */
ur_status ur_reader_open_sized(ur_reader **reader, ur_corpus *corpus, const ur_vocabulary *vocabulary, size_t buffer,
                               ur_error *error);
/* The reader's cursor, for loops over the bytes in its buffer. Such a loop reports the tokens that it passed to
 * ur_reader_passed. */
ur_cursor *ur_reader_cursor(ur_reader *reader);
void ur_reader_passed(ur_reader *reader, size_t tokens);

#endif
