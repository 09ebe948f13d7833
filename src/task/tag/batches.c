/* Batches of sentences of similar length, with about equal numbers of words. In training some words are replaced by the
 * unknown token. */
#include "task/tag/tag.h"

#include "base/clock.h"
#include "base/random.h"
#include "base/room.h"
#include "kernel/scalar.h"

#include <stdlib.h>
#include <string.h>

/* ---- Buffers ------------------------------------------------------------------------------------------------------- */

static ur_status grow(int32_t **memory, size_t count, ur_error *error)
{
    return ur_room_grow(memory, count, sizeof **memory, error);
}

static ur_status make_room(ur_tag *c, size_t steps, size_t lanes, ur_error *error)
{
    size_t places = steps * lanes;
    if (lanes > c->lanes) UR_TRY(grow(&c->lengths, lanes, error));
    if (lanes > c->lanes) c->lanes = lanes;
    if (places <= c->places) return UR_OK;
    UR_TRY(grow(&c->ids, places, error));
    UR_TRY(grow(&c->lane_of, places, error));
    UR_TRY(grow(&c->taken, places, error));
    for (size_t h = 0; h < c->heads; h++) {
        UR_TRY(grow(&c->head[h].there, places, error));
        UR_TRY(grow(&c->head[h].target, places, error));
    }
    c->places = places;
    return UR_OK;
}

ur_status ur_tag_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                         ur_error *error)
{
    ur_tag *c = data;
    (void)learning;
    size_t labels = ur_vocabulary_size(c->head[0].labels);
    double also = c->heads > 1 ? c->head[1].weight * ur_log((double)ur_vocabulary_size(c->head[1].labels)) : 0;
    c->settings.token_dropout = ((const ur_tag_settings *)settings->own)->token_dropout;
    c->settings.label_smoothing = ((const ur_tag_settings *)settings->own)->label_smoothing;
    c->batch = settings->run.batch ? settings->run.batch : 32;
    c->spans = ur_spans_look(c->head[0].labels);
    *first_loss = ur_log((double)labels) + also;
    if (labels <= UR_CRF_LABELS_MAX) c->mistakes = calloc(labels * labels, sizeof *c->mistakes);
    return c->mistakes || labels > UR_CRF_LABELS_MAX ? UR_OK : ur_fail_memory(error, "an evaluation");
}

/* ---- A lane -------------------------------------------------------------------------------------------------------- */

/* Whether a word is replaced by the unknown token. It follows from epoch, sentence and place only. */
static bool is_dropped(const ur_tag *c, uint64_t epoch, uint32_t sentence, size_t t, int32_t id)
{
    double share = c->settings.token_dropout;
    uint64_t seed = c->seed + UINT64_C(0xD1B54A32D192ED03) * (epoch + 1);
    if (!(share > 0)) return false;
    if (share < 0.5 && ur_vocabulary_times(c->words, id) == 1) share = 0.5;
    return ur_random_uniform(seed, UR_USE_SHUFFLE + 1, (uint64_t)sentence << 24 | t) < share;
}

static void put_label(ur_tag_head *head, size_t place, int32_t label)
{
    head->there[place] = label;
    head->target[place] = label < 0 ? -1 : label;
}

/* Puts c->sentence into lane b of (steps, lanes). */
static ur_status put_lane(ur_tag *c, size_t b, size_t lanes, size_t steps, ur_error *error)
{
    c->lengths[b] = (int32_t)c->sentence.count;
    for (size_t t = 0; t < steps; t++) {
        size_t place = t * lanes + b;
        const ur_conllu_word *word = t < c->sentence.count ? &c->sentence.word[t] : NULL;
        c->ids[place] = word ? ur_tag_word(c, word->field[UR_CONLLU_FORM]) : 0;
        c->lane_of[place] = 0;
        for (size_t h = 0; h < c->heads; h++)
            put_label(&c->head[h], place, word ? ur_tag_label(&c->head[h], word) : -1);
        if (word && c->characters)
            UR_TRY(ur_spelling_add(&c->spelling, word->field[UR_CONLLU_FORM], &c->lane_of[place], error));
    }
    return UR_OK;
}

static void drop_words(ur_tag *c, size_t b, size_t lanes, uint64_t epoch, uint32_t sentence)
{
    int32_t unknown = ur_vocabulary_unknown(c->words);
    for (size_t t = 0; t < (size_t)c->lengths[b]; t++)
        if (is_dropped(c, epoch, sentence, t, c->ids[t * lanes + b])) c->ids[t * lanes + b] = unknown;
}

/* ---- Batches ------------------------------------------------------------------------------------------------------- */

static ur_status fill_inputs(ur_tag *c, size_t steps, size_t lanes, bool training, ur_batch *batch, ur_error *error)
{
    ur_sequences spelled = {0};
    *batch = (ur_batch){.target_count = c->heads};
    if (c->characters) UR_TRY(ur_spelling_settle(&c->spelling, c->lane_of, steps * lanes, &spelled, error));
    for (size_t i = 0; i < c->model->line_count; i++) {
        bool spells = ur_reads_characters(c->model, i);
        batch->input[i] =
            (ur_sequences){.steps = steps, .lanes = lanes, .ids = c->ids, .lengths = c->lengths, .lane_of = c->lane_of};
        if (spells) batch->input[i] = spelled;
    }
    for (size_t h = 0; h < c->heads; h++) {
        bool crf = ur_line_crf(c->model, c->head[h].line) != NULL;
        batch->target[h] = (ur_target){.line = c->head[h].line,
                                       .loss = crf ? UR_LOSS_CRF : UR_LOSS_SOFTMAX,
                                       .weight = c->head[h].weight,
                                       .smoothing = training ? c->settings.label_smoothing : 0,
                                       .ids = c->head[h].target};
    }
    return UR_OK;
}

ur_status ur_tag_batch_sentence(ur_tag *c, ur_batch *batch, ur_error *error)
{
    size_t steps = c->sentence.count;
    UR_TRY(make_room(c, steps, 1, error));
    UR_TRY(ur_spelling_begin(&c->spelling, steps, error));
    UR_TRY(put_lane(c, 0, 1, steps, error));
    return fill_inputs(c, steps, 1, false, batch, error);
}

uint64_t ur_tag_batches(const void *data, ur_part part, uint64_t epoch)
{
    const ur_tag *c = data;
    (void)epoch;
    return (c->part[part].count + c->batch - 1) / c->batch;
}

static ur_status settle_order(const ur_tag *c, ur_tag_part *p, ur_part part, uint64_t epoch, ur_error *error)
{
    p->order.length = p->words;
    p->order.count = p->count;
    p->order.batches = (size_t)ur_tag_batches(c, part, epoch);
    return ur_order_make(&p->order, c->seed, epoch, part == UR_PART_TRAIN, error);
}

ur_status ur_tag_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch, ur_error *error)
{
    ur_tag *c = data;
    ur_tag_part *p = &c->part[part];
    if (number == 0) c->began = ur_clock();
    UR_TRY(settle_order(c, p, part, epoch, error));
    size_t lanes, steps = 1, words = 0;
    const uint32_t *place = ur_order_batch(&p->order, number, &lanes);
    for (size_t b = 0; b < lanes; b++) {
        steps = p->words[place[b]] > steps ? p->words[place[b]] : steps;
        words += p->words[place[b]];
    }
    UR_TRY(make_room(c, steps, lanes, error));
    UR_TRY(ur_spelling_begin(&c->spelling, words, error));
    for (size_t b = 0; b < lanes; b++) {
        UR_TRY(ur_conllu_read(p->set, p->sentence[place[b]], &c->sentence, error));
        UR_TRY(put_lane(c, b, lanes, steps, error));
        if (part == UR_PART_TRAIN) drop_words(c, b, lanes, epoch, p->sentence[place[b]]);
    }
    batch->fresh = true;
    batch->extra = place;
    return fill_inputs(c, steps, lanes, part == UR_PART_TRAIN, &batch->network, error);
}

/* ---- As text ------------------------------------------------------------------------------------------------------- */

static ur_status add_word(ur_tag *c, size_t t, ur_error *error)
{
    ur_field form = c->sentence.word[t].field[UR_CONLLU_FORM];
    if (t) UR_TRY(ur_tag_add_text(&c->shown, " ", 1, error));
    UR_TRY(ur_tag_add_text(&c->shown, form.text, form.length, error));
    c->ends[t] = (uint32_t)c->shown.length;
    return UR_OK;
}

ur_status ur_tag_read_text(void *data, ur_part part, const ur_task_batch *batch, size_t lane, const char **text,
                           const uint32_t **end, ur_error *error)
{
    ur_tag *c = data;
    const ur_tag_part *p = &c->part[part];
    const uint32_t *place = batch->extra;
    UR_TRY(ur_conllu_read(p->set, p->sentence[place[lane]], &c->sentence, error));
    if (c->sentence.count > c->end_room) UR_TRY(ur_room_grow(&c->ends, c->sentence.count, sizeof *c->ends, error));
    if (c->sentence.count > c->end_room) c->end_room = c->sentence.count;
    c->shown.length = 0;
    for (size_t t = 0; t < c->sentence.count; t++) UR_TRY(add_word(c, t, error));
    *text = c->shown.text;
    *end = c->ends;
    return UR_OK;
}
