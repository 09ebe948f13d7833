/*
 * Gradient times input, for the logarithm of one prediction's probability, or for a number (section 5 of
 * unroll_inspect.h).
 *
 *     s_t = ∂ log p(target) / ∂x_t · x_t        x_t: the input of step t: the embedding of its token with all that is
 *                                               joined to it, its one-hot row, or its numbers
 *
 * Inputs that are numbers have gradients after back-propagation through time. One-hot rows do not exist in memory: x_t
 * reaches the network only through a_t = W x_t + …, so s_t = ∂/∂a_t · (W x_t): the gradients that are left in the
 * cell's slots, times a column of W. Dropout is off.
 */
#include "inspect/probe.h"

#include "base/float_mode.h"
#include "kernel/scalar.h"
#include "model/finite.h"
#include "train/task.h"

#include <stdlib.h>
#include <string.h>

typedef struct ur_salience {
    ur_model *model;
    const ur_batch *batch;
    ur_prediction *of;
    size_t read; /* the line whose steps are explained */
    ur_compute compute;
    ur_arena arena;
    ur_tape tape;
    ur_probing probing;
    ur_tensor *numbers; /* numbers that are the line's input; NULL for ids */
    ur_value values[UR_LINES_MAX];
} ur_salience;

static const ur_layer *first_of(const ur_model *m, size_t line) { return &m->layers[m->lines[line].first]; }

/* One per token or label; two if there is one output, which goes through σ. */
static size_t count_targets(const ur_model *m, size_t line)
{
    size_t outputs = m->lines[line].width;
    return outputs == 1 ? 2 : outputs;
}

/* ---- Checks ---------------------------------------------------------------------------------------------------- */

static ur_status check_read(const ur_model *m, size_t read, ur_error *error)
{
    const ur_layer *first = first_of(m, read), *cell = first->behind;
    if (first->spec.kind->joins)
        return ur_fail(error, UR_ERR_USAGE, "line %zu of \"%s\" reads the output of another line, not an input",
                       read + 1, m->net);
    bool onehot = m->lines[read].symbols && !first->embed;
    if (onehot && (!cell || !ur_is_recurrent(cell) || cell->reverse))
        return ur_fail(error, UR_ERR_UNSUPPORTED, "in \"%s\" no recurrent layer comes directly after the tokens",
                       m->net);
    return UR_OK;
}

static ur_status check(const ur_salience *s, ur_error *error)
{
    const ur_model *m = s->model;
    const ur_prediction *of = s->of;
    if (of->line >= m->line_count || s->read >= m->line_count)
        return ur_fail(error, UR_ERR_USAGE, "there is no line %zu in \"%s\"",
                       (of->line < m->line_count ? s->read : of->line) + 1, m->net);
    UR_TRY(check_read(m, s->read, error));
    size_t count = of->number ? m->lines[of->line].width : count_targets(m, of->line);
    if (of->number && of->target < 0) return ur_fail(error, UR_ERR_USAGE, "no number to explain; give `target`");
    if (of->features && m->lines[s->read].symbols)
        return ur_fail(error, UR_ERR_USAGE, "line %zu of \"%s\" takes no numbers", s->read + 1, m->net);
    if (of->target >= 0 && (size_t)of->target >= count)
        return ur_fail(error, UR_ERR_USAGE, "target %d is not below the %zu outputs", (int)of->target, count);
    return ur_network_check(m, s->batch, error);
}

static ur_status check_place(const ur_salience *s, const ur_value *value, ur_error *error)
{
    const ur_shape *at = &value->shape;
    const ur_prediction *of = s->of;
    bool there = of->step < at->steps && of->lane < at->lanes;
    if (there && (!at->lengths || of->step < (size_t)at->lengths[of->lane])) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "there is no prediction at step %zu of lane %zu", of->step, of->lane);
}

/* ---- Forward and back --------------------------------------------------------------------------------------------- */

static ur_status run_line(ur_salience *s, size_t i, ur_error *error)
{
    const ur_line *line = &s->model->lines[i];
    ur_line_call call = {.in = s->batch->input[i], .ending = i == s->of->line ? UR_END_LOGITS : UR_END_WHOLE};
    if (line->features && !line->symbols)
        call.x = ur_tensor_from(&s->tape, call.in.values, call.in.steps, call.in.lanes, line->features, true);
    if (i == s->read) s->numbers = call.x;
    if (!ur_line_run(s->model, &s->tape, i, &call, s->values)) return ur_tape_status(&s->tape, error);
    const ur_tensor *y = s->values[i].y;
    return ur_all_finite(y->value, ur_tensor_size(y)) ? UR_OK : ur_fail_run(s->model, &s->tape, 0, error);
}

static int32_t find_likeliest(const real *logits, size_t count)
{
    int32_t best = 0;
    if (count == 1) return logits[0] > 0;
    for (size_t i = 1; i < count; i++)
        if (logits[i] > logits[best]) best = (int32_t)i;
    return best;
}

/* Writes ∂ log p(target) as the gradient of the place's logits, and p(target); for a number writes the gradient 1 and
 * the number. */
static void begin_gradient(ur_salience *s, ur_tensor *logits)
{
    ur_prediction *of = s->of;
    const size_t at = (of->step * logits->lanes + of->lane) * logits->row;
    const real *x = logits->value + at;
    real *gradient = ur_gradient(&s->tape, logits);
    if (of->number) {
        of->probability = (double)x[of->target];
        if (gradient) gradient[at + (size_t)of->target] = 1;
        return;
    }
    if (of->target < 0) of->target = find_likeliest(x, logits->width);
    if (logits->width > 1) {
        of->probability =
            ur_exp(-s->compute.train->softmax_loss(x, logits->width, of->target, -1, gradient ? gradient + at : NULL));
        return;
    }
    double p = 1 / (1 + ur_exp(-(double)x[0])); /* probability of the second label */
    if (gradient) gradient[at] = (real)(of->target ? 1 - p : -p);
    of->probability = of->target ? p : 1 - p;
}

static ur_status run(ur_salience *s, ur_error *error)
{
    const ur_model *m = s->model;
    UR_TRY(check(s, error));
    UR_TRY(ur_probe_prepare_gradients(s->model, error));
    ur_tape_begin(&s->tape, &s->compute, &s->arena, true);
    s->tape.plain = true;
    if (!ur_tape_watch(&s->tape, m->layer_count)) return ur_tape_status(&s->tape, error);
    s->tape.probing = &s->probing;
    for (size_t i = 0; i <= s->of->line || i <= s->read; i++) UR_TRY(run_line(s, i, error));
    UR_TRY(check_place(s, &s->values[s->of->line], error));
    begin_gradient(s, s->values[s->of->line].y);
    return ur_tape_backward(&s->tape, error);
}

/* ---- Results for each step ------------------------------------------------------------------------------------- */

/* The input of a line with all numbers of a token: the embedding, or the output of the last layer that joins something
 * to it. */
static const ur_tensor *entered(const ur_salience *s)
{
    const ur_layer *whole = first_of(s->model, s->read);
    for (const ur_layer *l = whole->behind; l && (l->spec.kind->joins || l->spec.kind == &ur_layer_dropout);
         l = l->behind)
        if (l->spec.kind->joins) whole = l;
    return s->numbers ? s->numbers : s->tape.watch[whole - s->model->layers];
}

static double salience_of_row(const ur_tensor *rows, size_t place)
{
    double sum = 0;
    for (size_t k = 0; rows->gradient && k < rows->width; k++)
        sum += (double)rows->gradient[place * rows->row + k] * (double)rows->value[place * rows->row + k];
    return sum;
}

/* The salience of a one-hot row, from the gradients of the slots and the column of W that the row selects. */
static double salience_of_onehot(const ur_salience *s, size_t place)
{
    size_t step = 0;
    const ur_layer *cell = first_of(s->model, s->read)->behind;
    const ur_window *w = ur_probe_window(&s->probing, cell, &step);
    const ur_slot_range *in = &w->layer->cell->input;
    size_t units = w->layer->units, block = w->layer->cell->slots * (size_t)UR_LANES;
    const real *slots = w->slots + place * ur_slot_row(w->layer);
    size_t id = (size_t)s->batch->input[s->read].ids[place];
    double sum = 0;
    for (size_t i = 0; i < in->count; i++)
        for (size_t u = 0; u < units; u++) {
            size_t at = u / UR_LANES * block + (in->first + i) * UR_LANES + u % UR_LANES;
            size_t row = in->order[i] * units + u;
            sum += (double)slots[at] * (double)cell->params.w_ih->value[row * cell->inputs + id];
        }
    return sum;
}

/* Sums over all places, for each feature. */
static void collect_features(const ur_salience *s)
{
    const ur_tensor *rows = s->numbers;
    const ur_sequences *in = &s->batch->input[s->read];
    for (size_t k = 0; s->of->features && k < rows->width; k++) {
        double sum = 0;
        for (size_t i = 0; rows->gradient && i < in->steps * in->lanes; i++)
            sum += (double)rows->gradient[i * rows->row + k] * (double)rows->value[i * rows->row + k];
        s->of->features[k] = (ur_real)sum;
    }
}

static void collect(const ur_salience *s, ur_real *moved)
{
    const ur_sequences *in = &s->batch->input[s->read];
    bool onehot = s->model->lines[s->read].symbols && !first_of(s->model, s->read)->embed;
    const ur_tensor *rows = onehot ? NULL : entered(s);
    for (size_t i = 0; i < in->steps * in->lanes; i++) {
        bool live = !in->lengths || i / in->lanes < (size_t)in->lengths[i % in->lanes];
        double salience = !live ? 0 : onehot ? salience_of_onehot(s, i) : salience_of_row(rows, i);
        moved[i] = (ur_real)salience;
    }
}

/* The number of steps back from the end to the nearest number that is not finite. */
static size_t first_back(const ur_real *moved, size_t count)
{
    size_t back = 1;
    while (back < count && ur_all_finite(moved + count - back, 1)) back++;
    return back;
}

ur_status ur_saliency_of(ur_model *model, const ur_batch *batch, ur_prediction *of, size_t read, ur_real *moved,
                         ur_error *error)
{
    const ur_sequences *in = &batch->input[read < UR_LINES_MAX ? read : 0];
    ur_salience s = {.model = model, .batch = batch, .of = of, .read = read};
    s.compute = (ur_compute){model->kernels, ur_train_kernels_of(model->kernels), NULL};
    ur_arena_init(&s.arena);
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = run(&s, error);
    if (status == UR_OK) collect(&s, moved);
    if (status == UR_OK) collect_features(&s);
    if (status == UR_OK && !ur_all_finite(moved, in->steps * in->lanes))
        status = ur_fail(error, UR_ERR_NUMERIC,
                         "the gradient of the prediction is not finite %zu steps back; this prediction of \"%.300s\" "
                         "cannot be explained",
                         first_back(moved, in->steps * in->lanes) / in->lanes, model->net);
    ur_float_mode_leave(mode);
    ur_arena_free(&s.arena);
    return status;
}

ur_status ur_saliency(ur_model *model, const int32_t *ids, size_t count, int32_t target, ur_real *moved,
                      double *probability, ur_error *error)
{
    const ur_line *line = &model->lines[0];
    ur_batch batch = {.input = {{.steps = count, .lanes = 1, .ids = ids}}};
    ur_prediction of = {.step = line->last || !count ? 0 : count - 1, .target = target};
    if (model->line_count > 1 || !line->symbols || !(ur_predicts_tokens(model) || line->last))
        return ur_fail(error, UR_ERR_USAGE, "the model (\"%s\") is neither a language model nor a classifier of text",
                       model->net);
    if (target < 0)
        return ur_fail(error, UR_ERR_USAGE, "target %d is not below the %zu outputs", (int)target,
                       count_targets(model, 0));
    UR_TRY(ur_saliency_of(model, &batch, &of, 0, moved, error));
    if (probability) *probability = of.probability;
    return UR_OK;
}

ur_status ur_saliency_check(const ur_settings *settings, ur_error *error)
{
    const ur_task *task = settings->task;
    const char *instead = task->instead_of_look;
    if (task->look || task->language) return UR_OK;
    return ur_fail(error, UR_ERR_UNSUPPORTED, "there is no saliency for the task %s; %s", task->name,
                   instead ? instead : "unroll inspect gradient shows how far back it looks");
}
