/* The tokens of a text: what is a character, byte or word, and which number each has. */
#ifndef UR_DATA_VOCABULARY_H
#define UR_DATA_VOCABULARY_H

#include "unroll.h"

#include <stdbool.h>

typedef enum ur_token_kind {
    UR_TOKEN_CHAR,
    UR_TOKEN_BYTE,
    UR_TOKEN_WORD,
    UR_TOKEN_WHOLE,
    UR_TOKEN_PIECE
} ur_token_kind;

const char *ur_token_kind_name(ur_token_kind kind); /* "char", "byte", "word", "whole", "piece" */
ur_status ur_token_kind_find(const char *name, ur_token_kind *kind, ur_error *error);

enum { UR_TOKEN_MAX_BYTES = 128 }; /* a longer word is cut into tokens of at most this */

/*
 * Cuts the next token from text: its length in bytes, 0 when `length` bytes are not enough to know where it ends (and
 * `last` is false), −1 for invalid UTF-8, also right behind a word (never for bytes and pieces). Joining all tokens gives the text
 * back, byte for byte:
 *   char: one code point.   byte: one byte.
 *   word: an optional single space followed by a run of letters, digits, underscores, apostrophes inside a word and
 *         non-ASCII characters; or an optional single space and one other visible character; or one white-space or
 *         control character.
 *   whole: all of the text: a word that has been cut out of a sentence already.
 *   piece: all of it, whatever the bytes: a piece of a word (pieces/pieces.h).
 */
int ur_token_cut(ur_token_kind kind, const unsigned char *text, size_t length, bool last);

/* Tokens and their ids: a hash table from bytes to id and a list from id to bytes. */
typedef struct ur_vocabulary ur_vocabulary;

ur_status ur_vocabulary_create(ur_vocabulary **vocabulary, ur_token_kind kind, ur_error *error);
void ur_vocabulary_free(ur_vocabulary *vocabulary);

/* Adds a token (once: a second time gives the same id) and counts it. */
ur_status ur_vocabulary_add(ur_vocabulary *vocabulary, const void *token, size_t length, int32_t *id, ur_error *error);

/* The same for a token met `times` times. `id` may be NULL, here and above. */
ur_status ur_vocabulary_add_times(ur_vocabulary *vocabulary, const void *token, size_t length, uint64_t times,
                                  int32_t *id, ur_error *error);

/* Puts the tokens into the order of their bytes (so that ids do not depend on the order of the text), drops those
 * counted fewer than `min_count` times, keeps at most `limit` (0: all) of the most frequent, and, with `unknown`, adds
 * a last token that stands for everything else. Call once, after the last add. */
ur_status ur_vocabulary_settle(ur_vocabulary *vocabulary, size_t min_count, size_t limit, bool unknown,
                               ur_error *error);

/* Settles a list that is in its final order already (from a model file): ids are the order of the adds. */
void ur_vocabulary_seal(ur_vocabulary *vocabulary, bool unknown);

ur_token_kind ur_vocabulary_kind(const ur_vocabulary *vocabulary);
size_t ur_vocabulary_size(const ur_vocabulary *vocabulary); /* with the unknown token */
/* How often it was added; 0 for the unknown token, and where the vocabulary was not counted. */
uint64_t ur_vocabulary_times(const ur_vocabulary *vocabulary, int32_t id);
int32_t ur_vocabulary_unknown(const ur_vocabulary *vocabulary); /* its id (the last), or −1 */
int32_t ur_vocabulary_find(const ur_vocabulary *vocabulary, const void *token, size_t length); /* −1: not there */
const char *ur_vocabulary_text(const ur_vocabulary *vocabulary, int32_t id, size_t *length);   /* NULL: unknown token */

/* find, or the unknown token; UR_ERR_DATA naming the token (text, U+XXXX for a char) where there is none. */
ur_status ur_vocabulary_encode(const ur_vocabulary *vocabulary, const void *token, size_t length, int32_t *id,
                               ur_error *error);

#endif
