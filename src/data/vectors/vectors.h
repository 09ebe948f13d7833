/*
 * Word vectors that others have trained, from a file in one of four formats, which is recognised by its contents. gzip
 * is first unpacked into a temporary file.
 *
 *   word2vec or fastText, text   "COUNT WIDTH", then a word and WIDTH numbers per line
 *   GloVe                        the same without the first line
 *   word2vec, binary             "COUNT WIDTH", then a word, a space and WIDTH floats of 32 bits, lowest byte first
 *   fastText, binary (.bin)      words and their pieces; a word's vector is the mean of its own and those of its pieces
 *                                (Bojanowski et al. 2017), so that a word that is not in the file has a vector too
 *
 * Only the vectors of the words that are asked for are kept.
 */
#ifndef UR_DATA_VECTORS_H
#define UR_DATA_VECTORS_H

#include "unroll.h"

#include <stdbool.h>

enum { UR_VECTOR_WIDTH_MOST = 65536, UR_VECTOR_WORD_MOST = 4096 };

typedef struct ur_vectors ur_vectors;

/* Looks at the beginning of the file. UR_ERR_IO, UR_ERR_FORMAT if it contains no vectors, UR_ERR_UNSUPPORTED for
 * fastText's quantised models. The caller closes it. One thread at a time. */
ur_status ur_vectors_open(ur_vectors **vectors, const char *path, ur_error *error);
void ur_vectors_close(ur_vectors *vectors); /* NULL is allowed */
size_t ur_vectors_width(const ur_vectors *vectors);
const char *ur_vectors_form(const ur_vectors *vectors); /* "GloVe text", for people */

/* The words that the caller wants, as functions. */
typedef struct ur_vector_wants {
    void *context;
    /* Whether a word is wanted, and its index among the wanted words. */
    bool (*find)(void *context, const char *word, size_t length, size_t *which);
    /* Takes a vector. If the file has a word twice, it may come twice; the first one counts. */
    void (*take)(void *context, size_t which, const float *value);
    /* The wanted word number `which`, not terminated; NULL after the last. For files in which every word
     * has a vector. */
    const char *(*word)(void *context, size_t which, size_t *length);
} ur_vector_wants;

/* Reads the file once. UR_ERR_FORMAT names the line, or the number of the word, that is wrong. */
ur_status ur_vectors_read(ur_vectors *vectors, const ur_vector_wants *wants, ur_error *error);

#endif
