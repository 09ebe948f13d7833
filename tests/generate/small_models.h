/* Small text models with random weights, and random texts. Include after cmocka.h. */
#ifndef UR_TEST_SMALL_MODELS_H
#define UR_TEST_SMALL_MODELS_H

#include "support/ok.h"

#include "base/random.h"
#include "unroll_generate.h"
#include "unroll_train.h"

#include <stdio.h>
#include <string.h>

/* The tokens of each kind. The unknown token comes after them. */
static const char *const CHARS[] = {"\n", " ", "'", "\r", "a", "b", "c", ".", "é", "한"};
static const char *const BYTES[] = {"\n",   " ",    "\r",   "a",    "b",    "\xC3", "\xA9",
                                    "\xED", "\x95", "\x9C", "\xEF", "\xBB", "\xBF"};
static const char *const WORDS[] = {"\n", " ", "\r", "a", " a", "ab",   " ab",
                                    "'",  "é", " é", ".", "한", " 한a", "\357\273\277a"};
enum { CHAR_COUNT = 10, BYTE_COUNT = 13, WORD_COUNT = 14 };

/* scale: of the weights. Large weights make some tokens much more probable than others. */
static inline ur_model *small_model(const char *net, const char *kind, const char *const *tokens, size_t count,
                                    double scale)
{
    ur_model *model;
    ur_error error;
    const ur_sizes sizes = {.symbols = count + 1, .outputs = count + 1};
    ok(ur_model_create(&model, net, &sizes, 5, scale, NULL, &error), &error);
    ok(ur_model_set_tokens(model, kind, tokens, count, true, &error), &error);
    return model;
}

#define SMALL_NET "embed 5 > lstm 7 > gru 6 > dense"
static inline ur_model *small_chars(void) { return small_model(SMALL_NET, "char", CHARS, CHAR_COUNT, 0.7); }
static inline ur_model *small_bytes(void) { return small_model(SMALL_NET, "byte", BYTES, BYTE_COUNT, 0.7); }
static inline ur_model *small_words(void) { return small_model(SMALL_NET, "word", WORDS, WORD_COUNT, 0.7); }

static inline uint32_t random_below(uint32_t stream, uint64_t position, uint32_t below)
{
    return (uint32_t)(ur_random_uniform(stream, UR_USE_TEST, position) * below);
}

static inline ur_session *new_session(const ur_model *model)
{
    ur_session *session;
    ur_error error;
    ok(ur_session_create(&session, model, &error), &error);
    return session;
}

/* Both sessions must give the same next probabilities. */
static inline void same_next(ur_session *a, ur_session *b, size_t outputs)
{
    const ur_real *x, *y;
    ur_error error;
    ok(ur_session_probabilities(a, &x, &error), &error);
    ok(ur_session_probabilities(b, &y, &error), &error);
    assert_memory_equal(x, y, outputs * sizeof *x);
}

/* Collects the text that a session writes. */
typedef struct collected {
    char text[4096];
    size_t size, calls, refuse; /* refuse: number of the call that fails, or 0 for none */
} collected;

static inline ur_status collect(void *context, const char *bytes, size_t size, ur_error *error)
{
    collected *c = context;
    assert_true(size > 0 && c->size + size < sizeof c->text);
    if (++c->calls == c->refuse) {
        snprintf(error->text, sizeof error->text, "refused");
        return error->status = UR_ERR_IO;
    }
    memcpy(c->text + c->size, bytes, size);
    c->size += size;
    c->text[c->size] = 0;
    return UR_OK;
}

static inline void write_into(ur_session *session, const ur_writing *writing, collected *c)
{
    ur_error error;
    const ur_sink sink = {collect, c};
    ok(ur_session_write(session, writing, &sink, &error), &error);
}

#endif
