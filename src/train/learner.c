/* See learner.h and section 4 of unroll_train.h. */
#include "train/objective.h"

#include "base/float_mode.h"
#include "model/finite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ur_learning ur_learning_default(void)
{
    return (ur_learning){
        .optimizer = UR_ADAM, .rate = 2e-3, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .clip_norm = 1, .seed = 1};
}

ur_status ur_learner_pool(ur_pool **pool, size_t threads, ur_error *error)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (!threads) threads = cores < 1 ? 1 : cores > 16 ? 16 : (size_t)cores;
    return ur_pool_create(pool, threads, error);
}

static ur_status make_sampler(ur_learner *l, ur_error *error)
{
    const ur_dense *head = ur_objective_head(l);
    const uint64_t *counts = l->learning.counts;
    l->learning.counts = NULL; /* the caller owns them */
    if (!l->learning.sampled) return UR_OK;
    if (!head)
        return ur_fail(error, UR_ERR_USAGE,
                       "a sampled softmax needs a last layer \"dense\" without an activation; this is \"%s\"",
                       l->model->net);
    if (l->learning.sampled >= head->outputs) return UR_OK;
    l->sampler = (ur_sampler){head->outputs, l->learning.sampled, calloc(head->outputs + 1, sizeof(uint64_t))};
    if (!l->sampler.place) return ur_fail_memory(error, "the sampled softmax");
    ur_sampler_fill(&l->sampler, counts);
    return UR_OK;
}

static ur_status check(const ur_learning *l, ur_error *error)
{
    if (!(l->rate >= 0) || isinf(l->rate))
        return ur_fail(error, UR_ERR_USAGE, "learning rate %g: must not be negative", l->rate);
    if (!(l->beta1 >= 0 && l->beta1 < 1 && l->beta2 >= 0 && l->beta2 < 1))
        return ur_fail(error, UR_ERR_USAGE, "betas %g, %g: must be at least 0 and below 1", l->beta1, l->beta2);
    if (!(l->clip_norm >= 0) || !(l->clip_value >= 0) || !(l->weight_decay >= 0) || !(l->epsilon >= 0) ||
        !(l->momentum >= 0))
        return ur_fail(error, UR_ERR_USAGE, "clipping, decay, momentum and epsilon must not be negative");
    return UR_OK;
}

static ur_status make_compute(ur_learner *l, ur_error *error)
{
    UR_TRY(ur_learner_pool(&l->pool, l->learning.threads, error));
    l->compute = (ur_compute){l->model->kernels, ur_train_kernels_of(l->model->kernels), l->pool};
    return UR_OK;
}

/* Makes what updates need. */
static ur_status make_training(ur_learner *l, ur_error *error)
{
    UR_TRY(check(&l->learning, error));
    UR_TRY(make_sampler(l, error));
    if (ur_objective_head(l))
        l->model->layers[l->model->layer_count - 1].dense.unpacked = true; /* until another loss needs its outputs */
    UR_TRY(ur_model_prepare_training(l->model, error));
    UR_TRY(ur_optimizer_create(&l->optimizer, l->learning.optimizer, l->learning.momentum, l->model->numbers, error));
    l->optimizer.params = l->model->params;
    l->optimizer.param_count = l->model->param_count;
    l->norm_pieces = calloc(ur_gradient_pieces(l->model->numbers) + 1, sizeof(double));
    return l->norm_pieces ? UR_OK : ur_fail_memory(error, "the gradient's norm");
}

/* Makes the store of known words. A learner that never trains can keep it, since its weights do not change. */
static ur_status make_knowing(ur_learner *l, ur_error *error)
{
    l->known = calloc(1, sizeof *l->known);
    return l->known ? UR_OK : ur_fail_memory(error, "a learner");
}

static ur_status create(ur_learner **learner, ur_model *model, const ur_learning *learning, bool learns,
                        ur_error *error)
{
    ur_learner *l = *learner = calloc(1, sizeof *l);
    if (!l) return ur_fail_memory(error, "a learner");
    l->model = model;
    l->learning = *learning;
    ur_arena_init(&l->arena);
    ur_status status = learns ? make_training(l, error) : make_knowing(l, error);
    if (status == UR_OK) status = make_compute(l, error);
    if (status == UR_OK) return UR_OK;
    ur_learner_free(l);
    *learner = NULL;
    return status;
}

ur_status ur_learner_create(ur_learner **learner, ur_model *model, const ur_learning *learning, ur_error *error)
{
    return create(learner, model, learning, true, error);
}

ur_status ur_learner_create_judge(ur_learner **learner, ur_model *model, size_t threads, ur_error *error)
{
    const ur_learning learning = {.threads = threads};
    return create(learner, model, &learning, false, error);
}

void ur_learner_free(ur_learner *l)
{
    if (!l) return;
    ur_optimizer_free(&l->optimizer);
    ur_state_free(l->carried);
    ur_arena_free(&l->arena);
    ur_pool_free(l->pool);
    free(l->norm_pieces);
    free(l->sampler.place);
    ur_known_free(l->known);
    free(l->known);
    free(l);
}

void ur_learner_set_rate(ur_learner *l, double rate) { l->learning.rate = rate; }
double ur_learner_gradient_norm(const ur_learner *l) { return l->norm; }

/* The loss of the network, or of a task's own forward. */
static ur_status make_loss(ur_learner *l, ur_tape *tape, const ur_batch *batch, const ur_carry *carry,
                           ur_window_result *result, ur_error *error)
{
    if (!l->forward) return ur_objective_run(l, tape, batch, carry, result, error);
    ur_pass pass = {.model = l->model, .tape = tape, .training = tape->recording, .output = l->output};
    *result = (ur_window_result){0};
    memset(l->output, 0, sizeof l->output);
    if (tape->recording) UR_TRY(ur_objective_give_outputs(l, error));
    UR_TRY(l->forward(l->task_context, &pass, result, error));
    return ur_tape_status(tape, error);
}

/* Begins a window. Whoever begins one resets the arena at its end: after the first window the arena is then large
 * enough for all later ones. */
static void begin(ur_learner *l, ur_tape *tape, bool recording)
{
    ur_tape_begin(tape, &l->compute, &l->arena, recording);
    tape->known = l->known;
    tape->seed = l->learning.seed;
    tape->step = l->step;
}

ur_status ur_learner_forward(ur_learner *l, const ur_batch *batch, const ur_carry *carry, ur_window_result *result,
                             ur_error *error)
{
    ur_tape tape;
    ur_probing seen = l->held ? *l->held : (ur_probing){0};
    begin(l, &tape, false);
    if (l->look || l->held) tape.probing = &seen;
    ur_tape_watch(&tape, l->model->layer_count);
    ur_status status = make_loss(l, &tape, batch, carry, result, error);
    if (status == UR_OK && !isfinite(result->sum)) status = ur_fail_run(l->model, &tape, 0, error);
    if (status == UR_OK && l->look) l->look(l->look_context, &seen);
    if (status == UR_OK && l->judge) status = l->judge(l->task_context, l->output, error);
    ur_arena_reset(&l->arena);
    return status;
}

/* Names the source of a loss that is not finite: the first parameter that is not finite or, if all are, the first such
 * layer. */
static ur_status name_source(const ur_learner *l, ur_tensor *const *outputs, ur_error *error)
{
    const ur_model *m = l->model;
    unsigned long long step = (unsigned long long)l->step + 1;
    for (size_t i = 0; i < m->param_count; i++)
        if (!ur_all_finite(m->params[i].value, m->params[i].size))
            return ur_fail(error, UR_ERR_NUMERIC, "step %llu: neither the loss nor tensor %s is finite", step,
                           m->params[i].name);
    for (size_t i = 0; i < m->layer_count; i++)
        if (outputs[i] && !ur_all_finite(outputs[i]->value, ur_tensor_size(outputs[i])))
            return ur_fail(error, UR_ERR_NUMERIC,
                           "step %llu: neither the loss nor the output of layer %zu (column %zu of \"%s\") is finite; "
                           "a smaller `lr` or `clip-norm` may help",
                           step, i + 1, m->layers[i].spec.column, m->net);
    return ur_fail(error, UR_ERR_NUMERIC, "step %llu: the loss is not finite; a smaller `lr` or `clip-norm` may help",
                   step);
}

enum { UR_MANY_ROWS = 1 << 14 }; /* rows of a table from which on a window writes the gradients of few of them */

/* Whether p is a table whose gradient a window writes only in some rows: those of its ids, or of the outputs sampled
 * for it. */
static bool written_by_rows(const ur_learner *l, const ur_param *p)
{
    bool rows = false;
    for (size_t i = 0; i < l->model->layer_count; i++) {
        const ur_layer *layer = &l->model->layers[i];
        if (layer->dense.weight == p && !l->sampler.place) return false;
        rows = rows || layer->embed == p || layer->dense.weight == p;
    }
    return rows && p->shape[0] >= UR_MANY_ROWS;
}

static void clear_gradient(const ur_learner *l, const ur_param *p)
{
    if (written_by_rows(l, p))
        ur_clear_sparse(p->gradient, p->size * sizeof(real));
    else
        ur_compute_clear(&l->compute, p->gradient, p->size);
}

void ur_learner_clear(ur_learner *l)
{
    for (size_t i = 0; i < l->model->param_count; i++) clear_gradient(l, &l->model->params[i]);
}

static void forget_gradient(const ur_param *p)
{
    if (p) memset(p->gradient, 0, p->size * sizeof(real));
}

static void forget_second_biases(ur_model *m)
{
    for (const ur_layer *l = m->layers; l < m->layers + m->layer_count; l++) {
        forget_gradient(l->params.b_hh);
        if (l->reverse) forget_gradient(l->reverse->params.b_hh);
    }
}

static void forget_fixed(ur_learner *l)
{
    for (size_t i = 0; i < l->model->param_count; i++)
        if (l->model->params[i].fixed) clear_gradient(l, &l->model->params[i]);
}

static ur_status gradients(ur_learner *l, const ur_batch *batch, const ur_carry *carry, ur_window_result *result,
                           ur_error *error)
{
    ur_tape tape;
    begin(l, &tape, true);
    if (!ur_tape_watch(&tape, l->model->layer_count)) return ur_tape_status(&tape, error);
    ur_learner_clear(l);
    UR_TRY(make_loss(l, &tape, batch, carry, result, error));
    if (!isfinite(result->loss)) return name_source(l, tape.watch, error);
    UR_TRY(ur_tape_backward(&tape, error));
    if (l->learning.one_bias) forget_second_biases(l->model);
    forget_fixed(l);
    return UR_OK;
}

ur_status ur_learner_gradients(ur_learner *l, const ur_batch *batch, const ur_carry *carry, ur_window_result *result,
                               ur_error *error)
{
    ur_status status = gradients(l, batch, carry, result, error);
    ur_arena_reset(&l->arena);
    return status;
}

static ur_status name_culprit(const ur_learner *l, ur_error *error)
{
    for (size_t i = 0; i < l->model->param_count; i++)
        for (size_t k = 0; k < l->model->params[i].size; k++)
            if (!isfinite(l->model->params[i].gradient[k]))
                return ur_fail(error, UR_ERR_NUMERIC,
                               "step %llu: the gradient of %s is not finite; a smaller `lr` or `clip-norm` may help",
                               (unsigned long long)l->step + 1, l->model->params[i].name);
    return ur_fail(error, UR_ERR_NUMERIC, "step %llu: the gradient is not finite", (unsigned long long)l->step + 1);
}

ur_status ur_learner_update(ur_learner *l, ur_error *error)
{
    ur_model *m = l->model;
    l->norm = ur_gradient_norm(&l->compute, m->gradients, m->numbers, l->norm_pieces);
    if (!isfinite(l->norm)) return name_culprit(l, error);
    ur_optimizer_update(&l->optimizer, &l->compute, &l->learning, l->learning.rate, l->norm, m->values, m->gradients);
    l->step++;
    ur_model_pack(m, l->compute.pool);
    return UR_OK;
}

/* The states to carry on from: those of the last training batch, which must have had as many lanes. */
static ur_status carried_states(const ur_learner *l, const ur_batch *batch, const ur_state **from, ur_error *error)
{
    size_t lanes = ur_network_lanes(l->model, batch);
    *from = batch->carry ? l->carried : NULL;
    if (batch->carry) UR_TRY(ur_check_streams(l->model, error));
    if (batch->carry && !lanes)
        return ur_fail(error, UR_ERR_USAGE, "states to carry: the batch's lines have different numbers of lanes");
    if (!*from || ur_state_lanes(*from) == lanes) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "states to carry: the batch has %zu lanes, the last one had %zu", lanes,
                   ur_state_lanes(*from));
}

/* Discards the carried states after a failure: they may not be finite, and then nothing that continues from them would
 * be. */
static void forget_carried(ur_learner *l)
{
    ur_state_free(l->carried);
    l->carried = NULL;
}

static ur_status carry_for(ur_learner *l, const ur_batch *batch, ur_carry *carry, ur_error *error)
{
    size_t lanes = ur_check_streams(l->model, NULL) == UR_OK ? ur_network_lanes(l->model, batch) : 0;
    *carry = (ur_carry){0};
    UR_TRY(carried_states(l, batch, &carry->from, error));
    if (l->carried && ur_state_lanes(l->carried) != lanes) forget_carried(l);
    if (lanes && !l->carried) UR_TRY(ur_state_make(&l->carried, l->model, lanes, error));
    carry->to = l->carried;
    return UR_OK;
}

static ur_status learn(ur_learner *l, const ur_batch *batch, double *loss, ur_error *error)
{
    ur_window_result result;
    ur_carry carry;
    UR_TRY(ur_network_check(l->model, batch, error));
    UR_TRY(carry_for(l, batch, &carry, error));
    UR_TRY(ur_learner_gradients(l, batch, &carry, &result, error));
    if (loss) *loss = result.loss;
    return ur_learner_update(l, error);
}

ur_status ur_learn(ur_learner *l, const ur_batch *batch, double *loss, ur_error *error)
{
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = learn(l, batch, loss, error);
    if (status == UR_ERR_NUMERIC) forget_carried(l);
    ur_float_mode_leave(mode);
    return status;
}

static ur_status evaluate(ur_learner *l, const ur_batch *batch, double *loss, ur_error *error)
{
    ur_window_result result;
    ur_carry carry = {0};
    UR_TRY(carried_states(l, batch, &carry.from, error));
    UR_TRY(ur_learner_forward(l, batch, &carry, &result, error));
    *loss = result.loss;
    return UR_OK;
}

ur_status ur_evaluate(ur_learner *l, const ur_batch *batch, double *loss, ur_error *error)
{
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = evaluate(l, batch, loss, error);
    ur_float_mode_leave(mode);
    return status;
}

/* What is asked for of a line: its numbers, its labels, or both. */
typedef struct ur_wanted {
    size_t line;
    ur_real *numbers;
    int32_t *labels;
} ur_wanted;

static ur_status predict_window(ur_learner *l, const ur_batch *batch, const ur_carry *carry, const ur_wanted *wanted,
                                ur_error *error)
{
    ur_tape tape;
    ur_value values[UR_LINES_MAX];
    begin(l, &tape, false);
    ur_tape_watch(&tape, l->model->layer_count);
    tape.kept = l->kept;
    if (!ur_graph_run(l->model, &tape, batch, carry, NULL, values)) return ur_tape_status(&tape, error);
    const ur_value *value = &values[wanted->line];
    const ur_tensor *y = value->y;
    if (!ur_live_finite(value)) return ur_fail_run(l->model, &tape, 0, error);
    for (size_t i = 0; wanted->numbers && i < y->steps * y->lanes; i++)
        memcpy(wanted->numbers + i * y->width, y->value + i * y->row, y->width * sizeof(real));
    return wanted->labels ? ur_line_labels(l->model, wanted->line, value, wanted->labels, error) : UR_OK;
}

static ur_status predict(ur_learner *l, const ur_batch *batch, const ur_wanted *wanted, ur_error *error)
{
    size_t line = wanted->line;
    ur_carry carry = {0};
    if (line >= l->model->line_count)
        return ur_fail(error, UR_ERR_USAGE, "line %zu of a network of %zu lines", line + 1, l->model->line_count);
    UR_TRY(ur_network_check(l->model, batch, error));
    UR_TRY(carried_states(l, batch, &carry.from, error));
    ur_status status = predict_window(l, batch, &carry, wanted, error);
    ur_arena_reset(&l->arena);
    return status;
}

static ur_status predict_wanted(ur_learner *l, const ur_batch *batch, ur_wanted wanted, ur_error *error)
{
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = predict(l, batch, &wanted, error);
    ur_float_mode_leave(mode);
    return status;
}

ur_status ur_predict_line(ur_learner *l, const ur_batch *batch, size_t line, ur_real *out, ur_error *error)
{
    return predict_wanted(l, batch, (ur_wanted){.line = line, .numbers = out}, error);
}

ur_status ur_predict_labels(ur_learner *l, const ur_batch *batch, size_t line, int32_t *labels, ur_error *error)
{
    return predict_wanted(l, batch, (ur_wanted){.line = line, .labels = labels}, error);
}

ur_status ur_predict(ur_learner *l, const ur_batch *batch, ur_real *out, ur_error *error)
{
    return ur_predict_line(l, batch, l->model->line_count - 1, out, error);
}
