/* What the readers of word vectors share: a file that is read from the beginning or from any place. */
#ifndef UR_DATA_VECTORS_BODY_H
#define UR_DATA_VECTORS_BODY_H

#include "base/error.h"
#include "data/source.h"
#include "data/vectors/vectors.h"

typedef enum ur_vector_form {
    UR_VECTORS_TEXT,
    UR_VECTORS_GLOVE,
    UR_VECTORS_BINARY,
    UR_VECTORS_FASTTEXT
} ur_vector_form;

/* A fastText model; places are offsets in the file. */
typedef struct ur_fasttext {
    size_t words, entries, rows; /* words in the dictionary; words and labels in it; rows of the matrix */
    size_t least, most;          /* characters of a piece */
    uint64_t bucket, dictionary, matrix;
} ur_fasttext;

struct ur_vectors {
    ur_source source;
    ur_vector_form form;
    size_t width, count; /* count: 0 if it is not known */
    uint64_t begin;      /* offset of the first word */
    ur_fasttext fasttext;
    float *value; /* (width) */

    unsigned char *buffer; /* of the stream below */
    size_t first, last;    /* its bytes first … last − 1 are still to be read */
    uint64_t at;           /* offset in the file of the buffer's end */
};

/* Moves to a place, from which the next bytes are read. */
void ur_vectors_seek(ur_vectors *v, uint64_t place);
/* Makes `size` bytes (at most UR_VECTOR_LINE_MOST) available at *bytes until the next call. ur_vectors_skip moves past
 * them. *there is false if the file ends before. */
enum { UR_VECTOR_LINE_MOST = 1 << 20 };
ur_status ur_vectors_look(ur_vectors *v, size_t size, const unsigned char **bytes, bool *there, ur_error *error);
void ur_vectors_skip(ur_vectors *v, size_t size);
/* The bytes up to `end`, and moves past `end` too. *length is SIZE_MAX at the end of the file. UR_ERR_FORMAT for more
 * than `most` bytes. */
ur_status ur_vectors_until(ur_vectors *v, char end, size_t most, const unsigned char **bytes, size_t *length,
                           ur_error *error);
uint64_t ur_vectors_left(const ur_vectors *v);
const char *ur_vectors_path(const ur_vectors *v);

/* Floats of 32 bits, lowest byte first. */
void ur_vectors_floats(const unsigned char *bytes, size_t count, float *value);

/* fasttext.c */
ur_status ur_fasttext_open(ur_vectors *v, ur_error *error);
ur_status ur_fasttext_read(ur_vectors *v, const ur_vector_wants *wants, ur_error *error);

#endif
