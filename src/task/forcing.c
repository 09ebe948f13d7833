/* See forcing.h. */
#include "task/forcing.h"

#include "base/random.h"
#include "layer/loss.h"

static size_t decoder_of(const ur_forcing *f) { return f->pass->model->line_count - 1; }

static const ur_sequences *read_by(const ur_forcing *f) { return &f->batch->input[decoder_of(f)]; }

size_t ur_forcing_count(const ur_forcing *f)
{
    const ur_sequences *in = read_by(f);
    size_t count = 0;
    for (size_t i = 0; i < in->steps * in->lanes; i++) count += f->batch->target[0].ids[i] >= 0;
    return count;
}

static void add_loss(const ur_forcing *f, size_t first, size_t steps, double scale, double *sum)
{
    const ur_target *wanted = &f->batch->target[0];
    size_t lanes = read_by(f)->lanes;
    double part = 0;
    ur_tensor *y = f->pass->output[decoder_of(f)].y;
    const ur_targets targets = {.steps = steps,
                                .lanes = lanes,
                                .width = y->width,
                                .given = steps,
                                .ids = wanted->ids + first * lanes,
                                .smoothing = wanted->smoothing};
    ur_loss_softmax.loss(f->pass->tape, y, &targets, scale, &part);
    *sum += part;
}

bool ur_forcing_read(const ur_forcing *f)
{
    ur_pass *pass = f->pass;
    for (size_t i = 0; i < decoder_of(f); i++)
        if (!ur_line_run(pass->model, pass->tape, i, &(ur_line_call){.in = f->batch->input[i]}, pass->output))
            return false;
    return true;
}

bool ur_forcing_window(const ur_forcing *f, double scale, double *sum)
{
    ur_pass *pass = f->pass;
    const ur_line_call call = {.in = *read_by(f)};
    if (!ur_line_run(pass->model, pass->tape, decoder_of(f), &call, pass->output)) return false;
    add_loss(f, 0, call.in.steps, scale, sum);
    return pass->tape->status == UR_OK;
}

/* ---- Step by step -------------------------------------------------------------------------------------------------- */

int32_t ur_likeliest(const ur_tensor *y, size_t lane)
{
    const real *row = y->value + lane * y->row;
    int32_t best = 0;
    for (size_t i = 1; i < y->width; i++)
        if (row[i] > row[best]) best = (int32_t)i;
    return best;
}

static bool feeds_truth(const ur_forcing *f, size_t place)
{
    const ur_tape *tape = f->pass->tape;
    if (!(f->share > 0)) return false;
    return ur_random_uniform(tape->seed, UR_USE_FORCING, tape->step << 32 | place) < f->share;
}

/* Chooses the tokens fed at step t: the true ones, or those most probable in the step before. */
static void feed(const ur_forcing *f, size_t t)
{
    const ur_sequences *in = read_by(f);
    for (size_t b = 0; b < in->lanes; b++) {
        size_t place = t * in->lanes + b;
        f->said[place] = in->ids[place];
        if (t && !feeds_truth(f, place)) f->said[place] = ur_likeliest(f->pass->output[decoder_of(f)].y, b);
    }
}

bool ur_forcing_steps(const ur_forcing *f, double scale, double *sum)
{
    ur_pass *pass = f->pass;
    const ur_sequences *in = read_by(f);
    ur_value *decoder = &pass->output[decoder_of(f)];
    for (size_t t = 0; t < in->steps; t++) {
        feed(f, t);
        const ur_line_call call = {.in = {.steps = 1, .lanes = in->lanes, .ids = f->said + t * in->lanes},
                                   .states = t ? &decoder->states : NULL};
        if (!ur_line_step(pass->model, pass->tape, decoder_of(f), &call, pass->output)) return false;
        double before = *sum;
        add_loss(f, t, 1, scale, sum);
        if (f->look) f->look(f->context, t, decoder->y, *sum - before);
    }
    return pass->tape->status == UR_OK;
}
