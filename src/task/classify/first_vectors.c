/* Embeddings that begin with given word vectors. A word is looked up as it is, and where the case is not kept also with small
 * letters, which counts less. All rows are scaled alike, so that the mean square of their numbers is 1, as it is of those
 * that begin at random. */
#include "task/classify/classify.h"

#include "data/vectors/vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NOT_FOUND, IN_SMALL_LETTERS, AS_IT_IS };

typedef struct table {
    ur_classify *c;
    unsigned char *found; /* of each token */
    unsigned char way;    /* of the word that `find` found last */
} table;

static bool find_token(const table *t, const char *word, size_t length, size_t *which)
{
    char spaced[UR_UNIT_MAX_BYTES + 1] = " ";
    if (length > UR_UNIT_MAX_BYTES - 1) return false;
    memcpy(spaced + 1, word, length);
    int32_t id = ur_vocabulary_find(t->c->vocabulary, spaced, length + 1);
    if (id < 0) id = ur_vocabulary_find(t->c->vocabulary, word, length);
    *which = (size_t)(id < 0 ? 0 : id);
    return id >= 0;
}

static bool find_word(void *context, const char *word, size_t length, size_t *which)
{
    table *t = context;
    char small[UR_UNIT_MAX_BYTES];
    t->way = AS_IT_IS;
    if (length == 0 || find_token(t, word, length, which)) return length > 0;
    if (t->c->settings.keep_case || length >= sizeof small) return false;
    for (size_t i = 0; i < length; i++) small[i] = word[i] >= 'A' && word[i] <= 'Z' ? (char)(word[i] + 32) : word[i];
    t->way = IN_SMALL_LETTERS;
    return find_token(t, small, length, which);
}

static void take_vector(void *context, size_t which, const float *value)
{
    table *t = context;
    if (t->way <= t->found[which]) return;
    t->found[which] = t->way;
    memcpy(t->c->vector.rows + which * t->c->vector.width, value, t->c->vector.width * sizeof *value);
}

static const char *name_word(void *context, size_t which, size_t *length)
{
    const table *t = context;
    if (which >= ur_vocabulary_size(t->c->vocabulary)) return NULL;
    const char *text = ur_vocabulary_text(t->c->vocabulary, (int32_t)which, length);
    if (!text) return NULL; /* the unknown one, which is the last */
    bool spaced = *length > 1 && text[0] == ' ';
    *length -= spaced;
    return text + spaced;
}

static void mark_missing(ur_classify *c, const unsigned char *found)
{
    for (size_t i = 0; i < ur_vocabulary_size(c->vocabulary); i++) {
        c->vector.found += found[i] != NOT_FOUND;
        if (found[i] == NOT_FOUND) c->vector.rows[i * c->vector.width] = NAN;
    }
}

static ur_status read_rows(ur_classify *c, ur_vectors *vectors, ur_error *error)
{
    size_t tokens = ur_vocabulary_size(c->vocabulary);
    table t = {.c = c, .found = calloc(tokens + 1, 1)};
    c->vector.width = ur_vectors_width(vectors);
    c->vector.rows = calloc(tokens * c->vector.width + 1, sizeof *c->vector.rows);
    ur_status status = t.found && c->vector.rows ? UR_OK : ur_fail_memory(error, "word vectors");
    ur_vector_wants wants = {.context = &t, .find = find_word, .take = take_vector, .word = name_word};
    if (status == UR_OK) status = ur_vectors_read(vectors, &wants, error);
    if (status == UR_OK) mark_missing(c, t.found);
    free(t.found);
    return status;
}

ur_status ur_classify_read_vectors(ur_classify *c, ur_error *error)
{
    ur_vectors *vectors;
    const char *path = c->settings.vectors;
    if (!path) return UR_OK;
    if (!c->vocabulary) return ur_fail(error, UR_ERR_USAGE, "`vectors` %s: these data are no text", path);
    UR_TRY(ur_vectors_open(&vectors, path, error));
    ur_status status = read_rows(c, vectors, error);
    c->vector.form = ur_vectors_form(vectors);
    ur_vectors_close(vectors);
    if (status != UR_OK || c->vector.found) return status;
    return ur_fail(error, UR_ERR_DATA, "%s: it has a vector for none of the %zu tokens; are they of another language?",
                   path, ur_vocabulary_size(c->vocabulary));
}

/* ---- Into the model ----------------------------------------------------------------------------------------------- */

static const ur_param *find_embedding(const ur_model *m)
{
    for (size_t i = 0; i < m->layer_count; i++)
        if (m->layers[i].embed) return m->layers[i].embed;
    return NULL;
}

static double root_mean_square(const ur_classify *c)
{
    double sum = 0;
    size_t width = c->vector.width;
    for (size_t i = 0; i < ur_vocabulary_size(c->vocabulary); i++)
        for (size_t k = 0; k < width && !isnan(c->vector.rows[i * width]); k++)
            sum += (double)c->vector.rows[i * width + k] * (double)c->vector.rows[i * width + k];
    return sqrt(sum / (double)(c->vector.found * width));
}

ur_status ur_classify_initialize(void *data, ur_model *model, ur_error *error)
{
    ur_classify *c = data;
    size_t width = c->vector.width;
    if (!c->vector.rows) return UR_OK;
    const ur_param *embedding = find_embedding(model);
    if (!embedding || embedding->shape[1] != width || embedding->shape[0] != ur_vocabulary_size(c->vocabulary))
        return ur_fail(error, UR_ERR_USAGE,
                       "`vectors` %s: %zu numbers a word want a network with embed %zu, not \"%s\"",
                       c->settings.vectors, width, width, model->net);
    double size = root_mean_square(c), scale = size > 0 ? 1 / size : 1;
    for (size_t i = 0; i < embedding->shape[0]; i++)
        for (size_t k = 0; k < width && !isnan(c->vector.rows[i * width]); k++)
            embedding->value[i * width + k] = (real)((double)c->vector.rows[i * width + k] * scale);
    free(c->vector.rows);
    c->vector.rows = NULL;
    return UR_OK;
}
