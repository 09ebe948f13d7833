/* Writes translations with the current weights, for all sources of a batch at once. */
#include "task/translate/translate.h"

#include "base/clock.h"
#include "base/random.h"

#include <stdio.h>
#include <string.h>

void ur_translate_end_writing(ur_translate *c)
{
    ur_decoding_free(c->decoding);
    ur_learner_free(c->judge);
    ur_written_free(&c->written);
    c->decoding = NULL;
    c->judge = NULL;
}

ur_status ur_translate_begin_writing(ur_translate *c, ur_learner *learner, const ur_beam_settings *beam,
                                     ur_error *error)
{
    const ur_vocabulary *target = c->side[UR_TARGET].vocabulary;
    if (c->decoding) return UR_OK;
    c->never = ur_translate_mask(target);
    const ur_decoding_settings settings = {.beam = *beam, .first = UR_TOKEN_END, .never = &c->never, .never_count = 1};
    return ur_decoding_create(&c->decoding, learner, &settings, error);
}

/* Starts writing with a learner of its own, so that the trainer's is not disturbed. During training the most probable
 * token is taken at each step. Texts then get no longer than about twice the longest expected one, since a network
 * early in training finds no end. */
static ur_status begin_besides(ur_translate *c, ur_model *model, ur_error *error)
{
    bool learning = c->part[UR_PART_TRAIN].count > 0;
    size_t most = c->settings.max_length, enough = 2 * c->longest + 8;
    const ur_beam_settings beam = {.width = learning ? 1 : c->settings.beam,
                                   .best = 1,
                                   .length = (learning && enough < most ? enough : most) + 1,
                                   .end = UR_TOKEN_END,
                                   .length_power = c->settings.length_power,
                                   .early = true};
    if (!c->judge) UR_TRY(ur_learner_create_judge(&c->judge, model, c->threads, error));
    return ur_translate_begin_writing(c, c->judge, &beam, error);
}

ur_status ur_translate_write_batch(ur_translate *c, ur_model *model, const ur_batch *batch, ur_error *error)
{
    UR_TRY(begin_besides(c, model, error));
    double begin = ur_clock();
    ur_status status = ur_decode(c->decoding, batch, error);
    c->writing += ur_clock() - begin;
    return status;
}

ur_status ur_translate_text(ur_translate *c, size_t lane, size_t i, ur_error *error)
{
    const ur_hypothesis h = ur_decoding_text(c->decoding, lane, i);
    return ur_tokens_write(c->side[UR_TARGET].vocabulary, h.ids, h.length, &c->written, error);
}

/* ---- Inspection ---------------------------------------------------------------------------------------------------- */

static int shown_length(size_t length) { return length < 300 ? (int)length : 300; }

ur_status ur_translate_source_text(void *data, size_t lane, const char **text, size_t *length, ur_error *error)
{
    ur_translate *c = data;
    const ur_translate_part *p = &c->part[c->at.part];
    UR_TRY(ur_pairs_read(p->set, p->pair[c->at.place[lane]], &c->pair, error));
    *text = c->pair.text[UR_SOURCE].text;
    *length = c->pair.text[UR_SOURCE].length;
    return UR_OK;
}

const char *ur_translate_token_text(void *data, int32_t token, size_t *length)
{
    const ur_translate *c = data;
    return ur_tokens_text(c->side[UR_TARGET].vocabulary, token, length);
}

/* Shows a held-out pair, another one each time: the source, the text written for it, and the expected text. */
ur_status ur_translate_show(void *data, const ur_model *model, uint64_t step, ur_shown *shown, ur_error *error)
{
    ur_translate *c = data;
    const ur_translate_part *p = &c->part[c->part[UR_PART_VALIDATION].count ? UR_PART_VALIDATION : UR_PART_TRAIN];
    size_t i = (size_t)(ur_random_uniform(c->seed, UR_USE_FORCING + 3, step) * (double)p->count);
    ur_translate_side *side = &c->side[UR_SOURCE];
    ur_batch batch;
    (void)model; /* it is c->built */
    UR_TRY(ur_pairs_read(p->set, p->pair[i], &c->pair, error));
    ur_field source = c->pair.text[UR_SOURCE], wanted = c->pair.text[UR_TARGET];
    UR_TRY(ur_tokens_read(side->vocabulary, source.text, source.length, &side->text, error));
    UR_TRY(ur_translate_batch_lines(c, &side->text, 1, &batch, error));
    UR_TRY(ur_translate_write_batch(c, c->built, &batch, error));
    UR_TRY(ur_translate_text(c, 0, 0, error));
    snprintf(c->shown, sizeof c->shown, "%.*s\n→ %.*s\n  (wanted: %.*s)", shown_length(source.length), source.text,
             shown_length(c->written.length), c->written.text, shown_length(wanted.length), wanted.text);
    *shown = (ur_shown){.text = c->shown, .length = strlen(c->shown)};
    return UR_OK;
}
