/* Batches of recordings, or of strings of them, of similar length. */
#include "task/speech/speech.h"

#include "base/random.h"
#include "base/room.h"
#include "base/scalar.h"
#include "layer/ctc.h"

#include <string.h>

enum { USE_GAIN = UR_USE_AUGMENT + 5 };

/* ---- Buffers -------------------------------------------------------------------------------------------------------- */

static ur_status lane_room(ur_listener *l, size_t lanes, ur_error *error)
{
    if (lanes <= l->lanes) return UR_OK;
    UR_TRY(ur_room_grow(&l->lengths, lanes, sizeof *l->lengths, error));
    UR_TRY(ur_room_grow(&l->target_lengths, lanes, sizeof *l->target_lengths, error));
    l->lanes = lanes;
    return UR_OK;
}

static ur_status step_room(ur_listener *l, size_t places, ur_error *error)
{
    if (places <= l->places) return UR_OK;
    UR_TRY(ur_room_grow(&l->values, places, ur_speech_features(l) * sizeof *l->values, error));
    l->places = places;
    return UR_OK;
}

static ur_status target_room(ur_listener *l, size_t places, ur_error *error)
{
    if (places <= l->target_places) return UR_OK;
    UR_TRY(ur_room_grow(&l->targets, places, sizeof *l->targets, error));
    l->target_places = places;
    return UR_OK;
}

static ur_status packed_room(ur_listener *l, size_t steps, ur_error *error)
{
    if (steps <= l->packed_room) return UR_OK;
    UR_TRY(ur_room_grow(&l->packed, 2 * steps, ur_speech_features(l) * sizeof *l->packed, error));
    l->packed_room = 2 * steps;
    return UR_OK;
}

/* The strings in a batch's lanes. */
typedef struct hearing {
    ur_part part;
    uint64_t epoch;
    const uint32_t *number;
} hearing;

/* ---- A lane --------------------------------------------------------------------------------------------------------- */

/* Puts the known tokens of a string's transcripts into l->ids, from index `at` on. */
static ur_status cut_string(ur_listener *l, const ur_utterances *set, const ur_spoken_string *s, size_t at, size_t *end,
                            ur_error *error)
{
    size_t known = at;
    for (size_t k = 0; k < s->count; k++) {
        size_t from = known;
        if (k && !ur_speech_by_words(l)) UR_TRY(ur_speech_cut(l, " ", from, &from, error));
        UR_TRY(ur_speech_cut(l, ur_utterances_text(set, s->item[k]), from, end, error));
        for (size_t i = known; i < *end; i++)
            if (l->ids[i] >= 0) l->ids[known++] = l->ids[i];
    }
    *end = known;
    return UR_OK;
}

/* Changes the loudness, from half to twice. */
static void change_gain(ur_listener *l, size_t samples, uint64_t seed)
{
    double gain = ur_exp(ur_log(2) * (2 * ur_random_uniform(seed, USE_GAIN, 0) - 1));
    for (size_t i = 0; i < samples; i++) l->heard.samples[i] *= gain;
}

/* Reads a lane's string. Appends its steps after the `packed` ones, and its targets after the `said` ones. */
static ur_status hear_lane(ur_listener *l, const hearing *h, size_t b, size_t packed, size_t said, ur_error *error)
{
    ur_spoken_string s;
    const ur_utterances *set = l->part[h->part].set;
    size_t end;
    bool varied = h->part == UR_PART_TRAIN && !l->settings.no_augment;
    ur_speech_plan(l, h->part, h->epoch, h->number[b], &s);
    UR_TRY(ur_speech_join(l, set, &s, error));
    if (varied) change_gain(l, s.samples, s.seed);
    UR_TRY(ur_speech_hear(l, s.samples, error));
    if (varied) UR_TRY(ur_speech_hear_otherwise(l, s.seed, 0, error));
    UR_TRY(cut_string(l, set, &s, said, &end, error));
    size_t steps = ur_speech_stacked(l, l->heard.slices), least = ur_ctc_steps(l->ids + said, 1, end - said);
    if (steps < least && !l->attends) steps = least; /* silence after words that were said too fast */
    UR_TRY(packed_room(l, packed + steps, error));
    for (size_t t = 0; t < steps; t++) ur_speech_take(l, t, l->packed + (packed + t) * ur_speech_features(l));
    l->lengths[b] = (int32_t)steps;
    l->target_lengths[b] = (int32_t)(end - said);
    return UR_OK;
}

/* ---- Batches -------------------------------------------------------------------------------------------------------- */

ur_status ur_speech_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                            ur_error *error)
{
    ur_listener *l = data;
    const ur_speech_settings *s = settings->own;
    (void)error;
    l->batch = settings->run.batch ? settings->run.batch : 16;
    l->threads = learning->threads;
    l->settings.token_dropout = s->token_dropout;
    l->settings.label_smoothing = s->label_smoothing;
    if (l->attends) *first_loss = ur_log((double)ur_vocabulary_size(l->tokens) + 1);
    return UR_OK;
}

uint64_t ur_speech_batches(const void *data, ur_part part, uint64_t epoch)
{
    const ur_listener *l = data;
    (void)epoch;
    return (l->part[part].count + l->batch - 1) / l->batch;
}

/* Computes the lengths of training strings, which differ in each epoch, and makes the order. */
static ur_status settle_order(ur_listener *l, ur_part part, uint64_t epoch, ur_error *error)
{
    ur_speech_part *p = &l->part[part];
    bool made = p->order.made && p->order.epoch == epoch;
    for (uint32_t i = 0; !made && l->join_most && part == UR_PART_TRAIN && i < p->count; i++) {
        ur_spoken_string s;
        ur_speech_plan(l, part, epoch, i, &s);
        p->length[i] = (uint32_t)ur_speech_stacked(l, ur_speech_steps(l->speech, s.samples));
    }
    p->order.length = p->length;
    p->order.count = p->count;
    p->order.lanes = l->batch;
    p->order.batches = (size_t)ur_speech_batches(l, part, epoch);
    return ur_order_make(&p->order, l->seed, epoch, part == UR_PART_TRAIN, error);
}

/* Copies the steps from one lane after the other to (T, B). */
static void spread_steps(ur_listener *l, size_t lanes, size_t steps)
{
    const size_t row = ur_speech_features(l);
    const real *from = l->packed;
    memset(l->values, 0, steps * lanes * row * sizeof *l->values);
    for (size_t b = 0; b < lanes; b++)
        for (size_t t = 0; t < (size_t)l->lengths[b]; t++, from += row)
            memcpy(l->values + (t * lanes + b) * row, from, row * sizeof *from);
}

static ur_status spread_labels(ur_listener *l, size_t lanes, size_t most, ur_batch *batch, ur_error *error)
{
    const int32_t *id = l->ids;
    UR_TRY(target_room(l, most * lanes, error));
    for (size_t i = 0; i < most * lanes; i++) l->targets[i] = 0;
    for (size_t b = 0; b < lanes; b++)
        for (size_t i = 0; i < (size_t)l->target_lengths[b]; i++) l->targets[i * lanes + b] = *id++;
    batch->target[0] = (ur_target){.loss = UR_LOSS_CTC, .ids = l->targets, .steps = most, .lengths = l->target_lengths};
    batch->target_count = 1;
    return UR_OK;
}

/* Sets inputs and targets of a decoder. A dropped token is replaced by the end token, which never occurs between two
 * others. */
static ur_status teach_lanes(ur_listener *l, const hearing *h, size_t lanes, size_t most, ur_batch *batch,
                             ur_error *error)
{
    const int32_t *ids = l->ids;
    ur_dropping dropping = {.share = l->settings.token_dropout, .mask = ur_speech_end(l), .use = UR_USE_SHUFFLE + 1};
    UR_TRY(ur_teaching_begin(&l->teaching, most + 1, lanes, error));
    for (size_t b = 0; b < lanes; ids += l->target_lengths[b++]) {
        ur_teaching_lay(&l->teaching, b, ids, (size_t)l->target_lengths[b], ur_speech_end(l), -1);
        dropping.seed = l->seed + UINT64_C(0xD1B54A32D192ED03) * (h->epoch + 1);
        dropping.number = h->number[b];
        if (h->part == UR_PART_TRAIN) ur_teaching_drop(&l->teaching, b, &dropping);
    }
    ur_teaching_fill(&l->teaching, l->model->line_count - 1, h->part == UR_PART_TRAIN ? l->settings.label_smoothing : 0,
                     batch);
    return UR_OK;
}

static ur_status fill_batch(ur_listener *l, const hearing *h, size_t lanes, size_t steps, size_t most, ur_batch *batch,
                            ur_error *error)
{
    UR_TRY(step_room(l, steps * lanes, error));
    spread_steps(l, lanes, steps);
    const ur_sequences recordings = {.steps = steps, .lanes = lanes, .values = l->values, .lengths = l->lengths};
    if (l->attends) {
        ur_speech_see(l, &recordings, batch);
        return teach_lanes(l, h, lanes, most, batch, error);
    }
    *batch = (ur_batch){.input = {recordings}};
    return spread_labels(l, lanes, most, batch, error);
}

ur_status ur_speech_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                          ur_error *error)
{
    ur_listener *l = data;
    size_t lanes, packed = 0, said = 0, steps = 1, most = 1;
    UR_TRY(settle_order(l, part, epoch, error));
    const hearing h = {part, epoch, ur_order_batch(&l->part[part].order, number, &lanes)};
    UR_TRY(lane_room(l, lanes, error));
    for (size_t b = 0; b < lanes; b++) {
        UR_TRY(hear_lane(l, &h, b, packed, said, error));
        size_t own = (size_t)l->lengths[b], labels = (size_t)l->target_lengths[b];
        packed += own;
        said += labels;
        steps = own > steps ? own : steps;
        most = labels > most ? labels : most;
    }
    UR_TRY(fill_batch(l, &h, lanes, steps, most, &batch->network, error));
    batch->fresh = true;
    batch->extra = l->number = h.number;
    l->at = part;
    return UR_OK;
}
