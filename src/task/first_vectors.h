/*
 * Embeddings that begin with given word vectors: those of the words that a vocabulary has are read, and put into a model that
 * begins. A word is looked up as it is, and where the case is not kept also with small letters, which counts less. All rows are
 * scaled alike, so that the mean square of their numbers is 1, as it is of those that begin at random.
 */
#ifndef UR_TASK_FIRST_VECTORS_H
#define UR_TASK_FIRST_VECTORS_H

#include "data/vocabulary.h"
#include "model/model.h"

/* Zeros: none are given, or they are in the model. */
typedef struct ur_first_vectors {
    float *rows; /* (words, width); a row that begins with NaN is not there */
    size_t words, width, found;
    const char *form;
} ur_first_vectors;

/* Reads the file `path`; NULL: nothing, which `fixed` does not go with. UR_ERR_DATA where none of the words is there. */
ur_status ur_first_vectors_read(ur_first_vectors *vectors, const char *path, bool fixed, const ur_vocabulary *words,
                                bool keep_case, ur_error *error);
/* Puts them into the embedding of the line that reads words, and frees them. UR_ERR_USAGE where that is of another width. */
ur_status ur_first_vectors_put(ur_first_vectors *vectors, const char *path, ur_model *model, ur_error *error);
void ur_first_vectors_free(ur_first_vectors *vectors);
/* ", 6 of them with a vector (GloVe text, 5 numbers)"; nothing where none are given. */
void ur_first_vectors_describe(const ur_first_vectors *vectors, char *text, size_t size);

#endif
