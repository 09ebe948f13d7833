/* Corpora for tests, opened from files of temp_text.h. */
#ifndef UR_TESTS_CORPUS_OPEN_H
#define UR_TESTS_CORPUS_OPEN_H

#include "temp_text.h"

#include "data/corpus.h"

#include <stdbool.h>

static inline ur_status open_with(ur_corpus **corpus, ur_token_kind kind, bool replace, size_t every, const char *path,
                                  ur_error *error)
{
    const ur_corpus_options options = {.kind = kind, .replace_invalid = replace, .index_every = every};
    return ur_corpus_open(corpus, &path, 1, &options, error);
}

static inline ur_corpus *open_good(ur_token_kind kind, bool replace, size_t every, const char *path)
{
    ur_corpus *corpus;
    ur_error error = {0};
    if (open_with(&corpus, kind, replace, every, path, &error) != UR_OK) fail_msg("%s", error.text);
    return corpus;
}

/* Compares the message with `expected`, preceded by the temporary folder and "/". */
static inline void check_message(const temp_text *temp, const ur_error *error, const char *expected)
{
    char full[600];
    snprintf(full, sizeof full, "%s/%s", temp->folder, expected);
    assert_string_equal(error->text, full);
}

#endif
