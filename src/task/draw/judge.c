/*
 * The bound that DRAW is trained on, in nats per picture: −log p(x | canvas) of the last canvas, with an independent
 * coin for each pixel, plus the KL divergence of each stroke's numbers from N(0, 1). It is an upper bound of −log p(x).
 */
#include "task/draw/draw.h"

#include "base/random.h"
#include "layer/latent.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Draws the noise of all strokes. In training it depends on the update and the lane. In evaluation it depends on the
 * picture, so that it does not matter how pictures are put into batches. */
static void fill_noise(ur_draw *d, const ur_pass *pass, size_t lanes)
{
    const size_t strokes = d->net.strokes, latent = d->net.latent;
    const uint32_t use = UR_USE_DRAW + (pass->training ? UR_DRAW_LEARNT : UR_DRAW_JUDGED);
    for (size_t b = 0; b < lanes; b++)
        d->first[b] = pass->training ? pass->tape->step << 32 | b * strokes * latent : d->number[b] * strokes * latent;
    for (size_t t = 0; t < strokes; t++) {
        ur_latent_noise(pass->tape->compute, d->pictures.seed, use, d->first, lanes, latent,
                        d->noise + t * lanes * latent);
        for (size_t b = 0; b < lanes; b++) d->first[b] += latent;
    }
}

/* `scale` is that of the gradients. */
static bool paint_all(ur_draw *d, ur_painting *p, ur_tensor *picture, double scale)
{
    if (!picture || !ur_painting_begin(p)) return false;
    for (size_t t = 0; t < d->net.strokes; t++)
        if (!ur_painting_stroke(p, t, picture, d->noise + t * p->lanes * d->net.latent, scale, &d->kl[t])) return false;
    return ur_sigmoid_loss(p->tape, p->canvas, d->picture, scale, &d->reconstruction) == UR_OK;
}

ur_status ur_draw_forward(void *data, ur_pass *pass, const ur_task_batch *batch, ur_window_result *sums,
                          ur_error *error)
{
    ur_draw *d = data;
    ur_painting p = {.net = &d->net,
                     .model = pass->model,
                     .tape = pass->tape,
                     .values = pass->output,
                     .lanes = ur_task_lanes(batch)};
    ur_tensor *picture = ur_tensor_from(p.tape, d->picture, 1, p.lanes, ur_draw_pixels(d), false);
    fill_noise(d, pass, p.lanes);
    if (!paint_all(d, &p, picture, pass->training ? 1 / (double)p.lanes : 0)) return ur_tape_status(pass->tape, error);
    sums->count = p.lanes;
    sums->sum = d->reconstruction;
    for (size_t t = 0; t < d->net.strokes; t++) sums->sum += d->kl[t];
    sums->loss = sums->sum / (double)sums->count;
    return UR_OK;
}

ur_status ur_draw_tally_batch(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error)
{
    ur_draw *d = data;
    ur_draw_tally *all = tally;
    (void)out, (void)error;
    if (!all->count) memset(d->kl_sum, 0, d->net.strokes * sizeof *d->kl_sum);
    for (size_t t = 0; t < d->net.strokes; t++) {
        d->kl_sum[t] += d->kl[t];
        all->kl += d->kl[t];
    }
    all->reconstruction += d->reconstruction;
    all->count += ur_task_lanes(batch);
    return UR_OK;
}

static json_t *strokes_json(const ur_draw *d, double count)
{
    json_t *list = json_array();
    for (size_t t = 0; list && t < d->net.strokes; t++) {
        if (json_array_append_new(list, json_real(d->kl_sum[t] / count)) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

ur_status ur_draw_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                         struct json_t *more, ur_error *error)
{
    const ur_draw_tally *t = tally;
    const double count = (double)t->count;
    (void)all;
    if (!t->count) return ur_fail(error, UR_ERR_DATA, "there are no pictures to judge");
    metric[0] = (t->reconstruction + t->kl) / count;
    metric[1] = t->reconstruction / count;
    metric[2] = t->kl / count;
    if (!more) return UR_OK;
    int failed = json_object_set_new(more, "images", json_integer((json_int_t)t->count));
    failed |= json_object_set_new(more, "kl_by_stroke", strokes_json(data, count));
    return failed ? ur_fail_memory(error, "the result") : UR_OK;
}
