/* Batches of pictures. */
#include "task/glimpse/glimpse.h"

#include "kernel/scalar.h"

#include <stdlib.h>

ur_status ur_glimpse_room(ur_glimpse *g, size_t lanes, ur_error *error)
{
    if (lanes <= g->lanes) return UR_OK;
    void *memory[] = {g->picture, g->noise, g->number, g->label, g->share};
    const size_t bytes[] = {ur_glimpse_pixels(g) * sizeof *g->picture,
                            g->net.glimpses * UR_RETINA_NUMBERS * sizeof *g->noise, sizeof *g->number, sizeof *g->label,
                            g->net.glimpses * g->net.labels * sizeof *g->share};
    ur_status status = ur_picture_parts_room(memory, bytes, sizeof bytes / sizeof *bytes, lanes, error);
    g->picture = memory[0], g->noise = memory[1], g->number = memory[2], g->label = memory[3], g->share = memory[4];
    if (status == UR_OK) g->lanes = lanes;
    return status;
}

ur_status ur_glimpse_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                             ur_error *error)
{
    ur_glimpse *g = data;
    (void)learning;
    g->pictures.batch = settings->run.batch ? settings->run.batch : 128;
    *first_loss = ur_log((double)g->net.labels);
    g->right = calloc(g->net.glimpses, sizeof *g->right);
    return g->right ? UR_OK : ur_fail_memory(error, "an evaluation");
}

uint64_t ur_glimpse_batches(const void *data, ur_part part, uint64_t epoch)
{
    (void)epoch;
    return ur_picture_parts_batches(&((const ur_glimpse *)data)->pictures, part);
}

ur_status ur_glimpse_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                           ur_error *error)
{
    ur_glimpse *g = data;
    ur_picture_part *p = &g->pictures.part[part];
    const size_t answer = g->net.line[UR_GLIMPSE_ANSWER];
    size_t lanes;
    const uint32_t *place;
    UR_TRY(ur_picture_parts_batch(&g->pictures, part, epoch, number, &place, &lanes, error));
    UR_TRY(ur_glimpse_room(g, lanes, error));
    for (size_t b = 0; b < lanes; b++) {
        g->number[b] = p->example[place[b]];
        g->label[b] = (int32_t)ur_labelled_label(p->set, g->number[b]);
        UR_TRY(ur_glimpse_picture(g, p, g->number[b], part == UR_PART_TRAIN ? epoch + 1 : 0,
                                  g->picture + b * ur_glimpse_pixels(g), error));
    }
    batch->network =
        (ur_batch){.target = {{.line = answer, .loss = UR_LOSS_SOFTMAX, .ids = g->label}}, .target_count = 1};
    ur_picture_parts_fill(batch, lanes);
    return UR_OK;
}
