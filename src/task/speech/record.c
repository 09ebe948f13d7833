/* Writes tokens and scaling of a speech network into the model's record, and reads them from there. */
#include "task/speech/speech.h"

#include "format/record.h"
#include "task/decoder_net.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXAMPLE "sound: lstm 128 bi; decoder: embed 64 > lstm 256 > attend sound 128 additive feed > dense"

static ur_status check_network(const ur_listener *l, const ur_model *m, ur_error *error)
{
    if (l->attends)
        return ur_decoder_check(m, ur_speech_features(l), ur_vocabulary_size(l->tokens) + 1,
                                "the slices of a recording", EXAMPLE, error);
    const ur_line *last = &m->lines[m->line_count - 1];
    const char *ending = ur_line_ending(m, m->line_count - 1);
    bool fits = m->line_count == 1 && ending && strcmp(ending, "ctc") == 0;
    if (fits && last->width == ur_vocabulary_size(l->tokens) + 1 && last->features == ur_speech_features(l))
        return UR_OK;
    return ur_fail(
        error, UR_ERR_USAGE,
        "network line \"%s\": one line that takes %zu numbers a step and ends in dense > ctc, for %zu tokens "
        "and the blank",
        m->net, ur_speech_features(l), ur_vocabulary_size(l->tokens));
}

/* ---- Written -------------------------------------------------------------------------------------------------------- */

static json_t *tokens_json(const ur_vocabulary *tokens)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < ur_vocabulary_size(tokens); i++) {
        size_t length;
        const char *text = ur_vocabulary_text(tokens, (int32_t)i, &length);
        if (json_array_append_new(list, json_stringn(text, length)) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *numbers_json(const float *numbers)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < UR_SPEECH_BANDS; i++) {
        if (json_array_append_new(list, json_real((double)numbers[i])) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *input_json(const ur_listener *l)
{
    json_t *o = json_pack("{s:I,s:s}", "rate", (json_int_t)ur_utterances_rate(l->set), "token", l->settings.token);
    int failed = !o;
    if (!failed && l->mean) failed = json_object_set_new(o, "mean", numbers_json(l->mean));
    if (!failed && l->mean) failed = json_object_set_new(o, "scale", numbers_json(l->scale));
    if (!failed) return o;
    json_decref(o);
    return NULL;
}

ur_status ur_speech_record(void *data, ur_model *model, ur_error *error)
{
    ur_listener *l = data;
    char hash[24];
    UR_TRY(check_network(l, model, error));
    l->model = model;
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)ur_utterances_hash(l->set));
    json_t *trained = json_pack("{s:s,s:s,s:I}", "found", ur_utterances_found(l->set), "hash", hash, "utterances",
                                (json_int_t)l->part[UR_PART_TRAIN].count);
    UR_TRY(ur_record_set(model, "trained_on", trained, error));
    UR_TRY(ur_record_set(model, "input", input_json(l), error));
    return ur_record_set(model, "labels", tokens_json(l->tokens), error);
}

/* ---- Read ----------------------------------------------------------------------------------------------------------- */

static ur_status fail_broken(const char *what, ur_error *error)
{
    return ur_fail(error, UR_ERR_FORMAT, "the model's record does not say what its %s are", what);
}

static ur_status take_tokens(ur_listener *l, const json_t *list, const char *kind, ur_error *error)
{
    bool words = kind && strcmp(kind, "word") == 0;
    l->settings.token = words ? "word" : "char";
    UR_TRY(ur_vocabulary_create(&l->tokens, words ? UR_TOKEN_WHOLE : UR_TOKEN_CHAR, error));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *text = json_array_get(list, i);
        int32_t id = -1;
        if (json_string_length(text) && json_string_length(text) <= UR_TOKEN_MAX_BYTES)
            UR_TRY(ur_vocabulary_add(l->tokens, json_string_value(text), json_string_length(text), &id, error));
        if (id != (int32_t)i) return fail_broken("tokens", error);
    }
    ur_vocabulary_seal(l->tokens, false);
    return ur_vocabulary_size(l->tokens) ? UR_OK : fail_broken("tokens", error);
}

static ur_status take_numbers(const json_t *list, float *numbers, ur_error *error)
{
    if (json_array_size(list) != UR_SPEECH_BANDS) return fail_broken("scales", error);
    for (size_t i = 0; i < UR_SPEECH_BANDS; i++) {
        numbers[i] = (float)json_number_value(json_array_get(list, i));
        if (!json_is_number(json_array_get(list, i)) || !isfinite(numbers[i])) return fail_broken("scales", error);
    }
    return UR_OK;
}

static ur_status take_scales(ur_listener *l, const json_t *input, ur_error *error)
{
    if (!ur_speech_looks_back(l)) return UR_OK;
    l->mean = calloc(2 * UR_SPEECH_BANDS, sizeof *l->mean);
    if (!l->mean) return ur_fail_memory(error, "the record");
    l->scale = l->mean + UR_SPEECH_BANDS;
    UR_TRY(take_numbers(json_object_get(input, "mean"), l->mean, error));
    return take_numbers(json_object_get(input, "scale"), l->scale, error);
}

ur_status ur_speech_take_model(ur_listener *l, const ur_model *model, ur_error *error)
{
    const json_t *input = json_object_get(model->record, "input");
    json_int_t rate = json_integer_value(json_object_get(input, "rate"));
    if (rate < 1000 || rate > 768000) return fail_broken("samples", error);
    l->model = (ur_model *)(uintptr_t)model;
    l->attends = model->line_count > 1;
    UR_TRY(ur_speech_create(&l->speech, (uint32_t)rate, error));
    UR_TRY(take_tokens(l, json_object_get(model->record, "labels"), json_string_value(json_object_get(input, "token")),
                       error));
    UR_TRY(take_scales(l, input, error));
    return check_network(l, model, error);
}
