/*
 * Batches of pairs of similar length, with about equal numbers of tokens. The source is followed by an end token, so
 * that a source without tokens is one step, too. The decoder reads an end token and then the target. The target of each
 * step is the next token, and after the last token the end token.
 */
#include "task/translate/translate.h"

#include "base/random.h"
#include "base/room.h"
#include "kernel/scalar.h"

#include <string.h>

/* ---- Buffers ------------------------------------------------------------------------------------------------------- */

static ur_status make_source_room(ur_translate *c, size_t steps, size_t lanes, ur_error *error)
{
    if (lanes > c->source.lanes) UR_TRY(ur_room_grow(&c->source.lengths, lanes, sizeof *c->source.lengths, error));
    if (lanes > c->source.lanes) c->source.lanes = lanes;
    if (steps * lanes > c->source.places)
        UR_TRY(ur_room_grow(&c->source.ids, steps * lanes, sizeof *c->source.ids, error));
    if (steps * lanes > c->source.places) c->source.places = steps * lanes;
    return UR_OK;
}

static ur_status make_target_room(ur_translate *c, size_t steps, size_t lanes, ur_error *error)
{
    UR_TRY(ur_teaching_begin(&c->teaching, steps, lanes, error));
    if (steps * lanes <= c->places) return UR_OK;
    UR_TRY(ur_room_grow(&c->said, steps * lanes, sizeof *c->said, error));
    c->places = steps * lanes;
    return UR_OK;
}

ur_status ur_translate_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                               ur_error *error)
{
    ur_translate *c = data;
    (void)error;
    const ur_translate_settings *s = settings->own;
    c->settings.token_dropout = s->token_dropout;
    c->settings.forcing_steps = s->forcing_steps;
    c->sums = learning->sum;
    c->threads = settings->run.learning.threads;
    c->batch = settings->run.batch ? settings->run.batch : 64;
    *first_loss = ur_log((double)ur_vocabulary_size(c->side[UR_TARGET].vocabulary));
    return UR_OK;
}

/* ---- Texts --------------------------------------------------------------------------------------------------------- */

/* Puts a source with its end token into lane b of (steps, lanes). */
static void lay_source(ur_translate *c, const ur_ids *text, size_t steps, size_t lanes, size_t b)
{
    c->source.lengths[b] = (int32_t)text->count + 1;
    for (size_t t = 0; t < steps; t++) c->source.ids[t * lanes + b] = t < text->count ? text->id[t] : UR_TOKEN_END;
}

static void drop_source(ur_translate *c, size_t lanes, size_t b, const ur_dropping *d)
{
    for (size_t t = 0; t + 1 < (size_t)c->source.lengths[b]; t++)
        if (ur_drops(d, t)) c->source.ids[t * lanes + b] = d->mask;
}

int32_t ur_translate_mask(const ur_vocabulary *v)
{
    int32_t unknown = ur_vocabulary_unknown(v);
    return unknown >= 0 ? unknown : 1;
}

/* ---- Batches ------------------------------------------------------------------------------------------------------- */

uint64_t ur_translate_batches(const void *data, ur_part part, uint64_t epoch)
{
    const ur_translate *c = data;
    (void)epoch;
    return (c->part[part].count + c->batch - 1) / c->batch;
}

static ur_status settle_order(const ur_translate *c, ur_translate_part *p, ur_part part, uint64_t epoch,
                              ur_error *error)
{
    p->order.length = p->tokens;
    p->order.count = p->count;
    p->order.batches = (size_t)ur_translate_batches(c, part, epoch);
    return ur_order_make(&p->order, c->seed, epoch, part == UR_PART_TRAIN, error);
}

static ur_status make_texts_room(ur_translate_side *side, size_t lanes, ur_error *error)
{
    if (lanes <= side->text_room) return UR_OK;
    UR_TRY(ur_room_grow(&side->texts, lanes, sizeof *side->texts, error));
    memset(side->texts + side->text_room, 0, (lanes - side->text_room) * sizeof *side->texts);
    side->text_room = lanes;
    return UR_OK;
}

/* Reads the texts of a batch. Gives the steps of the longest on each side, with the end token. A source that is too
 * long is cut. */
static ur_status read_texts(ur_translate *c, const ur_translate_part *p, const uint32_t *place, size_t lanes,
                            size_t steps[UR_SIDES], ur_error *error)
{
    for (size_t s = 0; s < UR_SIDES; s++) UR_TRY(make_texts_room(&c->side[s], lanes, error));
    steps[UR_SOURCE] = steps[UR_TARGET] = 1;
    for (size_t b = 0; b < lanes; b++) {
        UR_TRY(ur_pairs_read(p->set, p->pair[place[b]], &c->pair, error));
        for (size_t s = 0; s < UR_SIDES; s++) {
            ur_ids *text = &c->side[s].texts[b];
            ur_field from = c->pair.text[s];
            UR_TRY(ur_tokens_read(c->side[s].vocabulary, from.text, from.length, text, error));
            if (s == UR_SOURCE && text->count > c->settings.max_length) text->count = c->settings.max_length;
            if (text->count + 1 > steps[s]) steps[s] = text->count + 1;
        }
    }
    return UR_OK;
}

static void swap_lanes(ur_translate *c, uint32_t *place, size_t a, size_t b)
{
    uint32_t other = place[a];
    place[a] = place[b];
    place[b] = other;
    for (size_t s = 0; s < UR_SIDES; s++) {
        ur_ids text = c->side[s].texts[a];
        c->side[s].texts[a] = c->side[s].texts[b];
        c->side[s].texts[b] = text;
    }
}

/* Sorts the lanes, longest targets first. All pairs of a batch have about equally many tokens, so the shortest sources
 * come first. On both sides the lanes that are live at a step are then contiguous, and only those are computed. */
static ur_status sort_lanes(ur_translate *c, const uint32_t **places, size_t lanes, ur_error *error)
{
    UR_TRY(ur_room_grow(&c->sorted, lanes, sizeof *c->sorted, error));
    uint32_t *place = memcpy(c->sorted, *places, lanes * sizeof *place);
    *places = place;
    for (size_t end = 1; end < lanes; end++)
        for (size_t b = end; b; b--) {
            const ur_ids *text = c->side[UR_TARGET].texts, *source = c->side[UR_SOURCE].texts;
            bool longer = text[b].count > text[b - 1].count;
            bool equal = text[b].count == text[b - 1].count;
            if (!longer && !(equal && source[b].count < source[b - 1].count)) break;
            swap_lanes(c, place, b, b - 1);
        }
    return UR_OK;
}

/* Which words are replaced by the unknown token follows from the epoch and the index of the pair. */
static ur_dropping dropping_of(const ur_translate *c, size_t side, uint64_t epoch, uint32_t pair)
{
    return (ur_dropping){.share = c->settings.token_dropout,
                         .mask = ur_translate_mask(c->side[side].vocabulary),
                         .use = UR_USE_FORCING + 1 + (uint32_t)side,
                         .seed = c->seed + UINT64_C(0xD1B54A32D192ED03) * (epoch + 1),
                         .number = pair};
}

static void lay_pair(ur_translate *c, const size_t steps[UR_SIDES], size_t lanes, size_t b)
{
    const ur_ids *target = &c->side[UR_TARGET].texts[b];
    lay_source(c, &c->side[UR_SOURCE].texts[b], steps[UR_SOURCE], lanes, b);
    ur_teaching_lay(&c->teaching, b, target->id, target->count, UR_TOKEN_END, -1);
}

static void drop_pair(ur_translate *c, size_t lanes, size_t b, uint64_t epoch, uint32_t pair)
{
    const ur_dropping source = dropping_of(c, UR_SOURCE, epoch, pair), target = dropping_of(c, UR_TARGET, epoch, pair);
    drop_source(c, lanes, b, &source);
    ur_teaching_drop(&c->teaching, b, &target);
}

static void see_sources(const ur_translate *c, size_t steps, size_t lanes, ur_batch *batch)
{
    *batch = (ur_batch){.target_count = 0};
    for (size_t i = 0; i + 1 < c->model->line_count; i++)
        batch->input[i] =
            (ur_sequences){.steps = steps, .lanes = lanes, .ids = c->source.ids, .lengths = c->source.lengths};
}

ur_status ur_translate_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                             ur_error *error)
{
    ur_translate *c = data;
    ur_translate_part *p = &c->part[part];
    size_t lanes, steps[UR_SIDES];
    if (number == 0) c->writing = 0;
    UR_TRY(settle_order(c, p, part, epoch, error));
    const uint32_t *place = ur_order_batch(&p->order, number, &lanes);
    UR_TRY(read_texts(c, p, place, lanes, steps, error));
    if (part == UR_PART_TRAIN) UR_TRY(sort_lanes(c, &place, lanes, error));
    UR_TRY(make_source_room(c, steps[UR_SOURCE], lanes, error));
    UR_TRY(make_target_room(c, steps[UR_TARGET], lanes, error));
    for (size_t b = 0; b < lanes; b++) {
        lay_pair(c, steps, lanes, b);
        if (part == UR_PART_TRAIN) drop_pair(c, lanes, b, epoch, p->pair[place[b]]);
    }
    c->at.part = part;
    c->at.place = place;
    c->at.lanes = lanes;
    batch->fresh = true;
    see_sources(c, steps[UR_SOURCE], lanes, &batch->network);
    ur_teaching_fill(&c->teaching, c->model->line_count - 1, part == UR_PART_TRAIN ? c->settings.label_smoothing : 0,
                     &batch->network);
    return UR_OK;
}

/* Cuts and counts lines that are too long. Returns how many lines have tokens. *steps is the number of steps of the
 * longest. */
static size_t cut_lines(ur_translate *c, ur_ids *lines, size_t count, size_t *steps)
{
    size_t lanes = 0, most = c->settings.max_length;
    *steps = 1;
    for (size_t i = 0; i < count; i++) {
        c->cut += lines[i].count > most;
        if (lines[i].count > most) lines[i].count = most;
        if (lines[i].count + 1 > *steps) *steps = lines[i].count + 1;
        lanes += lines[i].count > 0;
    }
    return lanes;
}

ur_status ur_translate_batch_lines(ur_translate *c, ur_ids *lines, size_t count, ur_batch *batch, ur_error *error)
{
    size_t lane = 0, steps;
    c->at.lanes = cut_lines(c, lines, count, &steps);
    UR_TRY(make_source_room(c, steps, c->at.lanes, error));
    for (size_t i = 0; i < count; i++)
        if (lines[i].count) lay_source(c, &lines[i], steps, c->at.lanes, lane++);
    see_sources(c, steps, c->at.lanes, batch);
    return UR_OK;
}
