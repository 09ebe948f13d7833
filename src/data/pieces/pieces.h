/*
 * Byte-pair encoding (Sennrich, Haddow & Birch 2016): words as pieces that occur often. Pieces are learnt from words and how
 * often each occurs: first there are the 256 bytes and the characters that occur more than once; then, again and again, the
 * two neighbours that stand together most often become one piece. A blank in front of a word is part of it, so that the
 * pieces of a text, put together, are the text, byte for byte, whatever it holds.
 *
 * The vocabulary, of the kind "piece", is all that is kept: a piece with a smaller id was made earlier.
 */
#ifndef UR_DATA_PIECES_H
#define UR_DATA_PIECES_H

#include "data/vocabulary.h"

enum { UR_PIECES_LEAST = 257 }; /* the smallest limit */

/* Learns at most `limit` pieces, each made of neighbours that occur `least` times or more. `words` were added and counted,
 * each one token of the kind "word". What is learnt does not depend on the order of the words. UR_ERR_USAGE: the limit is too
 * small. */
ur_status ur_pieces_learn(ur_vocabulary **pieces, const ur_vocabulary *words, size_t limit, uint64_t least,
                          ur_error *error);

/* Cuts a word of at most UR_TOKEN_MAX_BYTES bytes into ids, at most as many as bytes; returns how many. A character that is no
 * piece is its bytes. */
size_t ur_pieces_cut(const ur_vocabulary *pieces, const unsigned char *word, size_t length, int32_t *ids);

#endif
