/* Batches of pieces of clips. The pieces of a batch begin at the same step; after the end of a shorter one nothing
 * counts. */
#include "task/frames/frames.h"

#include "base/room.h"
#include "kernel/scalar.h"

#include <math.h>
#include <stdlib.h>

/* ---- Buffers ------------------------------------------------------------------------------------------------------ */

ur_status ur_frames_room(ur_frames *f, size_t frames, ur_error *error)
{
    if (frames <= f->frame_room) return UR_OK;
    UR_TRY(ur_room_grow(&f->frame, frames, f->input.numbers * sizeof *f->frame, error));
    UR_TRY(ur_room_grow(&f->varied, frames, f->input.numbers * sizeof *f->varied, error));
    f->frame_room = frames;
    return UR_OK;
}

static ur_status make_room(ur_frames *f, size_t steps, size_t lanes, ur_error *error)
{
    size_t places = steps * lanes;
    UR_TRY(ur_frames_room(f, steps + 1, error));
    if (lanes > f->lanes) UR_TRY(ur_room_grow(&f->lengths, lanes, sizeof *f->lengths, error));
    if (lanes > f->lanes) f->lanes = lanes;
    if (places <= f->places) return UR_OK;
    UR_TRY(ur_room_grow(&f->values, places, ur_frames_features(&f->input) * sizeof *f->values, error));
    UR_TRY(ur_room_grow(&f->targets, places, sizeof *f->targets, error));
    UR_TRY(ur_room_grow(&f->weights, places, sizeof *f->weights, error));
    f->places = places;
    return UR_OK;
}

/* ---- Weights of labels -------------------------------------------------------------------------------------------- */

/* Computes the weight of each label: 1/n or 1/√n for n frames, scaled to a mean of 1 over the training frames. */
static ur_status weigh_labels(ur_frames *f, ur_error *error)
{
    const ur_clips *clips = f->set;
    double sum = 0, frames = 0;
    size_t *count = calloc(f->label_count, sizeof *count);
    f->label_weight = calloc(f->label_count, sizeof *f->label_weight);
    for (size_t i = 0; count && i < ur_clips_count(clips); i++)
        for (size_t t = 0; !ur_clips_held(clips, i) && t < ur_clips_frames(clips, i); t++)
            if (ur_clips_truth(clips, i)[t] >= 0) count[ur_clips_truth(clips, i)[t]]++;
    for (size_t k = 0; count && f->label_weight && k < f->label_count; k++) {
        double n = count[k] ? (double)count[k] : 1;
        f->label_weight[k] = 1 / (f->settings.class_weights == UR_FRAMES_WEIGHTS_SQRT ? sqrt(n) : n);
        sum += f->label_weight[k] * (double)count[k];
        frames += (double)count[k];
    }
    for (size_t k = 0; count && f->label_weight && k < f->label_count; k++) f->label_weight[k] *= frames / sum;
    bool made = count && f->label_weight;
    free(count);
    return made ? UR_OK : ur_fail_memory(error, "the weights of the labels");
}

ur_status ur_frames_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                            ur_error *error)
{
    ur_frames *f = data;
    (void)learning;
    f->batch = settings->run.batch ? settings->run.batch : 8;
    *first_loss = ur_log((double)f->label_count);
    if (f->settings.class_weights != UR_FRAMES_WEIGHTS_NONE) UR_TRY(weigh_labels(f, error));
    f->counts = calloc(f->label_count, 3 * sizeof *f->counts);
    f->confusion = calloc(f->label_count * f->label_count, sizeof *f->confusion);
    return f->counts && f->confusion ? UR_OK : ur_fail_memory(error, "an evaluation");
}

/* ---- Batches ------------------------------------------------------------------------------------------------------ */

uint64_t ur_frames_batches(const void *data, ur_part part, uint64_t epoch)
{
    const ur_frames *f = data;
    (void)epoch;
    return (f->part[part].count + f->batch - 1) / f->batch;
}

/* Reads the frames of a piece into f->frame. *before is the frame before the piece, which is stored after them, or
 * NULL. */
static ur_status read_piece(ur_frames *f, const ur_frames_part *p, uint32_t number, const float **before,
                            ur_error *error)
{
    const ur_frames_piece *piece = &p->piece[number];
    size_t numbers = f->input.numbers, frames = p->length[number];
    float *last = f->frame + frames * numbers;
    *before = NULL;
    UR_TRY(ur_clips_read(p->clips, piece->clip, piece->first, frames, f->frame, error));
    if (!piece->first || !f->input.difference) return UR_OK;
    UR_TRY(ur_clips_read(p->clips, piece->clip, piece->first - 1, 1, last, error));
    *before = last;
    return UR_OK;
}

static void put_lane(ur_frames *f, const ur_frames_part *p, uint32_t number, const float *frames, const float *before,
                     size_t b, size_t lanes, size_t steps)
{
    const ur_frames_piece *piece = &p->piece[number];
    const int32_t *truth = ur_clips_truth(p->clips, piece->clip) + piece->first;
    size_t width = ur_frames_features(&f->input), numbers = f->input.numbers;
    f->lengths[b] = (int32_t)p->length[number];
    for (size_t t = 0; t < steps; t++) {
        size_t place = t * lanes + b;
        bool there = t < p->length[number];
        f->targets[place] = there ? truth[t] : -1;
        f->weights[place] = there && truth[t] >= 0 && f->label_weight ? (real)f->label_weight[truth[t]] : 1;
        if (there)
            ur_frames_take(&f->input, frames + t * numbers, t ? frames + (t - 1) * numbers : before,
                           f->values + place * width);
        for (size_t i = 0; !there && i < width; i++) f->values[place * width + i] = 0;
    }
}

static ur_status read_lane(ur_frames *f, ur_part part, uint64_t epoch, uint32_t number, size_t b, size_t lanes,
                           size_t steps, ur_error *error)
{
    const ur_frames_part *p = &f->part[part];
    const float *before, *frames = f->frame;
    UR_TRY(read_piece(f, p, number, &before, error));
    frames = f->frame;
    if (part == UR_PART_TRAIN) frames = ur_frames_vary(f, epoch, number, p->length[number] + (before ? 1u : 0));
    if (before) before = frames + p->length[number] * f->input.numbers;
    put_lane(f, p, number, frames, before, b, lanes, steps);
    return UR_OK;
}

ur_batch ur_frames_inputs(const ur_frames *f, const ur_sequences *in)
{
    ur_batch batch = {.target_count = 0};
    for (size_t i = 0; i < f->lines; i++) batch.input[i] = *in;
    return batch;
}

ur_status ur_frames_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                          ur_error *error)
{
    ur_frames *f = data;
    ur_frames_part *p = &f->part[part];
    bool training = part == UR_PART_TRAIN;
    size_t lanes, steps = 1;
    p->order.length = p->length;
    p->order.count = p->count;
    p->order.lanes = f->batch;
    p->order.batches = (p->count + f->batch - 1) / f->batch;
    UR_TRY(ur_order_make(&p->order, f->seed, training ? epoch : 0, training, error));
    const uint32_t *piece = ur_order_batch(&p->order, number, &lanes);
    for (size_t b = 0; b < lanes; b++) steps = p->length[piece[b]] > steps ? p->length[piece[b]] : steps;
    UR_TRY(make_room(f, steps, lanes, error));
    for (size_t b = 0; b < lanes; b++) UR_TRY(read_lane(f, part, epoch, piece[b], b, lanes, steps, error));
    ur_target target = {.line = f->lines - 1, .loss = UR_LOSS_SOFTMAX, .ids = f->targets};
    if (training) target.smoothing = f->settings.label_smoothing;
    if (training && f->label_weight) target.weights = f->weights;
    batch->network = ur_frames_inputs(
        f, &(ur_sequences){.steps = steps, .lanes = lanes, .values = f->values, .lengths = f->lengths});
    batch->network.target[0] = target;
    batch->network.target_count = 1;
    batch->fresh = true;
    batch->extra = piece;
    return UR_OK;
}
