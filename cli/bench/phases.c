/*
 * Where the time of a pass goes. The library's own steps are called one by one in the order of a pass, on the same
 * data, and the clock is read between them. The library itself contains no timing. The only step without a call of its
 * own is the recurrent sweep: the input product is computed twice, and its time is subtracted from that of the whole
 * forward half.
 */
#include "cli/bench/run.h"

#include "cli/support/clock.h"

#include "base/error.h"
#include "layer/window.h"
#include "model/network.h"
#include "train/learner.h"

#include <string.h>

enum { LAYERS_MAX = UR_BENCH_LAYERS_MAX, PASSES_MAX = 256, PASSES_LEAST = 3 };

typedef enum phase {
    CLEAR,
    EMBED,
    COPY,
    INPUT,
    FORWARD, /* the sweep, once the time of INPUT is subtracted */
    OUTPUT,
    LOSS,
    OUTPUT_BACK,
    BACKWARD,
    INPUT_BACK,
    WEIGHTS,
    EMBED_BACK,
    UPDATE,
    PACK,
    PHASES
} phase;

static const char *const NAMES[PHASES] = {
    "clear gradients",
    "embedding",
    "copy in",
    "input products",
    "recurrent sweep",
    "output layer",
    "loss",
    "output gradients",
    "backward sweep",
    "input gradients",
    "weight gradients",
    "embedding gradients",
    "clip and update",
    "pack weights",
};

typedef struct taking {
    ur_bench_run *run;
    ur_compute compute;
    ur_arena *arena;
    ur_window window[LAYERS_MAX]; /* one per recurrent layer */
    const ur_layer *layer[LAYERS_MAX];
    size_t layers, pass;
    double mark, seconds[PHASES][PASSES_MAX];
} taking;

static void lap(taking *t, phase which)
{
    double now = ur_cli_now();
    t->seconds[which][t->pass] += now - t->mark;
    t->mark = now;
}

/* Computes the forward product of a window's inputs, as ur_window_forward does first. */
static void input_product(const ur_window *w)
{
    const ur_window inputs = ur_window_of_inputs(w);
    const ur_recurrent *l = w->layer;
    const ur_slot_range *in = &l->cell->input;
    bool whole = in->count == l->cell->slots;
    const ur_product product = {.a = w->x,
                                .a_row = ur_padded(l->inputs),
                                .inner = l->inputs,
                                .outer = 1,
                                .b = l->in,
                                .bias = l->bias,
                                .start = UR_START_BIAS,
                                .c = inputs.slots + in->first * 16,
                                .c_row = ur_slot_row(l),
                                .c_group = whole ? 0 : l->cell->slots * 16u,
                                .group = whole ? l->cell->slots * ur_unit_blocks(l) : in->count};
    ur_compute_product(w->compute, &product, inputs.steps * inputs.lanes, ur_unit_blocks(l) * in->count);
}

static real *numbers(taking *t, size_t count) { return ur_arena_alloc(t->arena, count, sizeof(real)); }

static ur_status window_room(taking *t, ur_window *w, ur_error *error)
{
    size_t step = w->lanes * ur_padded(w->layer->units);
    w->slots = numbers(t, w->steps * w->lanes * ur_slot_row(w->layer));
    if (w->rows) w->table = numbers(t, w->rows * ur_slot_row(w->layer));
    bool all = w->slots && (w->table || !w->rows);
    for (int s = 0; s < w->layer->cell->states; s++) {
        w->state[s] = numbers(t, (w->steps + 1) * step);
        w->carry[s] = numbers(t, step);
        all = all && w->state[s] && w->carry[s];
        if (w->state[s]) memset(w->state[s], 0, step * sizeof(real));
        if (w->carry[s]) memset(w->carry[s], 0, step * sizeof(real));
    }
    if (w->layer->cell->phases > 1) {
        w->second = numbers(t, w->steps * step);
        w->dsecond = numbers(t, step);
        all = all && w->second && w->dsecond;
    }
    return all ? UR_OK : ur_fail_memory(error, "a window");
}

/* Runs all recurrent layers. *x is the first one's input and becomes the last one's output. If `rows` is not 0, *x has
 * that many rows and the ids choose among them; if it is 0, *x has a row for each place. */
static ur_status layers_forward(taking *t, const real **x, size_t rows, ur_error *error)
{
    for (size_t i = 0; i < t->layers; i++) {
        ur_window *w = &t->window[i];
        *w = (ur_window){.layer = &t->layer[i]->recurrent,
                         .compute = &t->compute,
                         .steps = t->run->work->steps,
                         .lanes = t->run->work->lanes,
                         .rows = i == 0 ? rows : 0,
                         .ids = t->run->ids,
                         .x = *x};
        UR_TRY(window_room(t, w, error));
        t->mark = ur_cli_now();
        input_product(w);
        lap(t, INPUT);
        ur_window_forward(w);
        lap(t, FORWARD);
        *x = w->state[0] + w->lanes * ur_padded(w->layer->units);
    }
    return UR_OK;
}

/* *dy is the gradient of the last layer's output and becomes the gradient of the first one's input. */
static ur_status layers_backward(taking *t, real **dy, ur_error *error)
{
    for (size_t i = t->layers; i-- > 0;) {
        ur_window *w = &t->window[i];
        const ur_recurrent_params *p = &t->layer[i]->params;
        const ur_recurrent_gradients into = {p->w_ih->gradient, p->w_hh->gradient, p->b_ih->gradient,
                                             p->b_hh->gradient};
        ur_tape tape;
        ur_tape_begin(&tape, w->compute, t->arena, true);
        w->dy = *dy;
        *dy = numbers(t, (w->rows ? w->rows : w->steps * w->lanes) * ur_padded(w->layer->inputs));
        if (!*dy) return ur_fail_memory(error, "a window");
        t->mark = ur_cli_now();
        ur_window_backward(w);
        lap(t, BACKWARD);
        UR_TRY(ur_window_sum_rows(w, t->arena, error));
        lap(t, EMBED_BACK);
        ur_window_input_gradient(w, *dy, false);
        lap(t, INPUT_BACK);
        ur_window_weight_gradients(w, &into, &tape);
        UR_TRY(ur_tape_status(&tape, error));
        lap(t, WEIGHTS);
    }
    return UR_OK;
}

static bool is_wide(const taking *t) { return ur_wide_head(t->run->model) != NULL; }

static void head_loss(taking *t, ur_tape *tape, const ur_layer *last, ur_tensor *x, double scale)
{
    const int32_t *targets = t->run->batch.target[0].ids;
    if (t->run->work->sampled) {
        ur_sampled_softmax_loss(tape, &last->dense, x, targets, &t->run->learner->sampler, scale, &t->run->loss);
    } else if (is_wide(t)) {
        ur_dense_softmax_loss(tape, &last->dense, x, targets, scale, &t->run->loss);
    } else {
        ur_tensor *y = ur_dense_layer(tape, &last->dense, x);
        lap(t, OUTPUT);
        if (y) ur_softmax_loss(tape, y, targets, scale, &t->run->loss);
        lap(t, LOSS);
    }
    t->run->loss *= scale;
}

/* Runs the output layer on the last recurrent layer's output, forward and backward, and gives the gradient of that
 * output. If there are many outputs, layer and loss are one operation, and all its time counts as the output
 * layer's. */
static ur_status head(taking *t, const real *x, real **dx, ur_error *error)
{
    const ur_bench_work *work = t->run->work;
    const ur_layer *last = &t->run->model->layers[t->run->model->layer_count - 1];
    ur_tape tape;
    ur_tape_begin(&tape, &t->compute, t->arena, true);
    ur_tensor *in = ur_tensor_on(&tape, (real *)x, work->steps, work->lanes, work->hidden);
    t->mark = ur_cli_now();
    if (in) head_loss(t, &tape, last, in, 1 / (double)(work->steps * work->lanes));
    UR_TRY(ur_tape_status(&tape, error));
    UR_TRY(ur_tape_backward(&tape, error));
    lap(t, is_wide(t) ? OUTPUT : OUTPUT_BACK);
    *dx = in->gradient;
    return UR_OK;
}

static void update(taking *t)
{
    ur_learner *l = t->run->learner;
    ur_model *m = l->model;
    t->mark = ur_cli_now();
    l->norm = ur_gradient_norm(&t->compute, m->gradients, m->numbers, l->norm_pieces);
    ur_optimizer_update(&l->optimizer, &t->compute, &l->learning, l->learning.rate, l->norm, m->values, m->gradients);
    lap(t, UPDATE);
    ur_model_pack(m, t->compute.pool);
    lap(t, PACK);
}

static ur_status train_pass(taking *t, ur_error *error)
{
    const ur_bench_run *r = t->run;
    real *d = NULL;
    ur_tape tape;
    t->mark = ur_cli_now();
    ur_learner_clear(r->learner);
    lap(t, CLEAR);
    ur_tape_begin(&tape, &t->compute, t->arena, true);
    const ur_param *embed = r->model->layers[0].embed;
    bool by_rows = ur_embed_by_rows(r->model->layers, r->work->steps * r->work->lanes);
    ur_tensor *in =
        by_rows ? ur_embed_rows(&tape, embed) : ur_embed(&tape, embed, r->ids, r->work->steps, r->work->lanes);
    lap(t, EMBED);
    UR_TRY(ur_tape_status(&tape, error));
    const real *x = in->value;
    UR_TRY(layers_forward(t, &x, by_rows ? in->steps : 0, error));
    UR_TRY(head(t, x, &d, error));
    UR_TRY(layers_backward(t, &d, error));
    in->gradient = d;
    t->mark = ur_cli_now();
    UR_TRY(ur_tape_backward(&tape, error));
    lap(t, EMBED_BACK);
    update(t);
    return UR_OK;
}

static ur_status infer_pass(taking *t, ur_error *error)
{
    const ur_bench_work *w = t->run->work;
    ur_tape tape;
    ur_tape_begin(&tape, &t->compute, t->arena, false);
    t->mark = ur_cli_now();
    ur_tensor *in = ur_tensor_from(&tape, t->run->x, w->steps, w->lanes, w->hidden, false);
    lap(t, COPY);
    UR_TRY(ur_tape_status(&tape, error));
    const real *x = in->value;
    return layers_forward(t, &x, 0, error);
}

static ur_status one_pass(taking *t, ur_error *error)
{
    ur_arena_reset(t->arena);
    for (int p = 0; p < PHASES; p++) t->seconds[p][t->pass] = 0;
    return t->run->learner ? train_pass(t, error) : infer_pass(t, error);
}

/* ---- Summary ---------------------------------------------------------------------------------------------------- */

static void count_operations(const taking *t, double flops[PHASES])
{
    const ur_bench_work *w = t->run->work;
    double tokens = (double)(w->steps * w->lanes);
    memset(flops, 0, PHASES * sizeof *flops);
    for (size_t i = 0; i < t->layers; i++) {
        const ur_recurrent *l = &t->layer[i]->recurrent;
        double a_row = 2 * tokens * (double)l->units * l->cell->gates;
        double rows = (double)t->window[i].rows, recurrent = a_row * (double)l->units;
        double input = a_row * (double)l->inputs * (rows > 0 ? rows / tokens : 1);
        flops[INPUT] += input;
        flops[FORWARD] += recurrent;
        flops[BACKWARD] += recurrent;
        flops[INPUT_BACK] += input;
        flops[WEIGHTS] += input + recurrent;
    }
    flops[OUTPUT] = 2 * tokens * (double)w->hidden * (double)(w->sampled ? w->sampled : w->symbols);
    flops[is_wide(t) ? OUTPUT : OUTPUT_BACK] += 2 * flops[OUTPUT];
}

/* Leaves out the first pass, in which the arena grew. */
static size_t summarize(taking *t, ur_bench_phase phases[UR_BENCH_PHASES_MAX])
{
    double flops[PHASES], seconds[PHASES];
    size_t count = 0;
    count_operations(t, flops);
    for (int p = 0; p < PHASES; p++) seconds[p] = ur_bench_median(t->seconds[p] + 1, t->pass - 1);
    seconds[FORWARD] -= seconds[INPUT];
    for (int p = 0; p < PHASES; p++)
        if (seconds[p] > 0) phases[count++] = (ur_bench_phase){NAMES[p], seconds[p], flops[p]};
    return count;
}

static ur_status measure(taking *t, double seconds, ur_bench_phase phases[UR_BENCH_PHASES_MAX], size_t *count,
                         ur_error *error)
{
    const ur_model *m = t->run->model;
    for (size_t i = 0; i < m->layer_count && t->layers < LAYERS_MAX; i++)
        if (ur_is_recurrent(&m->layers[i])) t->layer[t->layers++] = &m->layers[i];
    double begin = ur_cli_now();
    for (; t->pass < PASSES_MAX; t->pass++) {
        if (t->pass > PASSES_LEAST && ur_cli_now() - begin >= seconds) break;
        UR_TRY(one_pass(t, error));
    }
    *count = summarize(t, phases);
    return UR_OK;
}

ur_status ur_bench_phases_measure(ur_bench_run *run, double seconds, ur_bench_phase phases[UR_BENCH_PHASES_MAX],
                                  size_t *count, ur_error *error)
{
    *count = 0;
    if (run->work->kind == UR_BENCH_STEP) return UR_OK;
    const ur_kernels *kernels = run->model->kernels;
    taking t = {.run = run,
                .compute = {kernels, ur_train_kernels_of(kernels), run->learner ? run->learner->pool : run->pool},
                .arena = run->learner ? &run->learner->arena : &run->arena};
    return measure(&t, seconds, phases, count, error);
}
