/*
 * A text as ids of a vocabulary, and back: characters, words, or pieces of words (pieces/pieces.h). Words and pieces hold the
 * blank in front of them, and one is put in front of the text, so that a word has one id wherever it stands. What is read and
 * written again is the text, byte for byte, where all of its tokens are known; of pieces that is any text.
 *
 * Id 0 ends a text: it is the zero byte, which no text has.
 */
#ifndef UR_DATA_TOKENS_H
#define UR_DATA_TOKENS_H

#include "data/vocabulary.h"

enum { UR_TOKEN_END = 0 };

/* Begins as zeros. */
typedef struct ur_ids {
    int32_t *id;
    size_t count, room;
    char *padded; /* the text that is read */
    size_t padded_room;
} ur_ids;

/* Begins as zeros. */
typedef struct ur_written {
    char *text; /* length bytes and a zero */
    size_t length, room;
} ur_written;

void ur_ids_free(ur_ids *ids);
void ur_written_free(ur_written *written);

/* Texts are counted first, then there is a vocabulary: *vocabulary NULL is one that begins. `token` is "char", "word" or "bpe".
 * `room` is used and holds nothing behind it. UR_ERR_DATA: the text is not UTF-8, or holds a zero byte. */
ur_status ur_tokens_count(ur_vocabulary **vocabulary, const char *token, const char *text, size_t length, ur_ids *room,
                          ur_error *error);

/* Makes what was counted the vocabulary: at most `limit` tokens, those that occur `least` times or more, and but for pieces an
 * unknown one. */
ur_status ur_tokens_settle(ur_vocabulary **vocabulary, const char *token, size_t limit, uint64_t least,
                           ur_error *error);

/* Whether a vocabulary from a file can do what this page says. */
bool ur_tokens_fit(const ur_vocabulary *vocabulary);

/* The ids of a text, without an end. UR_ERR_DATA as in counting. */
ur_status ur_tokens_read(const ur_vocabulary *vocabulary, const char *text, size_t length, ur_ids *ids,
                         ur_error *error);

/* The text of one token, NULL of an unknown one; *length 0: the end. */
const char *ur_tokens_text(const ur_vocabulary *vocabulary, int32_t id, size_t *length);

/* The text of ids, up to an end. An unknown token is the character U+FFFD, and so is a byte that belongs to no character. */
ur_status ur_tokens_write(const ur_vocabulary *vocabulary, const int32_t *ids, size_t count, ur_written *written,
                          ur_error *error);

#endif
