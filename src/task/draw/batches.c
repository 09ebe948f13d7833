/* Batches of pictures in black and white. */
#include "task/draw/draw.h"

#include "base/random.h"

#include <stdlib.h>

/* ---- Buffers ------------------------------------------------------------------------------------------------------ */

ur_status ur_draw_room(ur_draw *d, size_t lanes, ur_error *error)
{
    if (lanes <= d->lanes) return UR_OK;
    void *memory[] = {d->picture, d->ones, d->noise, d->number, d->first};
    const size_t bytes[] = {ur_draw_pixels(d) * sizeof *d->picture, sizeof *d->ones,
                            d->net.strokes * d->net.latent * sizeof *d->noise, sizeof *d->number, sizeof *d->first};
    ur_status status = ur_picture_parts_room(memory, bytes, sizeof bytes / sizeof *bytes, lanes, error);
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
    d->pictures.batch = settings->run.batch ? settings->run.batch : 100;
    d->kl = calloc(d->net.strokes, sizeof *d->kl);
    d->kl_sum = calloc(d->net.strokes, sizeof *d->kl_sum);
    return d->kl && d->kl_sum ? UR_OK : ur_fail_memory(error, "an evaluation");
}

/* ---- Pictures ----------------------------------------------------------------------------------------------------- */

/* Makes each pixel white with a probability equal to its grey value. Four pixels share a call of the generator. The
 * result does not depend on the seed, so it is the same in every run. */
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
    UR_TRY(ur_picture_parts_read(&d->pictures, set, i, error));
    for (size_t k = 0; k < ur_draw_pixels(d); k++) to[k] = (real)ur_picture_parts_grey(&d->pictures, set, k);
    if (d->settings.binarise != UR_BINARISE_THRESHOLD) draw_binary(ur_draw_pixels(d), i, draw, to);
    for (size_t k = 0; k < ur_draw_pixels(d); k++) to[k] = (double)to[k] >= 0.5;
    return UR_OK;
}

/* ---- Batches ------------------------------------------------------------------------------------------------------ */

uint64_t ur_draw_batches(const void *data, ur_part part, uint64_t epoch)
{
    (void)epoch;
    return ur_picture_parts_batches(&((const ur_draw *)data)->pictures, part);
}

ur_status ur_draw_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                        ur_error *error)
{
    ur_draw *d = data;
    ur_picture_part *p = &d->pictures.part[part];
    bool anew = part == UR_PART_TRAIN && d->settings.binarise == UR_BINARISE_RESAMPLE;
    size_t lanes, canvas = d->net.line[UR_DRAW_CANVAS];
    const uint32_t *place;
    UR_TRY(ur_picture_parts_batch(&d->pictures, part, epoch, number, &place, &lanes, error));
    UR_TRY(ur_draw_room(d, lanes, error));
    for (size_t b = 0; b < lanes; b++) {
        size_t picture = p->example[place[b]];
        d->number[b] = picture;
        UR_TRY(
            ur_draw_read_binary(d, p->set, picture, anew ? epoch + 1 : 0, d->picture + b * ur_draw_pixels(d), error));
    }
    batch->network =
        (ur_batch){.target = {{.line = canvas, .loss = UR_LOSS_SIGMOID, .values = d->picture}}, .target_count = 1};
    ur_picture_parts_fill(batch, lanes);
    batch->network.input[canvas].values = d->ones;
    return UR_OK;
}
