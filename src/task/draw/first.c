/* The initial weights of a painter that knows nothing. */
#include "task/draw/draw.h"

#include "kernel/scalar.h"

#include <stdlib.h>

/* The dense layer at the end of a line; NULL if the line ends in another layer. */
static const ur_dense *last_dense(const ur_draw *d, const ur_model *model, ur_draw_line which)
{
    const ur_line *line = &model->lines[d->net.line[which]];
    const ur_layer *layer = &model->layers[line->first + line->count - 1];
    return ur_is_dense(layer) ? &layer->dense : NULL;
}

/* ---- The canvas --------------------------------------------------------------------------------------------------- */

/* Computes the mean of the training pictures, or of a sample if there are many. */
static ur_status find_mean(ur_draw *d, double *mean, ur_error *error)
{
    const ur_picture_part *p = &d->pictures.part[UR_PART_TRAIN];
    size_t every = p->count / 8192 + 1, count = 0, pixels = ur_draw_pixels(d);
    UR_TRY(ur_draw_room(d, 1, error));
    for (size_t i = 0; i < p->count; i += every, count++) {
        UR_TRY(ur_draw_read_binary(d, p->set, p->example[i], 0, d->picture, error));
        for (size_t k = 0; k < pixels; k++) mean[k] += (double)d->picture[k];
    }
    for (size_t k = 0; k < pixels; k++) mean[k] = (mean[k] + 0.5) / ((double)count + 1);
    return UR_OK;
}

/* Starts the canvas as the mean picture, in logits. */
static ur_status begin_canvas(ur_draw *d, const ur_dense *canvas, ur_error *error)
{
    const size_t pixels = ur_draw_pixels(d);
    double *mean = calloc(pixels, sizeof *mean);
    ur_status status = mean ? find_mean(d, mean, error) : ur_fail_memory(error, "the mean picture");
    for (size_t k = 0; k < pixels && status == UR_OK; k++)
        canvas->weight->value[k] = (real)(ur_log(mean[k]) - ur_log(1 - mean[k]));
    free(mean);
    return status;
}

/* ---- Grids -------------------------------------------------------------------------------------------------------- */

/* Starts a grid that covers the whole picture, with filters that touch: σ is half the distance between filters. γ is
 * the peak of two crossed filters, 1/2πσ². Writing divides by γ, so the middle of a filter is painted with the number
 * given for it. */
static void begin_grid(const ur_draw *d, size_t side, bool writes, const ur_dense *place)
{
    const real whole[UR_GRID_NUMBERS] = {0};
    const ur_grid grid = {d->net.rows, d->net.columns, 1, side};
    const double apart = ur_grid_spot_of(&grid, whole).apart, sigma = apart > 1 ? apart / 2 : 0.5;
    real *bias = place && place->bias ? place->bias->value : NULL;
    if (!bias) return;
    bias[2] = (real)(2 * ur_log(sigma));
    if (writes) bias[4] = (real)-ur_log(6.28318530717958647693 * sigma * sigma);
}

ur_status ur_draw_initialize(void *data, ur_model *model, ur_error *error)
{
    ur_draw *d = data;
    const ur_draw_net *n = &d->net;
    const ur_dense *canvas = last_dense(d, model, UR_DRAW_CANVAS);
    if (n->read_size) begin_grid(d, n->read_size, false, last_dense(d, model, UR_DRAW_LOOK));
    if (n->write_size) begin_grid(d, n->write_size, true, last_dense(d, model, UR_DRAW_PLACE));
    bool plain = canvas && model->lines[n->line[UR_DRAW_CANVAS]].count == 1;
    return plain ? begin_canvas(d, canvas, error) : UR_OK;
}
