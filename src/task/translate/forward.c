/*
 * The loss of a batch. Where the decoder is fed the true tokens, all of its steps are one window. Where it is fed its own ones
 * (scheduled sampling, Bengio et al. 2015), it is stepped: at each step a coin says for each lane which of the two comes next;
 * the coin depends on the seed, the update and the place alone. No gradient goes through the choice of a token.
 * In an evaluation the loss is the one with the true tokens, and the one with its own is found besides.
 */
#include "task/translate/translate.h"

#include "base/random.h"

#include <math.h>
#include <string.h>

typedef struct forward {
    ur_translate *c;
    ur_pass *pass;
    const ur_sequences *in; /* of the decoder */
    size_t decoder;
    double share, smoothing;
    size_t count;            /* of targets */
    ur_translate_look *look; /* NULL: nobody looks on */
    void *context;
} forward;

double ur_translate_share(const ur_translate *c, uint64_t step)
{
    double most = (double)c->settings.forcing_steps, least = c->settings.teacher_forcing;
    return (double)step >= most ? least : 1 - (1 - least) * (double)step / most;
}

static size_t count_targets(const forward *f)
{
    size_t count = 0;
    for (size_t i = 0; i < f->in->steps * f->in->lanes; i++) count += f->c->target[i] >= 0;
    return count;
}

static void add_loss(const forward *f, size_t first, size_t steps, double scale, double *sum)
{
    double part = 0;
    ur_tensor *y = f->pass->output[f->decoder].y;
    const ur_targets targets = {.steps = steps,
                                .lanes = f->in->lanes,
                                .width = y->width,
                                .given = steps,
                                .ids = f->c->target + first * f->in->lanes,
                                .smoothing = f->smoothing};
    ur_loss_softmax.loss(f->pass->tape, y, &targets, scale, &part);
    *sum += part;
}

/* ---- The true tokens ----------------------------------------------------------------------------------------------- */

static bool run_window(const forward *f, double scale, double *sum)
{
    ur_pass *pass = f->pass;
    if (!ur_line_run(pass->model, pass->tape, f->decoder, &(ur_line_call){.in = *f->in}, pass->output)) return false;
    add_loss(f, 0, f->in->steps, scale, sum);
    return pass->tape->status == UR_OK;
}

/* ---- Its own ------------------------------------------------------------------------------------------------------- */

static int32_t find_likeliest(const ur_tensor *y, size_t lane)
{
    const real *row = y->value + lane * y->row;
    int32_t best = 0;
    for (size_t i = 1; i < y->width; i++)
        if (row[i] > row[best]) best = (int32_t)i;
    return best;
}

static bool feeds_truth(const forward *f, size_t place)
{
    const ur_tape *tape = f->pass->tape;
    if (!(f->share > 0)) return false;
    return ur_random_uniform(tape->seed, UR_USE_FORCING, tape->step << 32 | place) < f->share;
}

/* What is fed at step t, from what the step before gave. */
static void feed(const forward *f, size_t t)
{
    size_t lanes = f->in->lanes;
    for (size_t b = 0; b < lanes; b++) {
        size_t place = t * lanes + b;
        f->c->said[place] = f->in->ids[place];
        if (t && !feeds_truth(f, place)) f->c->said[place] = find_likeliest(f->pass->output[f->decoder].y, b);
    }
}

/* The decoder's value is what the last step gave. */
static bool run_steps(const forward *f, double scale, double *sum)
{
    ur_pass *pass = f->pass;
    for (size_t t = 0; t < f->in->steps; t++) {
        feed(f, t);
        const ur_line_call call = {.in = {.steps = 1, .lanes = f->in->lanes, .ids = f->c->said + t * f->in->lanes},
                                   .states = t ? &pass->output[f->decoder].states : NULL};
        if (!ur_line_step(pass->model, pass->tape, f->decoder, &call, pass->output)) return false;
        double before = *sum;
        add_loss(f, t, 1, scale, sum);
        if (f->look) f->look(f->context, t, pass->output[f->decoder].y, *sum - before);
    }
    return pass->tape->status == UR_OK;
}

/* ---- Both ---------------------------------------------------------------------------------------------------------- */

/* The lines before the decoder. */
static bool read_source(const forward *f, const ur_batch *batch)
{
    ur_pass *pass = f->pass;
    for (size_t i = 0; i < f->decoder; i++)
        if (!ur_line_run(pass->model, pass->tape, i, &(ur_line_call){.in = batch->input[i]}, pass->output))
            return false;
    return true;
}

/* The loss with its own tokens; what the decoder gave with the true ones stays its value. */
static bool run_own(forward *f, ur_translate_loss *own)
{
    ur_value kept = f->pass->output[f->decoder];
    *own = (ur_translate_loss){0, f->count};
    f->share = 0;
    bool done = run_steps(f, 1, &own->sum);
    f->pass->output[f->decoder] = kept;
    return done;
}

ur_status ur_translate_forward(void *data, ur_pass *pass, const ur_task_batch *batch, ur_window_result *sums,
                               ur_error *error)
{
    ur_translate *c = data;
    size_t decoder = pass->model->line_count - 1;
    forward f = {.c = c, .pass = pass, .in = &batch->network.input[decoder], .decoder = decoder};
    f.share = pass->training ? ur_translate_share(c, pass->tape->step) : 1;
    f.smoothing = pass->training ? c->settings.label_smoothing : 0;
    f.count = count_targets(&f);
    double scale = c->sums ? 1 : 1 / (double)f.count;
    bool goes_on = read_source(&f, &batch->network);
    if (goes_on) goes_on = f.share < 1 ? run_steps(&f, scale, &sums->sum) : run_window(&f, scale, &sums->sum);
    if (goes_on && !pass->training && run_own(&f, &c->own))
        UR_TRY(ur_translate_write_batch(c, pass->model, &batch->network, error));
    sums->count = f.count;
    sums->loss = sums->sum * scale;
    return ur_tape_status(pass->tape, error);
}

ur_status ur_translate_follow(ur_translate *c, ur_pass *pass, const ur_batch *batch, bool truth,
                              ur_translate_look *look, void *context, ur_error *error)
{
    size_t decoder = pass->model->line_count - 1;
    double sum = 0;
    forward f = {.c = c,
                 .pass = pass,
                 .in = &batch->input[decoder],
                 .decoder = decoder,
                 .share = truth,
                 .look = look,
                 .context = context};
    if (read_source(&f, batch)) run_steps(&f, 1, &sum);
    return ur_tape_status(pass->tape, error);
}
