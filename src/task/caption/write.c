/* Writes captions with the current weights, for all pictures of a batch at once. */
#include "task/caption/caption.h"

#include "base/random.h"

#include <stdio.h>
#include <string.h>

void ur_caption_end_writing(ur_caption_task *c)
{
    ur_decoding_free(c->decoding);
    ur_written_free(&c->written);
}

ur_status ur_caption_begin_writing(ur_caption_task *c, ur_learner *learner, size_t width, size_t best, ur_error *error)
{
    int32_t unknown = ur_vocabulary_unknown(c->vocabulary);
    if (c->decoding) return UR_OK;
    c->never = unknown >= 0 ? unknown : 1; /* pieces have no unknown token; byte 1 replaces it in training */
    const ur_decoding_settings settings = {.beam = {.width = width > best ? width : best,
                                                    .best = best,
                                                    .length = c->settings.max_length + 1,
                                                    .end = UR_TOKEN_END,
                                                    .length_power = c->settings.length_power,
                                                    .early = true},
                                           .first = UR_TOKEN_END,
                                           .never = &c->never,
                                           .never_count = 1};
    if (learner) return ur_decoding_create(&c->decoding, learner, &settings, error);
    return ur_decoding_create_besides(&c->decoding, c->model, c->threads, &settings, error);
}

ur_status ur_caption_write(ur_caption_task *c, size_t lanes, ur_error *error)
{
    ur_batch batch = {.target_count = 0};
    for (size_t i = 0; i + 1 < c->model->line_count; i++)
        batch.input[i] = (ur_sequences){.steps = c->input.places, .lanes = lanes, .values = c->values};
    return ur_decode(c->decoding, &batch, error);
}

/* Writes with a learner of its own. During training it takes the most probable token at each step. */
ur_status ur_caption_write_besides(ur_caption_task *c, size_t lanes, ur_error *error)
{
    bool learning = c->part[UR_PART_TRAIN].count > 0;
    UR_TRY(ur_caption_begin_writing(c, NULL, learning ? 1 : c->settings.beam, 1, error));
    return ur_caption_write(c, lanes, error);
}

ur_status ur_caption_text(ur_caption_task *c, size_t lane, size_t i, ur_error *error)
{
    const ur_hypothesis h = ur_decoding_text(c->decoding, lane, i);
    return ur_tokens_write(c->vocabulary, h.ids, h.length, &c->written, error);
}

/* ---- Inspection --------------------------------------------------------------------------------------------------- */

static int shown_length(size_t length) { return length < 300 ? (int)length : 300; }

/* The file name of a picture, or else its line in the table. */
ur_status ur_caption_source_text(void *data, size_t lane, const char **text, size_t *length, ur_error *error)
{
    ur_caption_task *c = data;
    const ur_captions *table = c->part[c->at.part].set->table;
    const ur_caption *row = &table->row[c->at.row[lane]];
    (void)error;
    snprintf(c->shown, sizeof c->shown, "line %u", (unsigned)row->line);
    if (table->names) snprintf(c->shown, sizeof c->shown, "%s", table->names[row->picture]);
    *text = c->shown;
    *length = strlen(c->shown);
    return UR_OK;
}

const char *ur_caption_token_text(void *data, int32_t token, size_t *length)
{
    return ur_tokens_text(((const ur_caption_task *)data)->vocabulary, token, length);
}

/* Shows the caption written for a held-out picture, another one each time, and the expected caption. If none is held
 * out, it is a training picture. */
ur_status ur_caption_show(void *data, const ur_model *model, uint64_t step, ur_shown *shown, ur_error *error)
{
    ur_caption_task *c = data;
    const ur_caption_part *p = &c->part[c->part[UR_PART_VALIDATION].count ? UR_PART_VALIDATION : UR_PART_TRAIN];
    size_t i = (size_t)(ur_random_uniform(c->seed, UR_USE_FORCING + 3, step) * (double)p->count);
    const ur_captions *table = p->set->table;
    const ur_caption *wanted = &table->row[p->row[i]];
    (void)model; /* it is c->model */
    UR_TRY(ur_caption_room(c, 1, error));
    UR_TRY(ur_caption_read_picture(c, p->set, wanted->picture, error));
    ur_caption_put_picture(c, c->picture, 0, 1);
    UR_TRY(ur_caption_write_besides(c, 1, error));
    UR_TRY(ur_caption_text(c, 0, 0, error));
    snprintf(c->shown, sizeof c->shown, "→ %.*s\n  (wanted: %.*s)", shown_length(c->written.length), c->written.text,
             shown_length(wanted->length), ur_caption_text_of(table, p->row[i]));
    *shown = (ur_shown){.text = c->shown, .length = strlen(c->shown)};
    return UR_OK;
}
