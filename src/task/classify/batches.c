/* Batches of examples of similar length. */
#include "task/classify/classify.h"

#include "base/random.h"
#include "base/room.h"
#include "kernel/scalar.h"

#include <math.h>
#include <stdlib.h>

/* ---- Buffers ------------------------------------------------------------------------------------------------------ */

static ur_status grow_lanes(ur_classify *c, size_t lanes, ur_error *error)
{
    if (lanes <= c->lanes) return UR_OK;
    UR_TRY(ur_room_grow(&c->lengths, lanes, sizeof *c->lengths, error));
    UR_TRY(ur_room_grow(&c->targets, lanes, sizeof *c->targets, error));
    UR_TRY(ur_room_grow(&c->target_values, lanes, UR_CLASS_OUT_SIDES * sizeof *c->target_values, error));
    UR_TRY(ur_room_grow(&c->weights, lanes, sizeof *c->weights, error));
    c->lanes = lanes;
    return UR_OK;
}

ur_status ur_classify_room(ur_classify *c, size_t steps, size_t lanes, ur_error *error)
{
    size_t places = steps * lanes, features = c->vocabulary ? 0 : c->example.features;
    UR_TRY(grow_lanes(c, lanes, error));
    if (c->characters) UR_TRY(ur_spelling_begin(&c->spelling, places, error));
    if (places <= c->places) return UR_OK;
    if (c->characters) UR_TRY(ur_room_grow(&c->lane_of, places, sizeof *c->lane_of, error));
    if (features) UR_TRY(ur_room_grow(&c->values, places, features * sizeof *c->values, error));
    if (!features) UR_TRY(ur_room_grow(&c->ids, places, sizeof *c->ids, error));
    c->places = places;
    return UR_OK;
}

ur_status ur_classify_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                              ur_error *error)
{
    ur_classify *c = data;
    (void)learning;
    const ur_classify_settings *chosen = settings->own;
    c->settings.token_dropout = chosen->token_dropout;
    UR_TRY(ur_classify_prepare_weights(c, error));
    c->batch = settings->run.batch ? settings->run.batch : 64;
    *first_loss = c->settings.hierarchy ? ur_log(2) : ur_log((double)c->label_count);
    c->counts = calloc(c->label_count, 3 * sizeof *c->counts);
    if (c->label_count <= UR_CLASS_CONFUSION) c->confusion = calloc(c->label_count * c->label_count, sizeof(size_t));
    bool made = c->counts && (c->confusion || c->label_count > UR_CLASS_CONFUSION);
    return made ? UR_OK : ur_fail_memory(error, "an evaluation");
}

/* ---- Batches ------------------------------------------------------------------------------------------------------ */

static ur_status settle_order(const ur_classify *c, ur_class_part *p, bool shuffled, uint64_t epoch, ur_error *error)
{
    p->order.length = p->length;
    p->order.count = p->count;
    p->order.lanes = c->batch;
    p->order.batches = (p->count + c->batch - 1) / c->batch;
    return ur_order_make(&p->order, c->seed, epoch, shuffled, error);
}

uint64_t ur_classify_batches(const void *data, ur_part part, uint64_t epoch)
{
    const ur_classify *c = data;
    (void)epoch;
    return (c->part[part].count + c->batch - 1) / c->batch;
}

ur_status ur_classify_put_lane(ur_classify *c, size_t b, size_t lanes, size_t steps, size_t count, ur_error *error)
{
    size_t width = c->example.features;
    c->lengths[b] = (int32_t)count;
    for (size_t t = 0; t < steps; t++) {
        size_t place = t * lanes + b;
        if (c->characters) c->lane_of[place] = 0;
        if (c->characters && t < count) UR_TRY(ur_spelling_add(&c->spelling, c->word[t], &c->lane_of[place], error));
        if (c->vocabulary)
            c->ids[place] = t < count ? c->tokens[t] : 0;
        else
            for (size_t i = 0; i < width; i++)
                c->values[place * width + i] = t < count ? (real)c->example.value[t * width + i] : 0;
    }
    return UR_OK;
}

/* Replaces some tokens by the unknown token, so that the network is trained on it, too. The choice follows from epoch,
 * example and position only. */
static void drop_tokens(ur_classify *c, uint64_t epoch, uint32_t example, size_t count)
{
    int32_t unknown = ur_vocabulary_unknown(c->vocabulary);
    uint64_t seed = c->seed + UINT64_C(0xD1B54A32D192ED03) * (epoch + 1);
    for (size_t t = 0; t < count; t++)
        if (ur_random_uniform(seed, UR_USE_SHUFFLE + 1, (uint64_t)example << 20 | t) < c->settings.token_dropout)
            c->tokens[t] = unknown;
}

/* Sets the target for softmax, for one sigmoid, or for a hierarchy: whether it is polar and, if so, which side. */
static void put_target(ur_classify *c, size_t b, size_t label)
{
    real *sides = c->target_values + UR_CLASS_OUT_SIDES * b;
    c->targets[b] = (int32_t)label;
    if (!c->settings.hierarchy) {
        c->target_values[b] = (real)label;
        return;
    }
    sides[UR_CLASS_OUT_POLAR] = label != UR_CLASS_NEUTRAL;
    sides[UR_CLASS_OUT_POSITIVE] = label == UR_CLASS_NEUTRAL ? (real)NAN : label == UR_CLASS_POSITIVE;
}

/* Alters a training example in this epoch: some tokens become unknown, and pictures and recordings are augmented. */
static ur_status alter_example(ur_classify *c, uint64_t epoch, uint32_t example, size_t count, ur_error *error)
{
    if (c->vocabulary && c->settings.token_dropout > 0) drop_tokens(c, epoch, example, count);
    return ur_classify_vary(c, epoch, example, error);
}

static ur_status read_lane(ur_classify *c, const ur_class_part *p, uint32_t place, size_t b, size_t lanes, size_t steps,
                           ur_error *error)
{
    size_t count = p->length[place];
    uint32_t example = p->example[place];
    bool training = p == &c->part[UR_PART_TRAIN];
    UR_TRY(ur_labelled_read(p->set, example, &c->example, error));
    if (c->vocabulary) UR_TRY(ur_classify_cut(c, c->example.text, c->example.length, &count, NULL, error));
    if (b == 0) UR_TRY(ur_classify_room(c, steps, lanes, error));
    if (training) UR_TRY(alter_example(c, p->order.epoch, example, count, error));
    UR_TRY(ur_classify_put_lane(c, b, lanes, steps, count, error));
    put_target(c, b, ur_labelled_label(p->set, example));
    if (training && ur_classify_weighs(c)) c->weights[b] = (real)ur_classify_weight(c, example);
    return UR_OK;
}

static ur_target target_of(const ur_classify *c, bool training)
{
    bool values = c->one_output || c->settings.hierarchy;
    ur_target target = {.loss = values ? UR_LOSS_SIGMOID : UR_LOSS_SOFTMAX};
    if (values) target.values = c->target_values;
    if (!values) target.ids = c->targets;
    if (training) target.smoothing = c->settings.label_smoothing;
    if (training && ur_classify_weighs(c)) target.weights = c->weights;
    return target;
}

ur_status ur_classify_fill(ur_classify *c, size_t steps, size_t lanes, ur_batch *batch, ur_error *error)
{
    ur_sequences in = {.steps = steps, .lanes = lanes, .lengths = c->lengths}, spelled = {0};
    if (c->characters) UR_TRY(ur_spelling_settle(&c->spelling, c->lane_of, steps * lanes, &spelled, error));
    if (c->characters) in.lane_of = c->lane_of;
    if (c->vocabulary) in.ids = c->ids;
    if (!c->vocabulary) in.values = c->values;
    *batch = (ur_batch){.target_count = 0};
    for (size_t i = 0; i < c->model->line_count; i++)
        batch->input[i] = c->characters && ur_reads_characters(c->model, i) ? spelled : in;
    return UR_OK;
}

ur_status ur_classify_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                            ur_error *error)
{
    ur_classify *c = data;
    ur_class_part *p = &c->part[part];
    bool training = part == UR_PART_TRAIN;
    UR_TRY(settle_order(c, p, training, epoch, error));
    size_t lanes, steps = 1;
    const uint32_t *place = ur_order_batch(&p->order, number, &lanes);
    for (size_t b = 0; b < lanes; b++) steps = p->length[place[b]] > steps ? p->length[place[b]] : steps;
    for (size_t b = 0; b < lanes; b++) UR_TRY(read_lane(c, p, place[b], b, lanes, steps, error));
    UR_TRY(ur_classify_fill(c, steps, lanes, &batch->network, error));
    batch->network.target[0] = target_of(c, training);
    batch->network.target[0].line = c->model->line_count - 1;
    batch->network.target_count = 1;
    batch->fresh = true;
    batch->extra = place;
    return UR_OK;
}

ur_status ur_classify_read_text(void *data, ur_part part, const ur_task_batch *batch, size_t lane, const char **text,
                                const uint32_t **end, ur_error *error)
{
    ur_classify *c = data;
    const ur_class_part *p = &c->part[part];
    const uint32_t *place = batch->extra;
    size_t count;
    *text = NULL;
    if (!c->vocabulary) return UR_OK;
    UR_TRY(ur_labelled_read(p->set, p->example[place[lane]], &c->example, error));
    UR_TRY(ur_classify_cut(c, c->example.text, c->example.length, &count, NULL, error));
    *text = c->text;
    *end = c->end;
    return UR_OK;
}
