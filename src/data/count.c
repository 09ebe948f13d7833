/* Counting the tokens of a part of a text. */
#include "base/error.h"
#include "data/corpus.h"
#include "data/corpus_body.h"

/* Tokens of one byte are counted in a table of their own, which is faster than any vocabulary. Most text
 * consists of them. */
typedef struct tally {
    ur_reader *reader;
    ur_vocabulary *vocabulary;
    uint64_t single[256];
    const ur_watcher *watcher;
} tally;

enum { WATCHED = 262144 }; /* tokens between two reports to the watcher */

static void count_plain(tally *counts, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) counts->single[bytes[i]]++;
}

static ur_status count_one(tally *counts, ur_error *error)
{
    const char *text;
    size_t length;
    UR_TRY(ur_reader_next_text(counts->reader, &text, &length, error));
    if (!text) return ur_fail(error, UR_ERR_IO, "the text has fewer tokens than when it was opened");
    if (length == 1) {
        count_plain(counts, (const unsigned char *)text, 1);
        return UR_OK;
    }
    return ur_vocabulary_add(counts->vocabulary, text, length, NULL, error);
}

static ur_status count_range(tally *counts, uint64_t begin, uint64_t end, ur_error *error)
{
    UR_TRY(ur_reader_seek(counts->reader, begin, error));
    ur_cursor *cursor = ur_reader_cursor(counts->reader);
    uint64_t next = begin + WATCHED;
    for (uint64_t at = begin; at < end; at = ur_reader_position(counts->reader)) {
        size_t plain = ur_cursor_plain(cursor, end - at);
        count_plain(counts, cursor->buffer + cursor->begin, plain);
        cursor->begin += plain;
        ur_reader_passed(counts->reader, plain);
        if (plain == 0) UR_TRY(count_one(counts, error));
        if (at < next) continue;
        next = at + WATCHED;
        UR_TRY(ur_watch(counts->watcher, "counting the tokens", (double)(at - begin), (double)(end - begin), error));
    }
    for (size_t i = 0; i < 256; i++) {
        const unsigned char byte = (unsigned char)i;
        if (counts->single[i] == 0) continue;
        UR_TRY(ur_vocabulary_add_times(counts->vocabulary, &byte, 1, counts->single[i], NULL, error));
    }
    return UR_OK;
}

static ur_status count_into(ur_corpus *corpus, uint64_t begin, uint64_t end, ur_vocabulary *vocabulary, ur_error *error)
{
    tally counts = {.vocabulary = vocabulary, .watcher = corpus->watcher};
    UR_TRY(ur_reader_open_sized(&counts.reader, corpus, NULL, UR_CURSOR_LARGE, error));
    ur_status status = count_range(&counts, begin, end, error);
    ur_reader_close(counts.reader);
    return status;
}

ur_status ur_corpus_count(ur_corpus *corpus, uint64_t begin, uint64_t end, ur_vocabulary **vocabulary, ur_error *error)
{
    *vocabulary = NULL;
    if (begin > end || end > corpus->total.tokens)
        return ur_fail(error, UR_ERR_USAGE, "tokens %llu to %llu of a text of %llu", (unsigned long long)begin,
                       (unsigned long long)end, (unsigned long long)corpus->total.tokens);
    ur_vocabulary *made;
    UR_TRY(ur_vocabulary_create(&made, corpus->kind, error));
    ur_status status = count_into(corpus, begin, end, made, error);
    if (status != UR_OK) {
        ur_vocabulary_free(made);
        return status;
    }
    *vocabulary = made;
    return UR_OK;
}
