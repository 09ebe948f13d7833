/* A line of text, and what the network writes for it. Nothing is written for a line of blanks. */
#include "task/translate/translate.h"

#include "base/utf8.h"
#include "format/json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An answer on its way. */
typedef struct answering {
    ur_translate *c;
    const ur_sink *sink;
} answering;

static ur_status put(const answering *a, const char *text, size_t length, ur_error *error)
{
    return length ? a->sink->write(a->sink->context, text, length, error) : UR_OK;
}

/* ---- As text ------------------------------------------------------------------------------------------------------- */

/* With several texts for a line each stands behind its log probability, and an empty line behind all. */
static ur_status write_texts(const answering *a, size_t count, ur_error *error)
{
    ur_translate *c = a->c;
    char number[48];
    for (size_t i = 0; i < count; i++) {
        int size = snprintf(number, sizeof number, "%.6f  ", ur_decoding_text(c->decoding, 0, i).log_probability);
        UR_TRY(ur_translate_text(c, 0, i, error));
        if (c->settings.n_best) UR_TRY(put(a, number, (size_t)size, error));
        UR_TRY(put(a, c->written.text, c->written.length, error));
        UR_TRY(put(a, "\n", 1, error));
    }
    return !count || c->settings.n_best ? put(a, "\n", 1, error) : UR_OK;
}

/* ---- As JSON ------------------------------------------------------------------------------------------------------- */

/* Tokens as texts, up to and with the end, which is "". */
static json_t *tokens_json(ur_translate *c, size_t side, const int32_t *ids, size_t count)
{
    json_t *list = json_array();
    int failed = list == NULL;
    for (size_t i = 0; i < count && !failed; i++) {
        size_t length = 0, clean;
        const char *text = ur_vocabulary_text(c->side[side].vocabulary, ids[i], &length);
        char *copy = ur_utf8_clean(text ? text : "", ids[i] == UR_TOKEN_END ? 0 : length, &clean);
        failed = !copy || json_array_append_new(list, json_stringn(copy, clean));
        free(copy);
    }
    if (!failed) return list;
    json_decref(list);
    return NULL;
}

static json_t *shares_json(const ur_real *shares, size_t rows, size_t columns)
{
    json_t *list = json_array();
    int failed = list == NULL;
    for (size_t i = 0; i < rows && !failed; i++) {
        json_t *row = json_array();
        for (size_t k = 0; k < columns; k++)
            failed |= json_array_append_new(row, json_real((double)shares[i * columns + k]));
        failed |= json_array_append_new(list, row);
    }
    if (!failed) return list;
    json_decref(list);
    return NULL;
}

/* Where each token of text i looked: a row for each, a column for each token of the source. */
static ur_status put_attention(ur_translate *c, size_t i, json_t *object, ur_error *error)
{
    const ur_hypothesis h = ur_decoding_text(c->decoding, 0, i);
    const ur_translate_side *source = &c->side[UR_SOURCE];
    const ur_real *shares;
    size_t steps;
    if (!c->settings.attention) return UR_OK;
    UR_TRY(ur_decoding_looked(c->decoding, 0, i, &shares, &steps, error));
    int failed = json_object_set_new(object, "source", tokens_json(c, UR_SOURCE, source->ids, steps));
    failed |= json_object_set_new(object, "target", tokens_json(c, UR_TARGET, h.ids, h.length));
    failed |= json_object_set_new(object, "attention", shares_json(shares, h.length, steps));
    return failed ? ur_fail_memory(error, "an answer") : UR_OK;
}

static ur_status add_text(ur_translate *c, size_t i, json_t *list, ur_error *error)
{
    const ur_hypothesis h = ur_decoding_text(c->decoding, 0, i);
    json_t *object = json_object();
    ur_status written = ur_translate_text(c, 0, i, error);
    int failed =
        written != UR_OK || json_object_set_new(object, "text", json_stringn(c->written.text, c->written.length));
    failed |= json_object_set_new(object, "log_probability", json_real(h.log_probability));
    failed |= json_object_set_new(object, "ended", json_boolean(h.ended));
    ur_status status = failed ? ur_fail_memory(error, "an answer") : put_attention(c, i, object, error);
    if (json_array_append_new(list, object) != 0 && status == UR_OK) status = ur_fail_memory(error, "an answer");
    return status;
}

/* The best, and all of them where several are wanted. */
static ur_status make_json(ur_translate *c, size_t count, json_t **object, ur_error *error)
{
    json_t *list = json_array();
    ur_status status = list ? UR_OK : ur_fail_memory(error, "an answer");
    for (size_t i = 0; i < count && status == UR_OK; i++) status = add_text(c, i, list, error);
    *object = count ? json_copy(json_array_get(list, 0)) : json_pack("{s:s}", "text", "");
    int failed = *object == NULL;
    if (!failed && c->settings.n_best) failed = json_object_set(*object, "n_best", list);
    json_decref(list);
    return status == UR_OK && failed ? ur_fail_memory(error, "an answer") : status;
}

static ur_status write_json(const answering *a, size_t count, ur_error *error)
{
    json_t *object = NULL;
    char *text = NULL;
    ur_status status = make_json(a->c, count, &object, error);
    if (status == UR_OK) status = ur_json_write(object, &text, error);
    if (status == UR_OK) status = put(a, text, strlen(text), error);
    if (status == UR_OK) status = put(a, "\n", 1, error);
    free(text);
    json_decref(object);
    return status;
}

/* ---- Lines --------------------------------------------------------------------------------------------------------- */

static ur_status begin(ur_translate *c, ur_learner *learner, ur_error *error)
{
    const ur_translate_settings *s = &c->settings;
    size_t best = s->n_best ? s->n_best : 1, width = s->beam ? s->beam : 1;
    const ur_beam_settings beam = {.width = width > best ? width : best,
                                   .best = best,
                                   .length = s->max_length + 1,
                                   .end = UR_TOKEN_END,
                                   .length_power = s->length_power};
    return ur_translate_begin_writing(c, learner, &beam, error);
}

ur_status ur_translate_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                              const ur_sink *sink, ur_error *error)
{
    ur_translate *c = data;
    const answering a = {c, sink};
    ur_batch batch;
    size_t count = 0;
    if (!item) return UR_OK;
    ur_field text = ur_field_trim((ur_field){item, length});
    if (text.length) {
        UR_TRY(begin(c, learner, error));
        UR_TRY(ur_translate_batch_text(c, text, &batch, error));
        UR_TRY(ur_decode(c->decoding, &batch, error));
        count = ur_decoding_count(c->decoding, 0);
    }
    return json ? write_json(&a, count, error) : write_texts(&a, count, error);
}

size_t ur_translate_cut(const void *data) { return ((const ur_translate *)data)->cut; }
