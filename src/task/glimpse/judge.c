/*
 * The training loss of glimpses, and their evaluation. In training the network looks near the place it wants to see. In
 * evaluation it looks exactly there, so that a picture has one answer, or the mean of several paths is taken (Mnih et
 * al. 2014).
 */
#include "task/glimpse/glimpse.h"

#include "base/random.h"
#include "kernel/scalar.h"

#include <jansson.h>
#include <string.h>

/* ---- Looking ------------------------------------------------------------------------------------------------------ */

/* Draws the noise of all glimpses. In training it depends on the update and the lane. In evaluation it depends on the
 * picture and the path, so that it does not matter how pictures are put into batches. */
static void fill_noise(ur_glimpse *g, const ur_tape *tape, size_t lanes, bool training, size_t path)
{
    const size_t all = g->net.glimpses * UR_RETINA_NUMBERS;
    const uint32_t use = UR_USE_GLIMPSE + (training ? UR_GLIMPSE_LEARNT : UR_GLIMPSE_JUDGED);
    for (size_t b = 0; b < lanes; b++) {
        uint64_t picture = training ? b : (uint64_t)g->number[b] * UR_GLIMPSE_MEAN_MOST + path;
        uint64_t first = (training ? tape->step << 32 : 0) | picture * all;
        for (size_t i = 0; i < all; i++) {
            size_t glimpse = i / UR_RETINA_NUMBERS, number = i % UR_RETINA_NUMBERS;
            g->noise[(glimpse * lanes + b) * UR_RETINA_NUMBERS + number] =
                (real)ur_random_normal(g->pictures.seed, use, first + i);
        }
    }
}

static ur_tensor *picture_of(const ur_glimpse *g, ur_tape *tape, size_t lanes)
{
    return ur_tensor_from(tape, g->picture, 1, lanes, ur_glimpse_pixels(g), false);
}

/* ---- Evaluation --------------------------------------------------------------------------------------------------- */

static double *share_of(const ur_glimpse *g, size_t glimpse, size_t lanes, size_t lane)
{
    return g->share + (glimpse * lanes + lane) * g->net.labels;
}

/* Adds the probabilities of one of `paths` paths, which are averaged. */
static void add_shares(const ur_glimpse *g, const ur_looking *l, size_t glimpse, size_t lane, double paths)
{
    const ur_tensor *y = l->at[glimpse].logits;
    const real *row = y->value + lane * y->row;
    double *share = share_of(g, glimpse, l->lanes, lane), top = (double)row[0], sum = 0;
    for (size_t i = 1; i < y->width; i++) top = (double)row[i] > top ? (double)row[i] : top;
    for (size_t i = 0; i < y->width; i++) sum += ur_exp((double)row[i] - top);
    for (size_t i = 0; i < y->width; i++) share[i] += ur_exp((double)row[i] - top) / (sum * paths);
}

bool ur_glimpse_judge(ur_glimpse *g, ur_looking *l)
{
    const bool wanted = !g->settings.mean_of;
    const size_t paths = wanted ? 1 : g->settings.mean_of;
    memset(g->share, 0, g->net.glimpses * l->lanes * g->net.labels * sizeof *g->share);
    l->picture = picture_of(g, l->tape, l->lanes);
    for (size_t k = 0; l->picture && k < paths; k++) {
        memset(l->values, 0, l->model->line_count * sizeof *l->values);
        if (!wanted) fill_noise(g, l->tape, l->lanes, false, k);
        l->noise = wanted ? NULL : g->noise;
        if (!ur_looking_run(l)) return false;
        for (size_t t = 0; t < g->net.glimpses; t++)
            for (size_t b = 0; b < l->lanes; b++) add_shares(g, l, t, b, (double)paths);
    }
    return l->tape->status == UR_OK;
}

size_t ur_glimpse_decide(const ur_glimpse *g, size_t glimpse, size_t lanes, size_t lane)
{
    const double *share = share_of(g, glimpse, lanes, lane);
    size_t best = 0;
    for (size_t i = 1; i < g->net.labels; i++)
        if (share[i] > share[best]) best = i;
    return best;
}

/* ---- The task ----------------------------------------------------------------------------------------------------- */

static bool learn(ur_glimpse *g, ur_looking *l, double *sum)
{
    fill_noise(g, l->tape, l->lanes, true, 0);
    l->noise = g->noise;
    l->picture = picture_of(g, l->tape, l->lanes);
    return l->picture && ur_looking_run(l) && ur_looking_learn(l, g->label, g->settings.policy_weight, sum);
}

static bool judge(ur_glimpse *g, ur_looking *l, double *sum)
{
    if (!ur_glimpse_judge(g, l)) return false;
    for (size_t b = 0; b < l->lanes; b++)
        *sum -= ur_log(share_of(g, g->net.glimpses - 1, l->lanes, b)[g->label[b]] + 1e-30);
    return true;
}

ur_status ur_glimpse_forward(void *data, ur_pass *pass, const ur_task_batch *batch, ur_window_result *sums,
                             ur_error *error)
{
    ur_glimpse *g = data;
    ur_looking l = {.net = &g->net,
                    .model = pass->model,
                    .tape = pass->tape,
                    .values = pass->output,
                    .lanes = ur_task_lanes(batch)};
    sums->count = l.lanes;
    if (!(pass->training ? learn : judge)(g, &l, &sums->sum)) return ur_tape_status(pass->tape, error);
    sums->loss = sums->sum / (double)sums->count;
    return UR_OK;
}

ur_status ur_glimpse_tally_batch(void *data, const ur_task_batch *batch, const ur_value *out, void *tally,
                                 ur_error *error)
{
    ur_glimpse *g = data;
    ur_glimpse_tally *all = tally;
    const size_t lanes = ur_task_lanes(batch);
    (void)out, (void)error;
    if (!all->count) memset(g->right, 0, g->net.glimpses * sizeof *g->right);
    for (size_t t = 0; t < g->net.glimpses; t++)
        for (size_t b = 0; b < lanes; b++) g->right[t] += ur_glimpse_decide(g, t, lanes, b) == (size_t)g->label[b];
    all->count += lanes;
    return UR_OK;
}

static json_t *accuracies_json(const ur_glimpse *g, double count)
{
    json_t *list = json_array();
    for (size_t t = 0; list && t < g->net.glimpses; t++) {
        if (json_array_append_new(list, json_real((double)g->right[t] / count)) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

ur_status ur_glimpse_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                            struct json_t *more, ur_error *error)
{
    const ur_glimpse *g = data;
    const ur_glimpse_tally *t = tally;
    const double count = (double)t->count;
    if (!t->count) return ur_fail(error, UR_ERR_DATA, "there are no pictures to judge");
    metric[0] = (double)g->right[g->net.glimpses - 1] / count;
    metric[1] = all->sum / count;
    if (!more) return UR_OK;
    int failed = json_object_set_new(more, "examples", json_integer((json_int_t)t->count));
    failed |= json_object_set_new(more, "glimpses", json_integer((json_int_t)g->net.glimpses));
    failed |= json_object_set_new(more, "mean_of", json_integer((json_int_t)g->settings.mean_of));
    failed |= json_object_set_new(more, "accuracy_by_glimpses", accuracies_json(g, count));
    return failed ? ur_fail_memory(error, "the result") : UR_OK;
}
