/* Writes a sentence with its labels: as CoNLL-U with the columns filled and all else unchanged, as word/TAG, or as an
 * object. */
#include "task/tag/tag.h"

#include "format/json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sentence being written. */
typedef struct ur_tag_writing {
    ur_tag *c;
    int32_t *const *labels; /* one array per head */
} ur_tag_writing;

static ur_status put(const ur_tag_writing *w, const char *text, size_t length, ur_error *error)
{
    return ur_tag_add_text(&w->c->input.out, text, length, error);
}

static ur_status put_label(const ur_tag_writing *w, size_t head, size_t word, ur_error *error)
{
    size_t length;
    const char *text = ur_vocabulary_text(w->c->head[head].labels, w->labels[head][word], &length);
    return put(w, text, length, error);
}

/* ---- CoNLL-U ------------------------------------------------------------------------------------------------------- */

static ur_status fill_field(const ur_tag_writing *w, size_t word, size_t field, const char **at, ur_error *error)
{
    const ur_field *there = &w->c->sentence.word[word].field[field];
    for (size_t h = 0; h < w->c->heads; h++) {
        if (w->c->head[h].field != field) continue;
        UR_TRY(put(w, *at, (size_t)(there->text - *at), error));
        UR_TRY(put_label(w, h, word, error));
        *at = there->text + there->length;
    }
    return UR_OK;
}

static ur_status write_conllu(const ur_tag_writing *w, const char *text, size_t length, ur_error *error)
{
    const char *at = text;
    for (size_t k = 0; k < w->c->sentence.count; k++)
        for (size_t field = 0; field < UR_CONLLU_FIELDS; field++) UR_TRY(fill_field(w, k, field, &at, error));
    return put(w, at, length - (size_t)(at - text), error);
}

/* ---- In lines ------------------------------------------------------------------------------------------------------ */

static ur_status write_inline(const ur_tag_writing *w, ur_error *error)
{
    for (size_t k = 0; k < w->c->sentence.count; k++) {
        const ur_field *word = &w->c->sentence.word[k].field[UR_CONLLU_FORM];
        if (k) UR_TRY(put(w, " ", 1, error));
        UR_TRY(put(w, word->text, word->length, error));
        UR_TRY(put(w, "/", 1, error));
        UR_TRY(put_label(w, 0, k, error));
    }
    return w->c->sentence.count ? put(w, "\n", 1, error) : UR_OK;
}

static json_t *words_json(const ur_tag *c)
{
    json_t *list = json_array();
    for (size_t k = 0; list && k < c->sentence.count; k++) {
        const ur_field *word = &c->sentence.word[k].field[UR_CONLLU_FORM];
        if (json_array_append_new(list, json_stringn(word->text, word->length)) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *labels_json(const ur_tag_writing *w, size_t head)
{
    json_t *list = json_array();
    for (size_t k = 0; list && k < w->c->sentence.count; k++) {
        size_t length;
        const char *text = ur_vocabulary_text(w->c->head[head].labels, w->labels[head][k], &length);
        if (json_array_append_new(list, json_stringn(text, length)) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static ur_status write_json(const ur_tag_writing *w, ur_error *error)
{
    json_t *o = json_object();
    char *text = NULL;
    int failed = json_object_set_new(o, "words", words_json(w->c));
    failed |= json_object_set_new(o, "labels", labels_json(w, 0));
    if (w->c->heads > 1) failed |= json_object_set_new(o, "also", labels_json(w, 1));
    ur_status status = failed ? ur_fail_memory(error, "an answer") : ur_json_write(o, &text, error);
    json_decref(o);
    if (status == UR_OK) status = put(w, text, strlen(text), error);
    if (status == UR_OK) status = put(w, "\n", 1, error);
    free(text);
    return status;
}

static ur_status write_sentence(const ur_tag_writing *w, const char *text, size_t length, bool json, ur_error *error)
{
    if (json) return w->c->sentence.count ? write_json(w, error) : UR_OK;
    return w->c->settings.in_line ? write_inline(w, error) : write_conllu(w, text, length, error);
}

ur_status ur_tag_write(ur_tag *c, const char *text, size_t length, int32_t *const labels[UR_TAG_HEADS], bool json,
                       const ur_sink *sink, ur_error *error)
{
    const ur_tag_writing w = {c, labels};
    c->input.out.length = 0;
    UR_TRY(write_sentence(&w, text, length, json, error));
    return c->input.out.length ? sink->write(sink->context, c->input.out.text, c->input.out.length, error) : UR_OK;
}
