/*
 * A text as ids of a vocabulary, and back. Tokens are characters, words, or pieces of words (pieces/pieces.h). Words
 * and pieces include the space before them, and a space is put before the text, so that a word has the same id
 * everywhere. Reading and writing gives the same text byte for byte if all of its tokens are known, which with pieces
 * holds for every text.
 *
 * Id 0 ends a text. It is the zero byte, which no text contains.
 */
#ifndef UR_DATA_TOKENS_H
#define UR_DATA_TOKENS_H

#include "data/vocabulary.h"

enum { UR_TOKEN_END = 0 };

/* All zeros at first. */
typedef struct ur_ids {
    int32_t *id;
    size_t count, room;
    char *padded; /* a copy of the text, with a space before it */
    size_t padded_room;
} ur_ids;

/* All zeros at first. */
typedef struct ur_written {
    char *text; /* length bytes and a zero */
    size_t length, room;
} ur_written;

void ur_ids_free(ur_ids *ids);
void ur_written_free(ur_written *written);

/* Counts the tokens of a text; call it for all texts before ur_tokens_settle. *vocabulary is NULL before the first
 * call. `token` is "char", "word" or "bpe". `room` is a scratch buffer. UR_ERR_DATA if the text is not UTF-8 or
 * contains a zero byte. */
ur_status ur_tokens_count(ur_vocabulary **vocabulary, const char *token, const char *text, size_t length, ur_ids *room,
                          ur_error *error);

/* Makes the vocabulary from the counts: at most `limit` tokens that occur at least `least` times and, except with
 * pieces, an unknown token. */
ur_status ur_tokens_settle(ur_vocabulary **vocabulary, const char *token, size_t limit, uint64_t least,
                           ur_error *error);

/* Whether a vocabulary from a file can be used with the functions below. */
bool ur_tokens_fit(const ur_vocabulary *vocabulary);

/* The ids of a text, without the end. UR_ERR_DATA as in ur_tokens_count. */
ur_status ur_tokens_read(const ur_vocabulary *vocabulary, const char *text, size_t length, ur_ids *ids,
                         ur_error *error);

/* The text of one token, or NULL for an unknown one. *length is 0 for the end. */
const char *ur_tokens_text(const ur_vocabulary *vocabulary, int32_t id, size_t *length);

/* The text of ids, up to the first end. U+FFFD replaces unknown tokens and bytes that belong to no character. */
ur_status ur_tokens_write(const ur_vocabulary *vocabulary, const int32_t *ids, size_t count, ur_written *written,
                          ur_error *error);

#endif
