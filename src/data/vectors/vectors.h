/*
 * Word vectors that somebody else has trained, from a file of one of four forms, which is found by looking; gzip is unpacked
 * first, into a temporary file.
 *
 *   word2vec or fastText, text   "COUNT WIDTH", then a word and WIDTH numbers a line
 *   GloVe                        the same without the first line
 *   word2vec, binary             "COUNT WIDTH", then a word, a blank and WIDTH numbers of 32 bits, lowest byte first
 *   fastText, binary (.bin)      words and their pieces; a word's vector is the mean over itself and its pieces (Bojanowski
 *                                et al. 2017), so that also a word that is not in the file has one
 *
 * Nothing but the vectors of the words that are asked for is kept.
 */
#ifndef UR_DATA_VECTORS_H
#define UR_DATA_VECTORS_H

#include "unroll.h"

#include <stdbool.h>

enum { UR_VECTOR_WIDTH_MOST = 65536, UR_VECTOR_WORD_MOST = 4096 };

typedef struct ur_vectors ur_vectors;

/* Looks at the beginning of the file. UR_ERR_IO, UR_ERR_FORMAT for a file that holds no vectors, UR_ERR_UNSUPPORTED for
 * fastText's quantised models. The caller closes it. One thread at a time. */
ur_status ur_vectors_open(ur_vectors **vectors, const char *path, ur_error *error);
void ur_vectors_close(ur_vectors *vectors); /* NULL is allowed */
size_t ur_vectors_width(const ur_vectors *vectors);
const char *ur_vectors_form(const ur_vectors *vectors); /* "GloVe text", for people */

/* What a word is wanted for. */
typedef struct ur_vector_wants {
    void *context;
    /* Whether the word is wanted, and which of the wanted ones it is. */
    bool (*find)(void *context, const char *word, size_t length, size_t *which);
    /* Its vector; the same one may come again where the file has it twice: the first counts. */
    void (*take)(void *context, size_t which, const float *value);
    /* Wanted word number `which`, not ended by a zero; NULL behind the last. For files in which every word has a vector. */
    const char *(*word)(void *context, size_t which, size_t *length);
} ur_vector_wants;

/* Reads the file once. UR_ERR_FORMAT names a line, or a word's number, that is not right. */
ur_status ur_vectors_read(ur_vectors *vectors, const ur_vector_wants *wants, ur_error *error);

#endif
