/*
 * Gradient times input, of the logarithm of one prediction's probability (section 5 of unroll_inspect.h).
 *
 *     s_t = ∂ log p(target) / ∂x_t · x_t        x_t: the embedding of token t, or its one-hot row
 *
 * The rows of an embedding have their gradients after back-propagation through time. One-hot rows are never there: x_t
 * reaches the network only through a_t = W x_t + …, so that s_t = ∂/∂a_t · (W x_t): the gradients that are left in the
 * first cell's slots, times a column of W. Dropout is off.
 */
#include "inspect/probe.h"

#include "base/float_mode.h"
#include "kernel/scalar.h"
#include "model/finite.h"

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

/* The layer behind onehot, where it is a cell. */
static const ur_layer *first_cell(const ur_model *m) { return &m->layers[1]; }

static bool reads_embedding(const ur_model *m) { return m->layers[0].embed != NULL; }

/* A number for each token or label, or one behind σ for two labels. */
static size_t count_targets(const ur_model *m)
{
    size_t outputs = ur_model_outputs(m);
    return outputs == 1 ? 2 : outputs;
}

static ur_status check(const ur_model *m, const int32_t *ids, size_t count, int32_t target, ur_error *error)
{
    const ur_line *line = &m->lines[0];
    if (m->line_count > 1 || !line->symbols || !(ur_predicts_units(m) || line->last))
        return ur_fail(error, UR_ERR_USAGE, "the model (\"%s\") is no language model and no classifier of text",
                       m->net);
    if (!reads_embedding(m) && (m->layer_count < 2 || !ur_is_recurrent(first_cell(m)) || first_cell(m)->reverse))
        return ur_fail(error, UR_ERR_UNSUPPORTED, "in \"%s\" no cell stands right behind the tokens", m->net);
    if (target < 0 || (size_t)target >= count_targets(m))
        return ur_fail(error, UR_ERR_USAGE, "target %d is not below the %zu outputs", (int)target, count_targets(m));
    ur_batch batch = {.input = {{.steps = count, .lanes = 1, .ids = ids}}};
    return ur_network_check(m, &batch, error);
}

/* Leaves ∂ log p(target) as the gradient of the last step's logits; p(target). */
static double begin_gradient(ur_tape *tape, ur_tensor *logits, int32_t target)
{
    size_t at = (logits->steps - 1) * logits->row;
    real *gradient = ur_gradient(tape, logits);
    const ur_train_kernels *train = tape->compute->train;
    if (logits->width > 1)
        return ur_exp(
            -train->softmax_loss(logits->value + at, logits->width, target, -1, gradient ? gradient + at : NULL));
    double p = 1 / (1 + ur_exp(-(double)logits->value[at])); /* of the second label */
    if (gradient) gradient[at] = (real)(target ? 1 - p : -p);
    return target ? p : 1 - p;
}

/* Forward and backward; afterwards the embedding's rows have gradients, or the first window's slots hold them. */
static ur_status run(ur_salience *s, int32_t target, double *probability, ur_error *error)
{
    ur_batch batch = {.input = {{.steps = s->count, .lanes = 1, .ids = s->ids}}};
    const ur_ending endings[UR_LINES_MAX] = {UR_END_LOGITS};
    ur_value values[UR_LINES_MAX];
    UR_TRY(ur_probe_prepare_gradients(s->model, error));
    ur_tape_begin(&s->tape, &s->compute, &s->arena, true);
    s->tape.plain = true;
    if (!ur_tape_watch(&s->tape, s->model->layer_count)) return ur_tape_status(&s->tape, error);
    s->tape.probing = &s->probing;
    if (!ur_graph_run(s->model, &s->tape, &batch, NULL, endings, values)) return ur_tape_status(&s->tape, error);
    const ur_tensor *y = values[0].y;
    if (!ur_all_finite(y->value, ur_tensor_size(y))) return ur_fail_run(s->model, &s->tape, 0, error);
    double p = begin_gradient(&s->tape, values[0].y, target);
    if (probability) *probability = p;
    return ur_tape_backward(&s->tape, error);
}

/* ∂/∂x_t · x_t of the row that was read. */
static double salience_of_row(const ur_salience *s, size_t t)
{
    const ur_tensor *rows = s->tape.watch[0];
    double sum = 0;
    for (size_t k = 0; rows->gradient && k < rows->width; k++)
        sum += (double)rows->gradient[t * rows->row + k] * (double)rows->value[t * rows->row + k];
    return sum;
}

/* The same from the gradients of the slots and the column of W that a one-hot row chooses. */
static double salience_of_onehot(const ur_salience *s, size_t t)
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
            sum += (double)slots[at] * (double)cell->params.w_ih->value[row * cell->inputs + (size_t)s->ids[t]];
        }
    return sum;
}

/* Steps back from the end to the nearest number that is not finite. */
static size_t first_back(const ur_real *moved, size_t count)
{
    size_t back = 1;
    while (back < count && ur_all_finite(moved + count - back, 1)) back++;
    return back;
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
    for (size_t t = 0; t < count && status == UR_OK; t++)
        moved[t] = (ur_real)(reads_embedding(model) ? salience_of_row(&s, t) : salience_of_onehot(&s, t));
    if (status == UR_OK && !ur_all_finite(moved, count))
        status = ur_fail(error, UR_ERR_NUMERIC,
                         "the gradient of the prediction is not finite %zu tokens back; the model \"%.300s\" cannot be "
                         "explained here",
                         first_back(moved, count), model->net);
    ur_float_mode_leave(mode);
    ur_arena_free(&s.arena);
    return status;
}
