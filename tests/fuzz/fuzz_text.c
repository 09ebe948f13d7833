/*
 * Any bytes as a text of two files, cut into tokens with a small buffer and as a corpus, by char, byte and word, with
 * and without replacement of invalid bytes. What is read must be what the reference says, the tokens joined must be the
 * text, and ids must lead back to it. A text is refused exactly if it is empty, not UTF-8 or binary. The first byte
 * chooses the size of the buffer and how dense the index is, and the second where the first file ends.
 */
#include "memory_file.h"

#include "../data/reference_text.h"
#include "data/corpus.h"
#include "data/cursor.h"
#include "data/looks.h"

typedef struct text {
    const uint8_t *raw[2];
    size_t size[2];
    memory_file file[2];
    unsigned char *clean; /* the text that should be read, and where its tokens end */
    size_t *ends, tokens, length;
    bool valid, binary;
    ur_token_kind kind;
    size_t choice;
} text;

static void expect(text *t)
{
    t->tokens = t->length = 0;
    t->valid = true;
    t->binary = false;
    for (int i = 0; i < 2; i++) {
        bool valid;
        size_t length = reference_file(t->kind, t->raw[i], t->size[i], t->clean + t->length, &valid);
        size_t tokens = reference_tokens(t->kind, t->clean + t->length, length, t->ends + t->tokens);
        REQUIRE(tokens <= length);
        for (size_t token = 0; token < tokens; token++) t->ends[t->tokens + token] += t->length;
        t->tokens += tokens;
        t->length += length;
        bool broken = i == 0 && reference_break(t->kind, t->raw[0], t->size[0], t->size[1]);
        if (broken) t->clean[t->length++] = '\n';
        if (broken) t->ends[t->tokens++] = t->length;
        t->valid = t->valid && valid;
        size_t probed = t->size[i] < 4096 ? t->size[i] : 4096;
        t->binary = t->binary || (t->kind != UR_TOKEN_BYTE && ur_looks_of(t->raw[i], probed) != UR_LOOKS_TEXT);
    }
}

static void require_token(const text *t, size_t token, const void *bytes, size_t length)
{
    size_t begin = token ? t->ends[token - 1] : 0;
    REQUIRE(bytes);
    REQUIRE(length > 0 && length <= UR_TOKEN_MAX_BYTES && length == t->ends[token] - begin);
    REQUIRE(memcmp(bytes, t->clean + begin, length) == 0);
    REQUIRE(ur_token_cut(t->kind, bytes, length, true) == (int)length);
}

/* Also for binary texts: the cursor accepts zero bytes. */
static void try_cursor(const text *t, const ur_file_list *list, bool replace)
{
    ur_cursor cursor;
    const unsigned char *bytes;
    size_t length;
    ur_error error;
    ur_status status = UR_OK;
    REQUIRE(ur_cursor_open(&cursor, list, t->kind, replace, UR_CURSOR_LEAST + t->choice, &error) == UR_OK);
    for (size_t token = 0; status == UR_OK && token < t->tokens; token++) {
        status = ur_cursor_next(&cursor, &bytes, &length, &error);
        if (status == UR_OK) require_token(t, token, bytes, length);
    }
    REQUIRE((status == UR_OK) == (replace || t->valid));
    if (status == UR_OK) REQUIRE(ur_cursor_next(&cursor, &bytes, &length, &error) == UR_OK && !bytes);
    ur_cursor_close(&cursor);
}

static void try_jumps(const text *t, ur_reader *reader)
{
    ur_error error;
    for (size_t i = 0; i < 40; i++) {
        const char *bytes;
        size_t length, token = (i * 2654435761u + t->choice * 97) % t->tokens;
        REQUIRE(ur_reader_seek(reader, token, &error) == UR_OK && ur_reader_position(reader) == token);
        REQUIRE(ur_reader_next_text(reader, &bytes, &length, &error) == UR_OK);
        require_token(t, token, bytes, length);
    }
}

static void try_ids(const text *t, ur_corpus *corpus)
{
    ur_vocabulary *vocabulary;
    ur_reader *reader;
    ur_error error;
    int32_t *ids = malloc(t->tokens * sizeof *ids);
    REQUIRE(ids);
    REQUIRE(ur_corpus_count(corpus, 0, t->tokens, &vocabulary, &error) == UR_OK);
    REQUIRE(ur_vocabulary_settle(vocabulary, 1, 0, false, &error) == UR_OK);
    REQUIRE(ur_reader_open(&reader, corpus, vocabulary, &error) == UR_OK);
    REQUIRE(ur_reader_next(reader, ids, t->tokens, &error) == UR_OK);
    for (size_t token = 0; token < t->tokens; token++) {
        size_t length;
        const char *bytes = ur_vocabulary_text(vocabulary, ids[token], &length);
        require_token(t, token, bytes, length);
    }
    try_jumps(t, reader);
    ur_reader_close(reader);
    ur_vocabulary_free(vocabulary);
    free(ids);
}

static void try_corpus(const text *t, bool replace)
{
    const ur_corpus_options options = {.kind = t->kind, .replace_invalid = replace, .index_every = 1 + t->choice % 9};
    const char *const paths[] = {t->file[0].path, t->file[1].path};
    ur_corpus *corpus;
    ur_error error;
    ur_status status = ur_corpus_open(&corpus, paths, 2, &options, &error);
    REQUIRE((status == UR_OK) == (t->tokens > 0 && !t->binary && (replace || t->valid)));
    if (status != UR_OK) return;
    REQUIRE(ur_corpus_tokens(corpus) == t->tokens);
    REQUIRE(ur_corpus_bytes(corpus) == t->length);
    try_ids(t, corpus);
    ur_corpus_close(corpus);
}

static void try_kinds(text *t)
{
    ur_file_list list;
    ur_error error;
    const char *const paths[] = {t->file[0].path, t->file[1].path};
    REQUIRE(ur_file_list_make(&list, paths, 2, UR_BINARY_NAMED, &error) == UR_OK);
    for (int kind = UR_TOKEN_CHAR; kind <= UR_TOKEN_WORD; kind++) {
        t->kind = (ur_token_kind)kind;
        expect(t);
        for (int replace = 0; replace < 2; replace++) {
            try_cursor(t, &list, replace);
            try_corpus(t, replace);
        }
    }
    ur_file_list_free(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    const size_t body = size - 2, first = body * data[1] / 255;
    text t = {.raw = {data + 2, data + 2 + first}, .size = {first, body - first}, .choice = data[0]};
    t.clean = malloc(3 * body + 2);
    t.ends = malloc((3 * body + 2) * sizeof *t.ends);
    REQUIRE(t.clean && t.ends);
    for (int i = 0; i < 2; i++) memory_file_open(&t.file[i], t.raw[i], t.size[i]);
    try_kinds(&t);
    for (int i = 0; i < 2; i++) memory_file_close(&t.file[i]);
    free(t.clean);
    free(t.ends);
    return 0;
}
