/*
 * Gradient times input, of the logarithm of one prediction's probability (section 5 of unroll_inspect.h).
 *
 *     s_t = ∂ log p(target) / ∂x_t · x_t        x_t: the embedding of unit t, or its one-hot row
 *
 * x_t reaches the network only through a_t = W x_t + …, so that ∂/∂x_t = Wᵀ ∂/∂a_t and s_t = ∂/∂a_t · (W x_t): the
 * gradients that back-propagation through time leaves in the first cell's slots, times the input products without bias.
 */
#include "inspect/probe.h"

#include "base/float_mode.h"
#include "kernel/scalar.h"

#include <stdlib.h>
#include <string.h>

typedef struct ur_salience {
    ur_model *model;
    ur_compute compute;
    ur_arena arena;
    ur_tape tape;
    ur_probing probing;
    const int32_t *ids;
    size_t count;
} ur_salience;

/* The layer behind onehot or embed, where it is a cell. */
static const ur_layer *first_cell(const ur_model *m) { return &m->layers[1]; }

static ur_status check(const ur_model *m, const int32_t *ids, size_t count, int32_t target, ur_error *error)
{
    const ur_line *line = &m->lines[0];
    if (!ur_predicts_units(m)) return ur_fail(error, UR_ERR_USAGE, "the model (\"%s\") is no language model", m->net);
    if (m->layer_count < 2 || !ur_is_recurrent(first_cell(m)))
        return ur_fail(error, UR_ERR_UNSUPPORTED, "in \"%s\" no cell stands right behind the units", m->net);
    if (target < 0 || (size_t)target >= line->width)
        return ur_fail(error, UR_ERR_USAGE, "target %d is not below the %zu outputs", (int)target, line->width);
    ur_batch batch = {.input = {{.steps = count, .lanes = 1, .ids = ids}}};
    return ur_network_check(m, &batch, error);
}

/* Leaves ∂ log p(target) as the gradient of the last step's logits; p(target). */
static double begin_gradient(ur_tape *tape, ur_tensor *logits, int32_t target)
{
    size_t at = (logits->steps - 1) * logits->row;
    real *gradient = ur_gradient(tape, logits);
    const ur_train_kernels *train = tape->compute->train;
    return ur_exp(-train->softmax_loss(logits->value + at, logits->width, target, -1, gradient ? gradient + at : NULL));
}

/* Forward and backward; afterwards the first window's slots hold gradients. */
static ur_status run(ur_salience *s, int32_t target, double *probability, ur_error *error)
{
    ur_batch batch = {.input = {{.steps = s->count, .lanes = 1, .ids = s->ids}}};
    UR_TRY(ur_probe_prepare_gradients(s->model, error));
    ur_tape_begin(&s->tape, &s->compute, &s->arena, true);
    s->tape.probing = &s->probing;
    ur_tensor *logits = ur_network_run(s->model, &s->tape, &batch, NULL);
    UR_TRY(ur_tape_status(&s->tape, error));
    double p = begin_gradient(&s->tape, logits, target);
    if (probability) *probability = p;
    return ur_tape_backward(&s->tape, error);
}

/* W_row · x of the unit read. */
static double input_product(const ur_layer *cell, const ur_param *embed, size_t row, int32_t id)
{
    const real *w = cell->params.w_ih->value + row * cell->inputs;
    if (!embed) return (double)w[id];
    const real *x = embed->value + (size_t)id * cell->inputs;
    double sum = 0;
    for (size_t k = 0; k < cell->inputs; k++) sum += (double)w[k] * (double)x[k];
    return sum;
}

static double salience_of(const ur_salience *s, size_t t)
{
    const ur_layer *cell = first_cell(s->model);
    const ur_window *w = &s->probing.windows[0];
    const ur_slot_range *in = &w->layer->cell->input;
    size_t units = w->layer->units, block = w->layer->cell->slots * (size_t)UR_LANES;
    const real *slots = w->slots + t * ur_slot_row(w->layer);
    double sum = 0;
    for (size_t i = 0; i < in->count; i++)
        for (size_t u = 0; u < units; u++) {
            size_t at = u / UR_LANES * block + (in->first + i) * UR_LANES + u % UR_LANES;
            size_t row = in->order[i] * units + u;
            sum += (double)slots[at] * input_product(cell, s->model->layers[0].embed, row, s->ids[t]);
        }
    return sum;
}

ur_status ur_saliency(ur_model *model, const int32_t *ids, size_t count, int32_t target, ur_real *moved,
                      double *probability, ur_error *error)
{
    UR_TRY(check(model, ids, count, target, error));
    ur_salience s = {.model = model, .ids = ids, .count = count};
    s.compute = (ur_compute){model->kernels, ur_train_kernels_of(model->kernels), NULL};
    ur_arena_init(&s.arena);
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = run(&s, target, probability, error);
    for (size_t t = 0; t < count && status == UR_OK; t++) moved[t] = (ur_real)salience_of(&s, t);
    ur_float_mode_leave(mode);
    ur_arena_free(&s.arena);
    return status;
}
