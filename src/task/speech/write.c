/* Writes transcripts with a decoder that looks at the recording, for all recordings of a batch at once. */
#include "task/speech/speech.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 5 };

/* Starts writing, unless it has started. During training the most probable token is taken at each step. Texts then get
 * no longer than about twice the longest expected one, since a network early in training finds no end. */
static ur_status begin_writing(ur_listener *l, ur_learner *learner, ur_error *error)
{
    const ur_speech_settings *s = &l->settings;
    bool learning = l->part[UR_PART_TRAIN].count > 0;
    size_t most = s->max_length, enough = 2 * l->longest + 8;
    const ur_decoding_settings settings = {.beam = {.width = learning  ? 1
                                                             : s->beam ? s->beam
                                                                       : WIDTH,
                                                    .best = 1,
                                                    .length = (learning && enough < most ? enough : most) + 1,
                                                    .end = ur_speech_end(l),
                                                    .length_power = s->length_power,
                                                    .early = true},
                                           .first = ur_speech_end(l)};
    if (l->decoding) return UR_OK;
    if (learner) return ur_decoding_create(&l->decoding, learner, &settings, error);
    return ur_decoding_create_besides(&l->decoding, l->model, l->threads, &settings, error);
}

ur_status ur_speech_write(ur_listener *l, ur_learner *learner, const ur_batch *batch, ur_error *error)
{
    UR_TRY(begin_writing(l, learner, error));
    return ur_decode(l->decoding, batch, error);
}

ur_status ur_speech_written(const ur_listener *l, size_t lane, ur_speech_text *text, ur_error *error)
{
    const ur_hypothesis h = ur_decoding_text(l->decoding, lane, 0);
    text->length = 0;
    return ur_speech_spell(l, h.ids, h.length - h.ended, text, error);
}

/* ---- Inspection ---------------------------------------------------------------------------------------------------- */

ur_status ur_speech_source_text(void *data, size_t lane, const char **text, size_t *length, ur_error *error)
{
    ur_listener *l = data;
    ur_spoken_string s;
    const ur_utterances *set = l->part[l->at].set;
    ur_speech_plan(l, l->at, 0, l->number[lane], &s);
    l->said.length = 0;
    for (size_t i = 0; i < s.count; i++) {
        const char *path = ur_utterances_path(set, s.item[i]), *slash = strrchr(path, '/');
        const char *name = slash ? slash + 1 : path;
        if (i) UR_TRY(ur_speech_text_add(&l->said, " + ", 3, error));
        UR_TRY(ur_speech_text_add(&l->said, name, strlen(name), error));
    }
    *text = l->said.text;
    *length = l->said.length;
    return UR_OK;
}

const char *ur_speech_token_text(void *data, int32_t token, size_t *length)
{
    ur_listener *l = data;
    const char *text = ur_vocabulary_text(l->tokens, token, length), *blank = ur_speech_by_words(l) ? " " : "";
    int size =
        snprintf(l->token_shown, sizeof l->token_shown, "%s%.*s", blank, text ? (int)*length : 0, text ? text : "");
    *length = token == ur_speech_end(l) ? 0 : (size_t)size;
    return l->token_shown;
}

void ur_speech_see(const ur_listener *l, const ur_sequences *recordings, ur_batch *batch)
{
    *batch = (ur_batch){.target_count = 0};
    for (size_t i = 0; i + 1 < l->model->line_count; i++) batch->input[i] = *recordings;
}
