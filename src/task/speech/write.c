/* Writing down with a decoder that looks at the recording: for all recordings of a batch at once. */
#include "task/speech/speech.h"

enum { WIDTH = 5 };

/* While a network learns, the likeliest token is taken at each step, and no text gets longer than about twice the longest one
 * wanted: early on it knows no end. */
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

void ur_speech_see(const ur_listener *l, const ur_sequences *recordings, ur_batch *batch)
{
    *batch = (ur_batch){.target_count = 0};
    for (size_t i = 0; i + 1 < l->model->line_count; i++) batch->input[i] = *recordings;
}
