/* A cursor over a corpus that knows the index of its token. */
#include "base/error.h"
#include "data/corpus.h"
#include "data/corpus_body.h"

#include <stdlib.h>

struct ur_reader {
    ur_corpus *corpus;
    const ur_vocabulary *vocabulary; /* NULL if the reader gives only texts */
    uint64_t position;
    ur_cursor cursor;
};

ur_status ur_reader_open_sized(ur_reader **reader, ur_corpus *corpus, const ur_vocabulary *vocabulary, size_t buffer,
                               ur_error *error)
{
    *reader = NULL;
    if (vocabulary && ur_vocabulary_kind(vocabulary) != corpus->kind)
        return ur_fail(error, UR_ERR_USAGE, "the text is read as %s, but the vocabulary is of kind %s",
                       ur_token_kind_name(corpus->kind), ur_token_kind_name(ur_vocabulary_kind(vocabulary)));
    ur_reader *made = calloc(1, sizeof *made);
    if (!made) return ur_fail_memory(error, "reading the text");
    made->corpus = corpus;
    made->vocabulary = vocabulary;
    ur_status status = ur_cursor_open(&made->cursor, &corpus->list, corpus->kind, corpus->replace, buffer, error);
    if (status != UR_OK) {
        free(made);
        return status;
    }
    *reader = made;
    return UR_OK;
}

ur_status ur_reader_open(ur_reader **reader, ur_corpus *corpus, const ur_vocabulary *vocabulary, ur_error *error)
{
    return ur_reader_open_sized(reader, corpus, vocabulary, UR_CURSOR_SMALL, error);
}

void ur_reader_close(ur_reader *reader)
{
    if (!reader) return;
    ur_cursor_close(&reader->cursor);
    free(reader);
}

ur_cursor *ur_reader_cursor(ur_reader *reader) { return &reader->cursor; }

void ur_reader_passed(ur_reader *reader, size_t tokens) { reader->position += tokens; }

uint64_t ur_reader_position(const ur_reader *reader) { return reader->position; }

/* Moves to the last place in the index that is not after `token`. */
static void place_before(ur_reader *reader, uint64_t token)
{
    const ur_corpus *corpus = reader->corpus;
    const uint64_t entry = token / corpus->every;
    const bool end = entry >= corpus->index_count;
    const ur_place place = end ? (ur_place){corpus->list.count, 0} : corpus->index[entry];
    ur_cursor_place(&reader->cursor, place.file, place.offset);
    reader->position = end ? corpus->total.tokens : entry * corpus->every;
}

/* A changed file is an error when it is read, so this happens only if the file system is inconsistent. */
static ur_status fail_short(ur_error *error)
{
    return ur_fail(error, UR_ERR_IO, "the text has fewer tokens than when it was opened");
}

ur_status ur_reader_seek(ur_reader *reader, uint64_t token, ur_error *error)
{
    const ur_corpus *corpus = reader->corpus;
    if (token > corpus->total.tokens)
        return ur_fail(error, UR_ERR_USAGE, "token %llu of a text of %llu", (unsigned long long)token,
                       (unsigned long long)corpus->total.tokens);
    if (token < reader->position || token - reader->position > token % corpus->every) place_before(reader, token);
    ur_tally passed = {0};
    ur_status status = ur_cursor_skip(&reader->cursor, token - reader->position, &passed, error);
    reader->position += passed.tokens;
    if (status != UR_OK) return status;
    return reader->position == token ? UR_OK : fail_short(error);
}

static ur_status next_token(ur_reader *reader, const unsigned char **text, size_t *length, ur_error *error)
{
    UR_TRY(ur_cursor_next(&reader->cursor, text, length, error));
    reader->position += *text != NULL;
    return UR_OK;
}

static ur_status next_id(ur_reader *reader, int32_t *id, ur_error *error)
{
    const unsigned char *text;
    size_t length;
    UR_TRY(next_token(reader, &text, &length, error));
    if (!text) return fail_short(error);
    ur_status status = ur_vocabulary_encode(reader->vocabulary, text, length, id, error);
    return status == UR_OK ? UR_OK : ur_cursor_fail_in(&reader->cursor, error, status);
}

ur_status ur_reader_next(ur_reader *reader, int32_t *ids, size_t count, ur_error *error)
{
    const uint64_t left = reader->corpus->total.tokens - reader->position;
    if (!reader->vocabulary) return ur_fail(error, UR_ERR_USAGE, "this reader has no vocabulary");
    if (count > left)
        return ur_fail(error, UR_ERR_DATA, "%zu more tokens are needed, but only %llu are left in the text", count,
                       (unsigned long long)left);
    for (size_t i = 0; i < count; i++) UR_TRY(next_id(reader, &ids[i], error));
    return UR_OK;
}

ur_status ur_reader_next_text(ur_reader *reader, const char **text, size_t *length, ur_error *error)
{
    const unsigned char *bytes;
    ur_status status = next_token(reader, &bytes, length, error);
    *text = (const char *)bytes;
    return status;
}
