/* Makes frames into network inputs: scales them, adds differences, and augments pictures differently in each epoch. */
#include "task/frames/frames.h"

#include "base/random.h"
#include "data/media/augment.h"

#include <stdlib.h>
#include <string.h>

/* ---- Scaling ------------------------------------------------------------------------------------------------------ */

enum { MEASURED = 4096 }; /* number of frames that are measured, evenly spread */

static ur_status add_piece(ur_frames *f, size_t number, size_t every, double *sum, double *square, size_t *count,
                           ur_error *error)
{
    const ur_frames_part *p = &f->part[UR_PART_TRAIN];
    const ur_frames_piece *piece = &p->piece[number];
    size_t means = ur_frames_means(&f->input);
    for (size_t t = 0; t < p->length[number]; t += every) {
        UR_TRY(ur_clips_read(p->clips, piece->clip, piece->first + t, 1, f->frame, error));
        for (size_t i = 0; i < f->input.numbers; i++) {
            sum[i % means] += (double)f->frame[i];
            square[i % means] += (double)f->frame[i] * (double)f->frame[i];
        }
        ++*count;
    }
    return UR_OK;
}

ur_status ur_frames_measure(ur_frames *f, ur_error *error)
{
    const ur_frames_part *p = &f->part[UR_PART_TRAIN];
    size_t means = ur_frames_means(&f->input), every = f->input.rows ? p->frames / MEASURED + 1 : 1, count = 0;
    double *sum = calloc(2 * means, sizeof *sum);
    ur_status status = sum ? ur_scaling_make(&f->input.by, means, error) : ur_fail_memory(error, "the scaling");
    if (status == UR_OK) status = ur_frames_room(f, 2, error);
    for (size_t i = 0; i < p->count && status == UR_OK; i++)
        status = add_piece(f, i, every, sum, sum + means, &count, error);
    double numbers = (double)count * (double)(f->input.numbers / means); /* per mean */
    if (status == UR_OK) ur_scaling_set(&f->input.by, sum, sum + means, numbers);
    free(sum);
    return status;
}

/* Puts the channels of a pixel side by side: those of the frame, then those of the difference. */
void ur_frames_take(const ur_frames_input *in, const float *frame, const float *before, real *to)
{
    size_t means = ur_frames_means(in), group = in->rows ? in->channels : in->numbers;
    for (size_t at = 0; at < in->numbers; at += group, to += group * (in->difference ? 2 : 1))
        for (size_t k = 0; k < group; k++) {
            float x = frame[at + k], scale = in->by.scale[k % means];
            to[k] = (real)((x - in->by.mean[k % means]) * scale);
            if (in->difference) to[group + k] = before ? (real)((x - before[at + k]) * scale) : 0;
        }
}

/* ---- Augmentation ------------------------------------------------------------------------------------------------- */

/* The augmentation of a clip, the same for all of its frames. */
typedef struct variation {
    ur_warp warp;
    bool flip;
    ur_light light;
} variation;

static double choose_within(double most, uint64_t seed, uint64_t position)
{
    return most * (2 * ur_random_uniform(seed, UR_USE_AUGMENT + 1, position) - 1);
}

static variation choose_variation(const ur_frames *f, uint64_t seed, uint32_t piece)
{
    size_t rows = f->input.rows, columns = f->input.columns;
    ur_augment how = {.shift = (double)(rows < columns ? rows : columns) / 10, .turn = 5, .scale = 0.1};
    return (variation){.warp = ur_augment_choose(&how, seed, piece),
                       .flip = f->settings.flip && choose_within(1, seed, 4 * (uint64_t)piece) < 0,
                       .light = {.contrast = 1 + (float)choose_within(0.2, seed, 4 * (uint64_t)piece + 1),
                                 .brightness = (float)choose_within(0.1, seed, 4 * (uint64_t)piece + 2)}};
}

static void mirror(const ur_frames_input *in, float *frame)
{
    for (size_t row = 0; row < in->rows; row++)
        for (size_t a = 0, b = in->columns - 1; a < b; a++, b--)
            for (size_t k = 0; k < in->channels; k++) {
                float *left = &frame[(row * in->columns + a) * in->channels + k];
                float *right = &frame[(row * in->columns + b) * in->channels + k], other = *left;
                *left = *right;
                *right = other;
            }
}

const float *ur_frames_vary(ur_frames *f, uint64_t epoch, uint32_t piece, size_t frames)
{
    const ur_frames_input *in = &f->input;
    if (!in->rows || f->settings.no_augment) return f->frame;
    uint64_t seed = f->seed + UINT64_C(0xD1B54A32D192ED03) * (epoch + 1);
    variation v = choose_variation(f, seed, piece);
    for (size_t t = 0; t < frames; t++) {
        float *to = f->varied + t * in->numbers;
        ur_picture_warp(f->frame + t * in->numbers, in->rows, in->columns, in->channels, &v.warp, to);
        if (v.flip) mirror(in, to);
        ur_picture_light(to, in->rows * in->columns, in->channels, in->by.mean, &v.light);
    }
    return f->varied;
}
