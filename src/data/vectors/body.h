/* What the readers of word vectors share: a file read from front to end, or at a place. */
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

/* Of a fastText model; places in the file. */
typedef struct ur_fasttext {
    size_t words, entries, rows; /* of the dictionary: words, and labels behind them; of the matrix */
    size_t least, most;          /* characters of a piece */
    uint64_t bucket, dictionary, matrix;
} ur_fasttext;

struct ur_vectors {
    ur_source source;
    ur_vector_form form;
    size_t width, count; /* count: 0 where it is not said */
    uint64_t begin;      /* of the first word */
    ur_fasttext fasttext;
    float *value; /* width of them */

    unsigned char *buffer; /* of the stream below */
    size_t first, last;    /* what waits in it */
    uint64_t at;           /* of the file, behind the buffer */
};

/* Goes to a place; what is read next begins there. */
void ur_vectors_seek(ur_vectors *v, uint64_t place);
/* `size` bytes (at most UR_VECTOR_LINE_MOST) lie at *bytes until the next call, and are passed over by ur_vectors_skip; false:
 * the file ends before. */
enum { UR_VECTOR_LINE_MOST = 1 << 20 };
ur_status ur_vectors_look(ur_vectors *v, size_t size, const unsigned char **bytes, bool *there, ur_error *error);
void ur_vectors_skip(ur_vectors *v, size_t size);
/* Bytes up to `end`, which is passed over, too; *length SIZE_MAX: the file has ended. UR_ERR_FORMAT for more than `most`. */
ur_status ur_vectors_until(ur_vectors *v, char end, size_t most, const unsigned char **bytes, size_t *length,
                           ur_error *error);
uint64_t ur_vectors_left(const ur_vectors *v);
const char *ur_vectors_path(const ur_vectors *v);

/* Numbers of 32 bits, lowest byte first. */
void ur_vectors_floats(const unsigned char *bytes, size_t count, float *value);

/* fasttext.c */
ur_status ur_fasttext_open(ur_vectors *v, ur_error *error);
ur_status ur_fasttext_read(ur_vectors *v, const ur_vector_wants *wants, ur_error *error);

#endif
