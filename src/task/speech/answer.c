/*
 * Writes down recordings. Files give one line each, "FILE<tab>TEXT". Standard input, samples of 16 bits, gives one
 * text. A network that only looks back is stepped: a token is written as soon as it begins. A network that looks both
 * ways waits for the end.
 */
#include "task/speech/speech.h"

#include "base/utf8.h"
#include "layer/ctc.h"
#include "task/answer_line.h"
#include "task/looked.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

bool ur_speech_takes_files(const void *data)
{
    (void)data;
    return true;
}

enum { SAMPLE = 2 }; /* bytes per sample */

size_t ur_speech_item_size(const void *data)
{
    (void)data;
    return SAMPLE;
}

/* ---- Output --------------------------------------------------------------------------------------------------------- */

/* Adds where in the recording the decoder looked as it wrote each token: a weight for each step, and the duration of a
 * step. */
static ur_status put_attention(ur_listener *l, json_t *o, ur_error *error)
{
    const ur_hypothesis h = ur_decoding_text(l->decoding, 0, 0);
    const ur_real *shares;
    size_t steps;
    UR_TRY(ur_decoding_looked(l->decoding, 0, 0, &shares, &steps, error));
    double step = (double)(ur_speech_hop(l->speech) * l->settings.stack) / ur_speech_rate(l->speech);
    int failed = json_object_set_new(o, "target", ur_tokens_json(ur_speech_token_text, l, h.ids, h.length, 1));
    failed |= json_object_set_new(o, "step_seconds", json_real(step));
    failed |= json_object_set_new(o, "attention", ur_shares_json(shares, h.length, steps, steps));
    return failed ? ur_fail_memory(error, "an answer") : UR_OK;
}

/* Writes a complete answer, with attention if asked for. */
static ur_status write_final(ur_listener *l, json_t *o, const ur_sink *sink, ur_error *error)
{
    ur_status status = o && l->settings.attention ? put_attention(l, o, error) : UR_OK;
    if (status == UR_OK) return ur_answer_line(o, sink, error);
    json_decref(o);
    return status;
}

/* Writes the answer for a file. A file name may hold any bytes, so invalid UTF-8 is replaced. */
static ur_status write_file(ur_listener *l, const char *where, double seconds, const ur_sink *sink, ur_error *error)
{
    size_t length;
    char *clean = ur_utf8_clean(where, strlen(where), &length);
    json_t *o = clean ? json_pack("{s:s,s:s,s:f}", "file", clean, "text", l->said.text, "seconds", seconds) : NULL;
    free(clean);
    return write_final(l, o, sink, error);
}

static ur_status write_answer(ur_listener *l, const char *where, double seconds, bool json, const ur_sink *sink,
                              ur_error *error)
{
    if (json) return write_file(l, where, seconds, sink, error);
    UR_TRY(sink->write(sink->context, where, strlen(where), error));
    UR_TRY(sink->write(sink->context, "\t", 1, error));
    UR_TRY(sink->write(sink->context, l->said.text, l->said.length, error));
    return sink->write(sink->context, "\n", 1, error);
}

/* ---- Files ---------------------------------------------------------------------------------------------------------- */

static ur_status write_text(ur_listener *l, ur_learner *learner, const ur_sequences *recording, ur_error *error)
{
    ur_batch batch;
    ur_speech_see(l, recording, &batch);
    UR_TRY(ur_speech_write(l, learner, &batch, error));
    return ur_speech_written(l, 0, &l->said, error);
}

/* Finds the text with ctc. `y` is space for the outputs of all steps. */
static ur_status spell_steps(ur_listener *l, ur_learner *learner, const ur_sequences *recording, real *y,
                             ur_error *error)
{
    const ur_batch batch = {.input = {*recording}};
    UR_TRY(ur_predict(learner, &batch, y, error));
    return ur_speech_decode(l, y, ur_vocabulary_size(l->tokens) + 1, recording->steps, &l->said, error);
}

/* Writes down the first `samples` samples of l->heard, into l->said. */
static ur_status write_down(ur_listener *l, ur_learner *learner, size_t samples, ur_error *error)
{
    size_t width = ur_vocabulary_size(l->tokens) + 1, row = ur_speech_features(l);
    UR_TRY(ur_speech_hear(l, samples, error));
    size_t steps = ur_speech_stacked(l, l->heard.slices);
    real *x = calloc(steps, (row + width) * sizeof *x);
    if (!x) return ur_fail_memory(error, "a recording");
    for (size_t t = 0; t < steps; t++) ur_speech_take(l, t, x + t * row);
    const ur_sequences recording = {.steps = steps, .lanes = 1, .values = x};
    ur_status status = l->attends ? write_text(l, learner, &recording, error)
                                  : spell_steps(l, learner, &recording, x + steps * row, error);
    free(x);
    return status;
}

static ur_status answer_recording(ur_listener *l, ur_learner *learner, const ur_utterances *set, size_t i, bool json,
                                  const ur_sink *sink, ur_error *error)
{
    size_t samples = ur_utterances_samples(set, i);
    UR_TRY(ur_speech_sample_room(&l->heard, samples, error));
    UR_TRY(ur_utterances_read(set, i, l->heard.samples, error));
    UR_TRY(write_down(l, learner, samples, error));
    return write_answer(l, ur_utterances_path(set, i), (double)samples / ur_utterances_rate(set), json, sink, error);
}

ur_status ur_speech_answer_file(void *data, ur_learner *learner, const char *path, bool json, const ur_sink *sink,
                                ur_error *error)
{
    ur_listener *l = data;
    ur_utterances *set;
    ur_utterances_options options = {.rate = ur_speech_rate(l->speech), .unlabelled = true};
    UR_TRY(ur_utterances_open(&set, &path, 1, &options, error));
    ur_status status = UR_OK;
    for (size_t i = 0; status == UR_OK && i < ur_utterances_count(set); i++)
        status = answer_recording(l, learner, set, i, json, sink, error);
    ur_utterances_close(set);
    return status;
}

/* ---- A stream ------------------------------------------------------------------------------------------------------- */

static ur_status begin_stream(ur_listener *l, const ur_model *model, ur_error *error)
{
    size_t width = ur_vocabulary_size(l->tokens) + 1;
    if (l->live.step) return UR_OK;
    l->live.before = -1;
    l->live.step = calloc(ur_speech_features(l) + width, sizeof *l->live.step);
    if (!l->live.step) return ur_fail_memory(error, "a stream");
    l->live.out = l->live.step + ur_speech_features(l);
    l->said.length = 0;
    UR_TRY(ur_speech_text_add(&l->said, "", 0, error));
    if (!ur_speech_looks_back(l) || ur_speech_searches(l) || ur_check_streams(model, NULL) != UR_OK) return UR_OK;
    return ur_state_create(&l->live.state, model, 1, error);
}

/* Writes what is new in l->said since `from`. */
static ur_status write_new(ur_listener *l, size_t from, bool json, const ur_sink *sink, ur_error *error)
{
    double seconds = (double)(l->live.slices * ur_speech_hop(l->speech)) / ur_speech_rate(l->speech);
    if (!json) return sink->write(sink->context, l->said.text + from, l->said.length - from, error);
    return ur_answer_line(json_pack("{s:s,s:f,s:b}", "text", l->said.text, "seconds", seconds, "final", 0), sink,
                          error);
}

/* Makes a step of the slices that wait. */
static ur_status step_on(ur_listener *l, ur_learner *learner, bool json, const ur_sink *sink, ur_error *error)
{
    size_t from = l->said.length;
    l->heard.bands = l->heard.slice;
    l->heard.slices = l->live.stacked;
    ur_speech_take(l, 0, l->live.step);
    l->live.stacked = 0;
    ur_step_values(learner->model, l->live.state, l->live.step, l->live.out);
    int32_t label = ur_ctc_next(l->live.out, ur_vocabulary_size(l->tokens) + 1, &l->live.before);
    if (label < 0) return UR_OK;
    UR_TRY(ur_speech_spell(l, &label, 1, &l->said, error));
    return write_new(l, from, json, sink, error);
}

/* Makes a slice of the samples that wait, and drops one hop of them. */
static ur_status take_slice(ur_listener *l, ur_learner *learner, size_t count, bool json, const ur_sink *sink,
                            ur_error *error)
{
    size_t hop = ur_speech_hop(l->speech), gone = hop < l->live.count ? hop : l->live.count;
    UR_TRY(ur_speech_slice_live(l, l->live.samples, count, l->live.stacked++, error));
    l->live.slices++;
    l->live.count -= gone;
    memmove(l->live.samples, l->live.samples + gone, l->live.count * sizeof *l->live.samples);
    return l->live.stacked == l->settings.stack ? step_on(l, learner, json, sink, error) : UR_OK;
}

static ur_status end_stream(ur_listener *l, ur_learner *learner, bool json, const ur_sink *sink, ur_error *error)
{
    size_t all = l->live.all;
    if (!l->live.step || !all) return UR_OK;
    if (l->live.state && !l->live.slices) UR_TRY(take_slice(l, learner, l->live.count, json, sink, error));
    if (l->live.state && l->live.stacked) UR_TRY(step_on(l, learner, json, sink, error));
    if (!l->live.state) {
        UR_TRY(ur_speech_sample_room(&l->heard, all, error));
        memcpy(l->heard.samples, l->live.samples, all * sizeof *l->live.samples);
        UR_TRY(write_down(l, learner, all, error));
    }
    if (json)
        return write_final(l,
                           json_pack("{s:s,s:f,s:b}", "text", l->said.text, "seconds",
                                     (double)all / ur_speech_rate(l->speech), "final", 1),
                           sink, error);
    if (!l->live.state) UR_TRY(sink->write(sink->context, l->said.text, l->said.length, error));
    return sink->write(sink->context, "\n", 1, error);
}

static ur_status add_sample(ur_listener *l, const char *item, ur_error *error)
{
    const unsigned char *byte = (const unsigned char *)item;
    int number = byte[0] | byte[1] << 8;
    if (l->live.count == l->live.room) {
        size_t room = l->live.room ? 2 * l->live.room : 4096;
        double *grown = realloc(l->live.samples, room * sizeof *grown);
        if (!grown) return ur_fail_memory(error, "a stream");
        l->live.samples = grown;
        l->live.room = room;
    }
    l->live.samples[l->live.count++] = (number < 32768 ? number : number - 65536) / 32768.0;
    l->live.all++;
    return UR_OK;
}

ur_status ur_speech_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                           const ur_sink *sink, ur_error *error)
{
    ur_listener *l = data;
    UR_TRY(begin_stream(l, learner->model, error));
    if (!item) return end_stream(l, learner, json, sink, error);
    if (length != SAMPLE)
        return ur_fail(error, UR_ERR_DATA, "a sample of %zu bytes; a stream has samples of 16 bits", length);
    if (l->live.all < 2 && memcmp(item, l->live.all ? "FF" : "RI", SAMPLE) == 0 && ++l->live.riff == 2)
        return ur_fail(error, UR_ERR_DATA,
                       "a WAV file instead of raw samples; name it as a file, or send only its samples: 16 bits, one "
                       "channel, %u a second",
                       ur_speech_rate(l->speech));
    UR_TRY(add_sample(l, item, error));
    size_t window = ur_speech_window(l->speech);
    return l->live.state && l->live.count >= window ? take_slice(l, learner, window, json, sink, error) : UR_OK;
}
