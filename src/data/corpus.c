/* Opening a text: one pass that checks, counts and hashes all of it and records the place of every `every`-th token. */
#include "data/corpus.h"

#include "base/error.h"
#include "base/memory.h"
#include "data/corpus_body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVERY = 65536 };

static ur_status note_place(ur_corpus *corpus, ur_place place, ur_error *error)
{
    if (corpus->index_count == corpus->index_capacity) {
        size_t capacity = corpus->index_capacity ? 2 * corpus->index_capacity : 64, bytes;
        ur_place *grown = ur_mul_fits(capacity, sizeof *grown, &bytes) ? realloc(corpus->index, bytes) : NULL;
        if (!grown) return ur_fail_memory(error, "the index of the text");
        corpus->index = grown;
        corpus->index_capacity = capacity;
    }
    corpus->index[corpus->index_count++] = place;
    return UR_OK;
}

ur_status ur_corpus_fail_in(const ur_corpus *corpus, ur_error *error, ur_status status)
{
    const char *path = corpus->list.files[0].path;
    if (!error) return status;
    if (corpus->list.count == 1) return ur_fail_in(error, status, path);
    return ur_fail(error, status, "%s and %zu more: %s", path, corpus->list.count - 1, error->text);
}

static double bytes_before(const ur_corpus *corpus, size_t file)
{
    double bytes = 0;
    for (size_t i = 0; i < file; i++) bytes += (double)corpus->list.files[i].size;
    return bytes;
}

static ur_status scan(ur_corpus *corpus, ur_cursor *cursor, ur_error *error)
{
    for (uint64_t passed = corpus->every; passed == corpus->every;) {
        const ur_place place = {cursor->file, cursor->offset + cursor->begin};
        const uint64_t before = corpus->total.tokens;
        UR_TRY(ur_cursor_skip(cursor, corpus->every, &corpus->total, error));
        passed = corpus->total.tokens - before;
        if (passed > 0) UR_TRY(note_place(corpus, place, error));
        UR_TRY(ur_watch(corpus->watcher, "reading the text", bytes_before(corpus, place.file) + (double)place.offset,
                        bytes_before(corpus, corpus->list.count), error));
    }
    if (corpus->total.tokens > 0) return UR_OK;
    ur_fail(error, UR_ERR_DATA, "the text is empty; give one with something in it");
    return ur_corpus_fail_in(corpus, error, UR_ERR_DATA);
}

static void tell_left_out(ur_corpus *corpus)
{
    size_t count = corpus->list.left_out_count, named = count < 3 ? count : 3;
    char more[48] = "";
    if (count == 0) return;
    if (count > named) snprintf(more, sizeof more, " and %zu more", count - named);
    snprintf(corpus->left_out, sizeof corpus->left_out, "%zu entr%s of the folders left out: %s%s", count,
             count == 1 ? "y" : "ies", corpus->list.left_out, more);
}

static ur_status read_all(ur_corpus *corpus, ur_error *error)
{
    ur_cursor cursor;
    UR_TRY(ur_cursor_open(&cursor, &corpus->list, corpus->kind, corpus->replace, UR_CURSOR_LARGE, error));
    corpus->hash = UR_HASH_START;
    cursor.hash = &corpus->hash;
    ur_status status = scan(corpus, &cursor, error);
    ur_cursor_close(&cursor);
    return status;
}

ur_status ur_corpus_open(ur_corpus **corpus, const char *const *paths, size_t count, const ur_corpus_options *options,
                         ur_error *error)
{
    *corpus = NULL;
    ur_corpus *made = calloc(1, sizeof *made);
    if (!made) return ur_fail_memory(error, "the text");
    made->kind = options->kind;
    made->replace = options->replace_invalid;
    made->watcher = options->watcher;
    made->every = options->index_every ? options->index_every : EVERY;
    ur_status status = ur_file_list_make(&made->list, paths, count,
                                         made->kind == UR_TOKEN_BYTE ? UR_BINARY_NAMED : UR_BINARY_NO, error);
    tell_left_out(made);
    if (status == UR_OK) status = read_all(made, error);
    if (status != UR_OK) {
        ur_corpus_close(made);
        return status;
    }
    *corpus = made;
    return UR_OK;
}

void ur_corpus_close(ur_corpus *corpus)
{
    if (!corpus) return;
    ur_file_list_free(&corpus->list);
    free(corpus->index);
    free(corpus);
}

uint64_t ur_corpus_tokens(const ur_corpus *corpus) { return corpus->total.tokens; }

uint64_t ur_corpus_bytes(const ur_corpus *corpus) { return corpus->total.bytes; }

uint64_t ur_corpus_chars(const ur_corpus *corpus) { return corpus->total.chars; }

uint64_t ur_corpus_hash(const ur_corpus *corpus) { return corpus->hash; }

const char *ur_corpus_left_out(const ur_corpus *corpus) { return corpus->left_out; }

size_t ur_corpus_files(const ur_corpus *corpus) { return corpus->list.count; }

const char *ur_corpus_file_name(const ur_corpus *corpus, size_t index)
{
    const char *path = corpus->list.files[index].path, *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

uint64_t ur_corpus_file_size(const ur_corpus *corpus, size_t index) { return corpus->list.files[index].size; }
