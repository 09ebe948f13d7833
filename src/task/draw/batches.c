/* Batches of pictures in black and white. */
#include "task/draw/draw.h"

#include "base/memory.h"
#include "base/random.h"

#include <stdlib.h>

/* ---- Room --------------------------------------------------------------------------------------------------------- */

static ur_status grow(void **memory, size_t count, size_t size, ur_error *error)
{
    size_t bytes;
    void *grown = ur_mul_fits(count, size, &bytes) ? realloc(*memory, bytes + 1) : NULL;
    if (!grown) return ur_fail_memory(error, "a batch");
    *memory = grown;
    return UR_OK;
}

ur_status ur_draw_room(ur_draw *d, size_t lanes, ur_error *error)
{
    if (lanes <= d->lanes) return UR_OK;
    void *memory[] = {d->picture, d->ones, d->noise, d->number, d->first};
    const size_t bytes[] = {ur_draw_pixels(d) * sizeof *d->picture, sizeof *d->ones,
                            d->net.strokes * d->net.latent * sizeof *d->noise, sizeof *d->number, sizeof *d->first};
    ur_status status = UR_OK;
    for (size_t i = 0; i < 5 && status == UR_OK; i++) status = grow(&memory[i], lanes, bytes[i], error);
    d->picture = memory[0], d->ones = memory[1], d->noise = memory[2], d->number = memory[3], d->first = memory[4];
    if (status != UR_OK) return status;
    for (size_t b = d->lanes; b < lanes; b++) d->ones[b] = 1;
    d->lanes = lanes;
    return UR_OK;
}

ur_status ur_draw_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                          ur_error *error)
{
    ur_draw *d = data;
    (void)learning, (void)first_loss;
    d->batch = settings->run.batch ? settings->run.batch : 100;
    d->kl = calloc(d->net.strokes, sizeof *d->kl);
    d->kl_sum = calloc(d->net.strokes, sizeof *d->kl_sum);
    return d->kl && d->kl_sum ? UR_OK : ur_fail_memory(error, "an evaluation");
}

/* ---- Pictures ----------------------------------------------------------------------------------------------------- */

ur_status ur_draw_read(ur_draw *d, const ur_labelled *set, size_t i, real *to, ur_error *error)
{
    size_t channels = ur_labelled_channels(set);
    UR_TRY(ur_labelled_read(set, i, &d->example, error));
    for (size_t k = 0; k < ur_draw_pixels(d); k++) {
        float sum = 0;
        for (size_t c = 0; c < channels; c++) sum += d->example.value[k * channels + c];
        to[k] = (real)(sum / (float)channels);
    }
    return UR_OK;
}

/* A place is white with the probability that its grey is: four places share a call. The drawing is the same in every run,
 * whatever its seed. */
static void draw_binary(size_t pixels, size_t picture, uint64_t draw, real *x)
{
    uint32_t words[4];
    for (size_t k = 0; k < pixels; k++) {
        if (k % 4 == 0)
            ur_random_words(draw, UR_USE_DRAW + UR_DRAW_BINARY, (uint64_t)picture * ((pixels + 3) / 4) + k / 4, words);
        x[k] = (double)words[k % 4] < (double)x[k] * 0x1p32;
    }
}

ur_status ur_draw_read_binary(ur_draw *d, const ur_labelled *set, size_t i, uint64_t draw, real *to, ur_error *error)
{
    UR_TRY(ur_draw_read(d, set, i, to, error));
    if (d->settings.binarise != UR_BINARISE_THRESHOLD) draw_binary(ur_draw_pixels(d), i, draw, to);
    for (size_t k = 0; k < ur_draw_pixels(d); k++) to[k] = (double)to[k] >= 0.5;
    return UR_OK;
}

/* ---- Batches ------------------------------------------------------------------------------------------------------ */

uint64_t ur_draw_batches(const void *data, ur_part part, uint64_t epoch)
{
    const ur_draw *d = data;
    (void)epoch;
    return (d->part[part].count + d->batch - 1) / d->batch;
}

static ur_status order_part(ur_draw *d, ur_part part, uint64_t epoch, ur_error *error)
{
    ur_draw_part *p = &d->part[part];
    bool training = part == UR_PART_TRAIN;
    p->order.length = p->length;
    p->order.count = p->count;
    p->order.lanes = d->batch;
    p->order.batches = (p->count + d->batch - 1) / d->batch;
    return ur_order_make(&p->order, d->seed, training ? epoch : 0, training, error);
}

ur_status ur_draw_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                        ur_error *error)
{
    ur_draw *d = data;
    ur_draw_part *p = &d->part[part];
    bool anew = part == UR_PART_TRAIN && d->settings.binarise == UR_BINARISE_RESAMPLE;
    size_t lanes, canvas = d->net.line[UR_DRAW_CANVAS];
    UR_TRY(order_part(d, part, epoch, error));
    const uint32_t *place = ur_order_batch(&p->order, number, &lanes);
    UR_TRY(ur_draw_room(d, lanes, error));
    for (size_t b = 0; b < lanes; b++) {
        size_t picture = p->example[place[b]];
        d->number[b] = picture;
        UR_TRY(
            ur_draw_read_binary(d, p->set, picture, anew ? epoch + 1 : 0, d->picture + b * ur_draw_pixels(d), error));
    }
    batch->network =
        (ur_batch){.target = {{.line = canvas, .loss = UR_LOSS_SIGMOID, .values = d->picture}}, .target_count = 1};
    for (size_t i = 0; i < UR_MAX_LINES; i++) batch->network.input[i] = (ur_sequences){.steps = 1, .lanes = lanes};
    batch->network.input[canvas].values = d->ones;
    batch->fresh = true;
    return UR_OK;
}
