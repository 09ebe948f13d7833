/* The tokens of a text: what a character, byte or word is, and which id each token has. */
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

enum { UR_TOKEN_MAX_BYTES = 128 }; /* a longer word is cut into tokens of at most this length */

/*
 * Cuts the next token from a text. Returns its length in bytes, or 0 if `length` bytes do not show where it ends (and
 * `last` is false), or −1 for invalid UTF-8, even if that directly follows a word (never for bytes and pieces). All
 * tokens joined give the text again, byte for byte:
 *   char: one code point.   byte: one byte.
 *   word: an optional single space followed by a run of letters, digits, underscores, apostrophes inside a word and
 *         non-ASCII characters; or an optional single space and one other visible character; or one white-space or
 *         control character.
 *   whole: the whole text: a word that was already cut out of a sentence.
 *   piece: the whole text, whatever its bytes: a piece of a word (pieces/pieces.h).
 */
int ur_token_cut(ur_token_kind kind, const unsigned char *text, size_t length, bool last);

/* Tokens and their ids: a hash table from bytes to id and a list from id to bytes. */
typedef struct ur_vocabulary ur_vocabulary;

ur_status ur_vocabulary_create(ur_vocabulary **vocabulary, ur_token_kind kind, ur_error *error);
void ur_vocabulary_free(ur_vocabulary *vocabulary);

/* Adds a token, or finds it if it was added before, and counts it. `id` may be NULL. */
ur_status ur_vocabulary_add(ur_vocabulary *vocabulary, const void *token, size_t length, int32_t *id, ur_error *error);

/* The same for a token that occurred `times` times. */
ur_status ur_vocabulary_add_times(ur_vocabulary *vocabulary, const void *token, size_t length, uint64_t times,
                                  int32_t *id, ur_error *error);

/* Drops tokens counted fewer than `min_count` times, keeps at most `limit` (0: all) of the most frequent ones, and
 * orders them by their bytes, so that ids do not depend on the order of the text. With `unknown`, adds a last token
 * that stands for everything else. Call once, after the last add. */
ur_status ur_vocabulary_settle(ur_vocabulary *vocabulary, size_t min_count, size_t limit, bool unknown,
                               ur_error *error);

/* Settles a list that is in its final order already (from a model file): ids follow the order of the adds. */
void ur_vocabulary_seal(ur_vocabulary *vocabulary, bool unknown);

ur_token_kind ur_vocabulary_kind(const ur_vocabulary *vocabulary);
size_t ur_vocabulary_size(const ur_vocabulary *vocabulary); /* including the unknown token */
/* How often a token was added; 0 for the unknown token, and if the vocabulary was not counted. */
uint64_t ur_vocabulary_times(const ur_vocabulary *vocabulary, int32_t id);
int32_t ur_vocabulary_unknown(const ur_vocabulary *vocabulary); /* its id (the last), or −1 if there is none */
int32_t ur_vocabulary_find(const ur_vocabulary *vocabulary, const void *token, size_t length); /* −1 if not found */
/* NULL for the unknown token */
const char *ur_vocabulary_text(const ur_vocabulary *vocabulary, int32_t id, size_t *length);

/* The id of a token, or that of the unknown token. If there is none, UR_ERR_DATA names the token (text,
 * U+XXXX for a char). */
ur_status ur_vocabulary_encode(const ur_vocabulary *vocabulary, const void *token, size_t length, int32_t *id,
                               ur_error *error);

#endif
