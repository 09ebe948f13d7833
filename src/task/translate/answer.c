/*
 * Writes a text for each line. A line of blanks gets an empty answer. If several lines are answered at once, they wait
 * until there are enough, or no more come. Each is answered as if it were alone.
 */
#include "task/translate/translate.h"

#include "task/answer_line.h"
#include "task/looked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An answer in progress. */
typedef struct answering {
    ur_translate *c;
    const ur_sink *sink;
    size_t lane;
    size_t count; /* number of texts found for the line; 0 if the line is empty */
} answering;

static ur_status put(const answering *a, const char *text, size_t length, ur_error *error)
{
    return length ? a->sink->write(a->sink->context, text, length, error) : UR_OK;
}

static ur_hypothesis find_text(const answering *a, size_t i) { return ur_decoding_text(a->c->decoding, a->lane, i); }

/* ---- As text ------------------------------------------------------------------------------------------------------- */

/* Writes the texts of a line. If several are asked for, each is preceded by its log probability, and an empty line
 * follows them all. */
static ur_status write_texts(const answering *a, ur_error *error)
{
    ur_translate *c = a->c;
    char number[48];
    for (size_t i = 0; i < a->count; i++) {
        int size = snprintf(number, sizeof number, "%.6f  ", find_text(a, i).log_probability);
        UR_TRY(ur_translate_text(c, a->lane, i, error));
        if (c->settings.n_best) UR_TRY(put(a, number, (size_t)size, error));
        UR_TRY(put(a, c->written.text, c->written.length, error));
        UR_TRY(put(a, "\n", 1, error));
    }
    return !a->count || c->settings.n_best ? put(a, "\n", 1, error) : UR_OK;
}

/* ---- As JSON ------------------------------------------------------------------------------------------------------- */

static const char *source_text(void *data, int32_t token, size_t *length)
{
    return ur_tokens_text(((const ur_translate *)data)->side[UR_SOURCE].vocabulary, token, length);
}

/* Adds where each token of text i looked: a row per token, a column per token of the source. */
static ur_status put_attention(const answering *a, size_t i, json_t *object, ur_error *error)
{
    const ur_hypothesis h = find_text(a, i);
    const ur_real *shares;
    size_t steps, length = (size_t)a->c->source.lengths[a->lane];
    if (!a->c->settings.attention) return UR_OK;
    UR_TRY(ur_decoding_looked(a->c->decoding, a->lane, i, &shares, &steps, error));
    int failed = json_object_set_new(
        object, "source", ur_tokens_json(source_text, a->c, a->c->source.ids + a->lane, length, a->c->at.lanes));
    failed |= json_object_set_new(object, "target", ur_tokens_json(ur_translate_token_text, a->c, h.ids, h.length, 1));
    failed |= json_object_set_new(object, "attention", ur_shares_json(shares, h.length, length, steps));
    return failed ? ur_fail_memory(error, "an answer") : UR_OK;
}

static ur_status add_text(const answering *a, size_t i, json_t *list, ur_error *error)
{
    ur_translate *c = a->c;
    const ur_hypothesis h = find_text(a, i);
    json_t *object = json_object();
    ur_status written = ur_translate_text(c, a->lane, i, error);
    int failed =
        written != UR_OK || json_object_set_new(object, "text", json_stringn(c->written.text, c->written.length));
    failed |= json_object_set_new(object, "log_probability", json_real(h.log_probability));
    failed |= json_object_set_new(object, "ended", json_boolean(h.ended));
    ur_status status = failed ? ur_fail_memory(error, "an answer") : put_attention(a, i, object, error);
    if (json_array_append_new(list, object) != 0 && status == UR_OK) status = ur_fail_memory(error, "an answer");
    return status;
}

/* Makes an object of the best text, with a list of all of them if several are asked for. */
static ur_status make_json(const answering *a, json_t **object, ur_error *error)
{
    json_t *list = json_array();
    ur_status status = list ? UR_OK : ur_fail_memory(error, "an answer");
    for (size_t i = 0; i < a->count && status == UR_OK; i++) status = add_text(a, i, list, error);
    *object = a->count ? json_copy(json_array_get(list, 0)) : json_pack("{s:s}", "text", "");
    int failed = *object == NULL;
    if (!failed && a->c->settings.n_best) failed = json_object_set(*object, "n_best", list);
    json_decref(list);
    return status == UR_OK && failed ? ur_fail_memory(error, "an answer") : status;
}

static ur_status write_json(const answering *a, ur_error *error)
{
    json_t *object = NULL;
    ur_status status = make_json(a, &object, error);
    if (status == UR_OK) return ur_answer_line(object, a->sink, error);
    json_decref(object);
    return status;
}

/* ---- Lines that wait ----------------------------------------------------------------------------------------------- */

static ur_status keep_line(ur_translate_waiting *w, ur_field line, ur_error *error)
{
    if (w->count == w->room) {
        size_t room = 2 * w->room + 8;
        ur_ids *grown = realloc(w->line, room * sizeof *grown);
        if (!grown) return ur_fail_memory(error, "the lines");
        memset(grown + w->room, 0, (room - w->room) * sizeof *grown);
        w->line = grown;
        w->room = room;
    }
    return ur_tokens_read(w->vocabulary, line.text, line.length, &w->line[w->count], error);
}

static ur_status begin(ur_translate *c, ur_learner *learner, ur_error *error)
{
    const ur_translate_settings *s = &c->settings;
    size_t best = s->n_best ? s->n_best : 1, width = s->beam ? s->beam : 1;
    const ur_beam_settings beam = {.width = width > best ? width : best,
                                   .best = best,
                                   .length = s->max_length + 1,
                                   .end = UR_TOKEN_END,
                                   .length_power = s->length_power,
                                   .early = true};
    return ur_translate_begin_writing(c, learner, &beam, error);
}

/* Writes the answers of all lines. Lines without tokens have no lane. */
static ur_status write_lines(ur_translate *c, bool json, const ur_sink *sink, ur_error *error)
{
    for (size_t i = 0, lane = 0; i < c->waiting.count; i++) {
        bool empty = !c->waiting.line[i].count;
        const answering a = {c, sink, lane, empty ? 0 : ur_decoding_count(c->decoding, lane)};
        lane += !empty;
        UR_TRY(json ? write_json(&a, error) : write_texts(&a, error));
    }
    c->waiting.count = 0;
    return UR_OK;
}

static ur_status answer_waiting(ur_translate *c, ur_learner *learner, bool json, const ur_sink *sink, ur_error *error)
{
    ur_batch batch;
    UR_TRY(ur_translate_batch_lines(c, c->waiting.line, c->waiting.count, &batch, error));
    if (c->at.lanes) UR_TRY(begin(c, learner, error));
    if (c->at.lanes) UR_TRY(ur_decode(c->decoding, &batch, error));
    return write_lines(c, json, sink, error);
}

ur_status ur_translate_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                              const ur_sink *sink, ur_error *error)
{
    ur_translate *c = data;
    ur_field line = ur_field_trim((ur_field){item, length});
    c->waiting.vocabulary = c->side[UR_SOURCE].vocabulary;
    if (item && c->nfc) UR_TRY(ur_normalise(&c->form, &line, error));
    if (item) UR_TRY(keep_line(&c->waiting, line, error));
    c->waiting.count += item != NULL;
    bool full = c->waiting.count >= c->settings.at_once;
    return full || !item ? answer_waiting(c, learner, json, sink, error) : UR_OK;
}

void ur_translate_end_waiting(ur_translate *c)
{
    for (size_t i = 0; i < c->waiting.room; i++) ur_ids_free(&c->waiting.line[i]);
    free(c->waiting.line);
    c->waiting = (ur_translate_waiting){0};
}

size_t ur_translate_cut(const void *data) { return ((const ur_translate *)data)->cut; }
