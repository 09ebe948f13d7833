/*
 * The loss of a batch. An evaluation's loss is the one with the true tokens fed; the loss with the decoder's own tokens
 * is computed in addition.
 */
#include "task/translate/translate.h"

#include "task/forcing.h"

double ur_translate_share(const ur_translate *c, uint64_t step)
{
    double most = (double)c->settings.forcing_steps, least = c->settings.teacher_forcing;
    return (double)step >= most ? least : 1 - (1 - least) * (double)step / most;
}

/* Computes the loss with the decoder's own tokens. The decoder's value stays what it gave with the true tokens. */
static bool run_own(ur_forcing *f, ur_translate_loss *own)
{
    ur_value *decoder = &f->pass->output[f->pass->model->line_count - 1];
    ur_value kept = *decoder;
    *own = (ur_translate_loss){0, ur_forcing_count(f)};
    f->share = 0;
    bool done = ur_forcing_steps(f, 1, &own->sum);
    *decoder = kept;
    return done;
}

ur_status ur_translate_forward(void *data, ur_pass *pass, const ur_task_batch *batch, ur_window_result *sums,
                               ur_error *error)
{
    ur_translate *c = data;
    ur_forcing f = {.pass = pass, .batch = &batch->network, .said = c->said};
    f.share = pass->training ? ur_translate_share(c, pass->tape->step) : 1;
    sums->count = ur_forcing_count(&f);
    double scale = c->sums ? 1 : 1 / (double)sums->count;
    bool goes_on = ur_forcing_read(&f);
    if (goes_on) goes_on = (f.share < 1 ? ur_forcing_steps : ur_forcing_window)(&f, scale, &sums->sum);
    if (goes_on && !pass->training && run_own(&f, &c->own))
        UR_TRY(ur_translate_write_batch(c, pass->model, &batch->network, error));
    sums->loss = sums->sum * scale;
    return ur_tape_status(pass->tape, error);
}
