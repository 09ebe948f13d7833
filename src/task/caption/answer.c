/* Writes captions for pictures that have none, in their order, some at a time. */
#include "task/caption/caption.h"

#include "task/answer_line.h"
#include "task/looked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 32 };

/* An answer in progress. */
typedef struct answering {
    ur_caption_task *c;
    const ur_caption_set *set;
    const char *path;
    size_t first; /* index of the first of the current pictures */
    bool json;
    const ur_sink *sink;
} answering;

static ur_status put(const answering *a, const char *text, size_t length, ur_error *error)
{
    return length ? a->sink->write(a->sink->context, text, length, error) : UR_OK;
}

static void name_picture(const answering *a, size_t lane, char *text, size_t size)
{
    if (a->set->album)
        ur_album_name(a->set->album, a->first + lane, text, size);
    else
        snprintf(text, size, "%s: row %zu", a->path, a->first + lane + 1);
}

/* ---- As text ------------------------------------------------------------------------------------------------------ */

/* Writes "CAPTION\tWHERE". If several captions per picture are asked for, each is preceded by its log probability. */
static ur_status write_lines(const answering *a, size_t lane, const char *where, ur_error *error)
{
    ur_caption_task *c = a->c;
    char number[48];
    for (size_t i = 0; i < ur_decoding_count(c->decoding, lane); i++) {
        int size = snprintf(number, sizeof number, "%.6f  ", ur_decoding_text(c->decoding, lane, i).log_probability);
        UR_TRY(ur_caption_text(c, lane, i, error));
        if (c->settings.n_best) UR_TRY(put(a, number, (size_t)size, error));
        UR_TRY(put(a, c->written.text, c->written.length, error));
        UR_TRY(put(a, "\t", 1, error));
        UR_TRY(put(a, where, strlen(where), error));
        UR_TRY(put(a, "\n", 1, error));
    }
    return UR_OK;
}

/* ---- As JSON ------------------------------------------------------------------------------------------------------ */

static int put_new(json_t *object, const char *key, json_t *value) { return json_object_set_new(object, key, value); }

static json_t *text_json(const ur_caption_task *c, size_t lane, size_t i)
{
    ur_hypothesis h = ur_decoding_text(c->decoding, lane, i);
    json_t *object = json_object();
    int failed = put_new(object, "text", json_stringn(c->written.text, c->written.length));
    failed |= put_new(object, "log_probability", json_real(h.log_probability));
    if (!failed) return object;
    json_decref(object);
    return NULL;
}

/* The picture as the network sees it, as bytes, row by row. */
static json_t *picture_json(const answering *a, size_t lane)
{
    const ur_picture_size *s = &a->c->input.size;
    json_t *numbers = json_array();
    const unsigned char *bytes = ur_album_picture(a->set->album, a->first + lane);
    int failed = !numbers;
    for (size_t i = 0; i < ur_picture_bytes(s) && !failed; i++)
        failed = json_array_append_new(numbers, json_integer(bytes[i]));
    if (failed) json_decref(numbers);
    return failed ? NULL
                  : json_pack("{s:I,s:I,s:I,s:o}", "rows", (json_int_t)s->rows, "columns", (json_int_t)s->columns,
                              "channels", (json_int_t)s->channels, "numbers", numbers);
}

/* Features have no known layout, so their places are just numbered. */
static json_t *places_json(size_t places)
{
    json_t *list = json_array();
    char number[24];
    for (size_t i = 0; list && i < places; i++) {
        snprintf(number, sizeof number, "%zu", i + 1);
        if (json_array_append_new(list, json_string(number)) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

/* Finds how many rows and columns of places the line that is attended to has. Returns false if the input is
 * features. */
static bool find_grid(const ur_model *m, size_t places, size_t *rows, size_t *columns)
{
    for (size_t i = 0; i < m->layer_count; i++) {
        const ur_layer *l = &m->layers[i];
        if (!l->spec.kind->makes_steps || l->seen.rows * l->seen.columns != places) continue;
        *rows = l->seen.rows;
        *columns = l->seen.columns;
        return true;
    }
    return false;
}

static ur_status put_attention(const answering *a, size_t lane, json_t *object, ur_error *error)
{
    ur_caption_task *c = a->c;
    const ur_real *shares;
    size_t places, rows, columns;
    UR_TRY(ur_decoding_looked(c->decoding, lane, 0, &shares, &places, error));
    ur_hypothesis h = ur_decoding_text(c->decoding, lane, 0);
    int failed = put_new(object, "target", ur_tokens_json(ur_caption_token_text, c, h.ids, h.length, 1));
    failed |= put_new(object, "attention", ur_shares_json(shares, h.length, places, places));
    if (!find_grid(c->model, places, &rows, &columns)) {
        failed |= put_new(object, "source", places_json(places));
    } else {
        failed |= put_new(object, "picture", picture_json(a, lane));
        failed |= put_new(object, "rows", json_integer((json_int_t)rows));
        failed |= put_new(object, "columns", json_integer((json_int_t)columns));
    }
    return failed ? ur_fail_memory(error, "an answer") : UR_OK;
}

/* Makes an object of the best caption, with a list of all of them if several are asked for. */
static ur_status make_json(const answering *a, size_t lane, const char *where, json_t **object, ur_error *error)
{
    ur_caption_task *c = a->c;
    json_t *list = json_array();
    int failed = !list;
    ur_status status = UR_OK;
    for (size_t i = 0; i < ur_decoding_count(c->decoding, lane) && !failed && status == UR_OK; i++) {
        status = ur_caption_text(c, lane, i, error);
        if (status == UR_OK) failed = json_array_append_new(list, text_json(c, lane, i));
    }
    *object = json_copy(json_array_get(list, 0));
    failed |= !*object || put_new(*object, "where", json_string(where));
    if (!failed && c->settings.n_best) failed = json_object_set(*object, "n_best", list);
    json_decref(list);
    if (status == UR_OK && failed) status = ur_fail_memory(error, "an answer");
    return status == UR_OK && c->settings.attention ? put_attention(a, lane, *object, error) : status;
}

static ur_status write_json(const answering *a, size_t lane, const char *where, ur_error *error)
{
    json_t *object = NULL;
    ur_status status = make_json(a, lane, where, &object, error);
    if (status == UR_OK) return ur_answer_line(object, a->sink, error);
    json_decref(object);
    return status;
}

/* ---- Pictures ----------------------------------------------------------------------------------------------------- */

static ur_status answer_some(const answering *a, size_t lanes, ur_error *error)
{
    ur_caption_task *c = a->c;
    char where[512];
    for (size_t b = 0; b < lanes; b++) {
        UR_TRY(ur_caption_read_picture(c, a->set, a->first + b, error));
        ur_caption_put_picture(c, c->picture, b, lanes);
    }
    UR_TRY(ur_caption_write(c, lanes, error));
    for (size_t b = 0; b < lanes; b++) {
        name_picture(a, b, where, sizeof where);
        UR_TRY(a->json ? write_json(a, b, where, error) : write_lines(a, b, where, error));
    }
    return UR_OK;
}

static ur_status answer_set(answering *a, size_t count, ur_learner *learner, ur_error *error)
{
    const ur_caption_settings *s = &a->c->settings;
    UR_TRY(ur_caption_room(a->c, LANES, error));
    UR_TRY(ur_caption_begin_writing(a->c, learner, s->beam, s->n_best ? s->n_best : 1, error));
    for (; a->first < count; a->first += LANES)
        UR_TRY(answer_some(a, count - a->first < LANES ? count - a->first : LANES, error));
    return UR_OK;
}

bool ur_caption_takes_files(const void *data)
{
    (void)data;
    return true;
}

/* The interface of a task asks for this function, but captions have no text to read. At the end of the input (`item`
 * NULL) nothing is left to answer. */
ur_status ur_caption_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                            const ur_sink *sink, ur_error *error)
{
    (void)data, (void)learner, (void)length, (void)json, (void)sink;
    return item ? ur_fail(error, UR_ERR_UNSUPPORTED, "a model of captions reads pictures, not text") : UR_OK;
}

ur_status ur_caption_answer_file(void *data, ur_learner *learner, const char *path, bool json, const ur_sink *sink,
                                 ur_error *error)
{
    ur_caption_task *c = data;
    ur_caption_set set = {NULL, NULL, NULL};
    const ur_album_options options = {.size = c->input.size};
    answering a = {c, &set, path, 0, json, sink};
    if (c->input.size.rows) {
        UR_TRY(ur_album_open(&set.album, path, &options, error));
    } else {
        UR_TRY(ur_npy_open(&set.features, path, NULL, error));
    }
    ur_status status = set.features ? ur_caption_check_width(c, set.features, path, error) : UR_OK;
    size_t count = set.album ? set.album->count : set.features->count;
    if (status == UR_OK) status = answer_set(&a, count, learner, error);
    ur_caption_close_set(&set);
    return status;
}
