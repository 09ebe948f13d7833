/* See first_vectors.h. */
#include "task/first_vectors.h"

#include "data/vectors/vectors.h"
#include "task/spelling.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOT_FOUND, IN_SMALL_LETTERS, AS_IT_IS };

typedef struct table {
    ur_first_vectors *v;
    const ur_vocabulary *words;
    bool keep_case;
    unsigned char *found; /* one per token: how it was found */
    unsigned char way;    /* how find_word found its last word */
} table;

static bool find_token(const table *t, const char *word, size_t length, size_t *which)
{
    char spaced[UR_TOKEN_MAX_BYTES + 1] = " ";
    if (length > UR_TOKEN_MAX_BYTES - 1) return false;
    memcpy(spaced + 1, word, length);
    int32_t id = ur_vocabulary_find(t->words, spaced, length + 1);
    if (id < 0) id = ur_vocabulary_find(t->words, word, length);
    *which = (size_t)(id < 0 ? 0 : id);
    return id >= 0;
}

static bool find_word(void *context, const char *word, size_t length, size_t *which)
{
    table *t = context;
    char small[UR_TOKEN_MAX_BYTES];
    t->way = AS_IT_IS;
    if (length == 0 || find_token(t, word, length, which)) return length > 0;
    if (t->keep_case || length >= sizeof small) return false;
    for (size_t i = 0; i < length; i++) small[i] = word[i] >= 'A' && word[i] <= 'Z' ? (char)(word[i] + 32) : word[i];
    t->way = IN_SMALL_LETTERS;
    return find_token(t, small, length, which);
}

static void take_vector(void *context, size_t which, const float *value)
{
    table *t = context;
    if (t->way <= t->found[which]) return;
    t->found[which] = t->way;
    memcpy(t->v->rows + which * t->v->width, value, t->v->width * sizeof *value);
}

static const char *name_word(void *context, size_t which, size_t *length)
{
    const table *t = context;
    if (which >= ur_vocabulary_size(t->words)) return NULL;
    const char *text = ur_vocabulary_text(t->words, (int32_t)which, length);
    if (!text) return NULL; /* the unknown token, which is the last */
    bool spaced = *length > 1 && text[0] == ' ';
    *length -= spaced;
    return text + spaced;
}

static void mark_missing(ur_first_vectors *v, const unsigned char *found)
{
    for (size_t i = 0; i < v->words; i++) {
        v->found += found[i] != NOT_FOUND;
        if (found[i] == NOT_FOUND) v->rows[i * v->width] = NAN;
    }
}

static ur_status read_rows(table *t, ur_vectors *vectors, ur_error *error)
{
    size_t words = t->v->words = ur_vocabulary_size(t->words);
    t->found = calloc(words + 1, 1);
    t->v->width = ur_vectors_width(vectors);
    t->v->rows = calloc(words * t->v->width + 1, sizeof *t->v->rows);
    ur_status status = t->found && t->v->rows ? UR_OK : ur_fail_memory(error, "word vectors");
    ur_vector_wants wants = {.context = t, .find = find_word, .take = take_vector, .word = name_word};
    if (status == UR_OK) status = ur_vectors_read(vectors, &wants, error);
    if (status == UR_OK) mark_missing(t->v, t->found);
    free(t->found);
    return status;
}

ur_status ur_first_vectors_read(ur_first_vectors *v, const char *path, bool fixed, const ur_vocabulary *words,
                                bool keep_case, ur_error *error)
{
    ur_vectors *vectors;
    table t = {.v = v, .words = words, .keep_case = keep_case};
    if (!path && fixed) return ur_fail(error, UR_ERR_USAGE, "`vectors-fixed` belongs to `vectors`; give both or none");
    if (!path) return UR_OK;
    if (!words) return ur_fail(error, UR_ERR_USAGE, "`vectors` %s: these data are not text", path);
    UR_TRY(ur_vectors_open(&vectors, path, error));
    ur_status status = read_rows(&t, vectors, error);
    v->form = ur_vectors_form(vectors);
    ur_vectors_close(vectors);
    if (status != UR_OK || v->found) return status;
    return ur_fail(error, UR_ERR_DATA, "%s: it has a vector for none of the %zu tokens; are they of another language?",
                   path, ur_vocabulary_size(words));
}

void ur_first_vectors_free(ur_first_vectors *v)
{
    free(v->rows);
    v->rows = NULL;
}

void ur_first_vectors_describe(const ur_first_vectors *v, char *text, size_t size)
{
    *text = 0;
    if (v->found) snprintf(text, size, ", %zu of them with a vector (%s, %zu numbers)", v->found, v->form, v->width);
}

/* ---- Into the model ----------------------------------------------------------------------------------------------- */

static const ur_param *find_embedding(const ur_model *m)
{
    for (size_t i = 0; i < m->line_count; i++)
        if (!ur_reads_characters(m, i) && m->layers[m->lines[i].first].embed) return m->layers[m->lines[i].first].embed;
    return NULL;
}

static double root_mean_square(const ur_first_vectors *v)
{
    double sum = 0;
    for (size_t i = 0; i < v->words; i++)
        for (size_t k = 0; k < v->width && !isnan(v->rows[i * v->width]); k++)
            sum += (double)v->rows[i * v->width + k] * (double)v->rows[i * v->width + k];
    return sqrt(sum / (double)(v->found * v->width));
}

ur_status ur_first_vectors_put(ur_first_vectors *v, const char *path, ur_model *model, ur_error *error)
{
    size_t width = v->width;
    if (!v->rows) return UR_OK;
    const ur_param *embedding = find_embedding(model);
    if (!embedding || embedding->shape[1] != width || embedding->shape[0] != v->words)
        return ur_fail(error, UR_ERR_USAGE,
                       "`vectors` %s: vectors of %zu numbers need a network with embed %zu, not \"%s\"", path, width,
                       width, model->net);
    double size = root_mean_square(v), scale = size > 0 ? 1 / size : 1;
    for (size_t i = 0; i < v->words; i++)
        for (size_t k = 0; k < width && !isnan(v->rows[i * width]); k++)
            embedding->value[i * width + k] = (real)((double)v->rows[i * width + k] * scale);
    ur_first_vectors_free(v);
    return UR_OK;
}
