/*
 * Byte-pair encoding (Sennrich, Haddow & Birch 2016): words are divided into pieces that occur often. Pieces are learnt
 * from words and their counts. At first there are the 256 bytes, and the characters that occur more than once. Then,
 * again and again, the most frequent pair of neighbours becomes one piece. The space before a word is part of the word,
 * so that the pieces of a text joined give the text byte for byte, whatever it contains.
 *
 * The vocabulary, of kind "piece", is all that is kept. A piece with a smaller id was learnt earlier.
 */
#ifndef UR_DATA_PIECES_H
#define UR_DATA_PIECES_H

#include "data/vocabulary.h"

enum { UR_PIECES_LEAST = 257 }; /* the smallest limit */

/* Learns at most `limit` pieces, each from neighbours that occur at least `least` times. Each of `words`
 * is one token of kind "word", with its count. The result does not depend on the order of the words.
 * UR_ERR_USAGE if the limit is too small. */
ur_status ur_pieces_learn(ur_vocabulary **pieces, const ur_vocabulary *words, size_t limit, uint64_t least,
                          ur_error *error);

/* Cuts a word of at most UR_TOKEN_MAX_BYTES bytes into ids, and returns their number, which is at most that of the
 * bytes. A character that is no piece is cut into its bytes. */
size_t ur_pieces_cut(const ur_vocabulary *pieces, const unsigned char *word, size_t length, int32_t *ids);

#endif
