/* Makes pictures and features into network inputs: scales them, and augments pictures differently in each epoch. The
 * content of a picture does not change: it is not mirrored, since captions speak of left and right, and it keeps its
 * colours. */
#include "task/caption/caption.h"

#include "base/random.h"
#include "data/media/augment.h"

#include <stdlib.h>

static size_t count_numbers(const ur_caption_input *in) { return in->places * in->width; }

ur_status ur_caption_picture_room(ur_caption_task *c, ur_error *error)
{
    size_t numbers = count_numbers(&c->input);
    if (!c->picture) c->picture = calloc(numbers, sizeof *c->picture);
    if (!c->varied) c->varied = calloc(numbers, sizeof *c->varied);
    return c->picture && c->varied ? UR_OK : ur_fail_memory(error, "a picture");
}

ur_status ur_caption_read_picture(ur_caption_task *c, const ur_caption_set *set, size_t picture, ur_error *error)
{
    if (set->features) return ur_npy_read(set->features, picture, c->picture, error);
    const unsigned char *bytes = ur_album_picture(set->album, picture);
    for (size_t i = 0; i < c->input.width; i++) c->picture[i] = (float)bytes[i] / 255.0f;
    return UR_OK;
}

/* ---- Scaling ------------------------------------------------------------------------------------------------------ */

enum { MEASURED = 4096 }; /* number of captions whose pictures are measured, evenly spread */

static ur_status add_pictures(ur_caption_task *c, double *sum, double *square, size_t *count, ur_error *error)
{
    const ur_caption_part *p = &c->part[UR_PART_TRAIN];
    size_t means = ur_caption_means(&c->input);
    for (size_t i = 0; i < p->count; i += p->count / MEASURED + 1, ++*count) {
        UR_TRY(ur_caption_read_picture(c, p->set, p->set->table->row[p->row[i]].picture, error));
        for (size_t k = 0; k < count_numbers(&c->input); k++) {
            double x = (double)c->picture[k];
            sum[k % means] += x;
            square[k % means] += x * x;
        }
    }
    return UR_OK;
}

ur_status ur_caption_measure(ur_caption_task *c, ur_error *error)
{
    size_t means = ur_caption_means(&c->input), count = 0;
    double *sum = calloc(2 * means, sizeof *sum);
    ur_status status = sum ? ur_scaling_make(&c->input.by, means, error) : ur_fail_memory(error, "the scaling");
    if (status == UR_OK) status = ur_caption_picture_room(c, error);
    if (status == UR_OK) status = add_pictures(c, sum, sum + means, &count, error);
    double numbers = (double)count * (double)(count_numbers(&c->input) / means); /* per mean */
    if (status == UR_OK) ur_scaling_set(&c->input.by, sum, sum + means, numbers);
    free(sum);
    return status;
}

void ur_caption_put_picture(ur_caption_task *c, const float *picture, size_t b, size_t lanes)
{
    const ur_caption_input *in = &c->input;
    size_t means = ur_caption_means(in);
    for (size_t place = 0; place < in->places; place++)
        for (size_t k = 0; k < in->width; k++) {
            float x = picture[place * in->width + k];
            c->values[(place * lanes + b) * in->width + k] =
                (real)((x - in->by.mean[k % means]) * in->by.scale[k % means]);
        }
}

/* ---- Augmentation ------------------------------------------------------------------------------------------------- */

static float choose_within(double most, uint64_t seed, uint64_t position)
{
    return (float)(most * (2 * ur_random_uniform(seed, UR_USE_AUGMENT + 1, position) - 1));
}

const float *ur_caption_vary(ur_caption_task *c, uint64_t epoch, uint32_t row)
{
    const ur_picture_size *s = &c->input.size;
    if (!s->rows || c->settings.no_augment) return c->picture;
    uint64_t seed = c->seed + UINT64_C(0xD1B54A32D192ED03) * (epoch + 1);
    ur_augment how = {.shift = (double)(s->rows < s->columns ? s->rows : s->columns) / 16, .scale = 0.1};
    ur_warp warp = ur_augment_choose(&how, seed, row);
    ur_picture_warp(c->picture, s->rows, s->columns, s->channels, &warp, c->varied);
    ur_light light = {.contrast = 1 + choose_within(0.1, seed, 2 * (uint64_t)row),
                      .brightness = choose_within(0.05, seed, 2 * (uint64_t)row + 1)};
    ur_picture_light(c->varied, s->rows * s->columns, s->channels, c->input.by.mean, &light);
    return c->varied;
}
