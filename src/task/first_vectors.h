/*
 * Embeddings that begin with given word vectors. The vectors of the words in a vocabulary are read from a file and put
 * into a new model. A word is looked up as it is. If case is ignored, it is also looked up in small letters, which has
 * lower priority. All rows are scaled by the same factor, so that the mean square of their numbers is 1, as in randomly
 * drawn rows.
 */
#ifndef UR_TASK_FIRST_VECTORS_H
#define UR_TASK_FIRST_VECTORS_H

#include "data/vocabulary.h"
#include "model/model.h"

/* All zeros if no vectors are given, or if they are already in the model. */
typedef struct ur_first_vectors {
    float *rows; /* (words, width); a row that begins with NaN is missing */
    size_t words, width, found;
    const char *form;
} ur_first_vectors;

/* Reads the file `path`. If `path` is NULL it reads nothing, and `fixed` must be false. UR_ERR_DATA if the file has
 * none of the words. */
ur_status ur_first_vectors_read(ur_first_vectors *vectors, const char *path, bool fixed, const ur_vocabulary *words,
                                bool keep_case, ur_error *error);
/* Copies the vectors into the embedding of the line that reads words, and frees them. UR_ERR_USAGE if the embedding has
 * another width. */
ur_status ur_first_vectors_put(ur_first_vectors *vectors, const char *path, ur_model *model, ur_error *error);
void ur_first_vectors_free(ur_first_vectors *vectors);
/* Writes ", 6 of them with a vector (GloVe text, 5 numbers)", or nothing if none are given. */
void ur_first_vectors_describe(const ur_first_vectors *vectors, char *text, size_t size);

#endif
