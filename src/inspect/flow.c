/* A flow of gradients: creation, a run, and the results. See flow.h. */
#include "inspect/flow.h"

#include "base/float_mode.h"
#include "model/finite.h"
#include "train/learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- creation -------------------------------------------------------------------------------------------------- */

static ur_status check(const ur_model *m, ur_error *error)
{
    if (!ur_probe_layers(m))
        return ur_fail(error, UR_ERR_USAGE, "\"%s\" has no recurrent layer, so no gradient flows back through time",
                       m->net);
    if (m->weights != UR_WEIGHTS_F32)
        return ur_fail(error, UR_ERR_USAGE, "%s weights have no gradient; use the model's f32 file",
                       ur_weights_name(m->weights));
    return UR_OK;
}

ur_status ur_flow_check_ids(const ur_model *m, ur_error *error)
{
    if (m->line_count == 1 && m->lines[0].symbols && ur_check_streams(m, NULL) == UR_OK) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE,
                   "\"%s\": the gradient of token ids needs a network of one line that reads ids and gives an output "
                   "at every step, or after the last one (no bi, mean or max)",
                   m->net);
}

/* The slot in which the cell leaves its gate of that role, or −1 if it has none. */
static int slot_of(const ur_model *m, const ur_layer *l, ur_gate_role role)
{
    const ur_gate_name *gate = ur_cell_gate(ur_cell_back_find(l->spec.cell, ur_isa_index(m->kernels)), role);
    return gate ? gate->slot : -1;
}

/* Finds the gates to measure. For a cell without a keeping gate, or with a c that no gate shows, only the whole gradient is
 * measured. */
static void know_cell(const ur_model *m, ur_stream *s)
{
    s->kept_state = s->layer->recurrent.cell->states - 1u;
    s->show = slot_of(m, s->layer, UR_SHOWS);
    s->keep = slot_of(m, s->layer, UR_KEEPS);
    if (s->kept_state && s->show < 0) s->keep = -1;
}

static bool reads_from_end(const ur_model *m, const ur_layer *layer)
{
    for (size_t i = 0; i < m->line_count; i++)
        for (const ur_layer *l = &m->layers[m->lines[i].first]; l; l = l->behind)
            if (l->reverse == layer) return !m->lines[i].last;
    return false;
}

/* The index of the layer `last`, from which on there is one step; the number of layers if there is none. */
static size_t find_last(const ur_model *m)
{
    size_t i = 0;
    while (i < m->layer_count && !(m->layers[i].spec.kind == &ur_layer_last)) i++;
    return i;
}

/* Allocates the sums and the results of all layers as two blocks. */
static ur_status make_curves(ur_flow *f, ur_error *error)
{
    size_t numbers = f->settings.steps + 1, sums = f->stream_count * UR_FLOW_CURVES;
    size_t results = sums + 2 * f->stream_count;
    f->sums = calloc(sums * numbers, sizeof *f->sums);
    f->results = calloc(results * numbers, sizeof *f->results);
    if (!f->sums || !f->results) return ur_fail_memory(error, "the curves");
    double *result = f->results;
    for (size_t i = 0; i < f->stream_count; i++) {
        ur_stream *s = &f->streams[i];
        for (size_t c = 0; c < UR_FLOW_CURVES; c++, result += numbers) {
            s->curve[c] = f->sums + (i * UR_FLOW_CURVES + c) * numbers;
            s->mean[c] = result;
        }
        s->alive = result;
        s->sigma = result + numbers;
        result += 2 * numbers;
    }
    return UR_OK;
}

static ur_status create(ur_flow *f, ur_error *error)
{
    if (!f->settings.steps) f->settings.steps = UR_FLOW_STEPS;
    if (f->settings.steps > UR_FLOW_STEPS_MOST || f->settings.warm > UR_FLOW_STEPS_MOST)
        return ur_fail(error, UR_ERR_USAGE, "%zu steps back after %zu; the limit is %d each", f->settings.steps,
                       f->settings.warm, (int)UR_FLOW_STEPS_MOST);
    UR_TRY(check(f->model, error));
    UR_TRY(ur_probe_prepare_gradients(f->model, error));
    UR_TRY(ur_learner_pool(&f->pool, f->settings.threads, error));
    f->compute = (ur_compute){f->model->kernels, ur_train_kernels_of(f->model->kernels), f->pool};
    f->last = find_last(f->model);
    f->stream_count = ur_probe_layers(f->model);
    f->streams = calloc(f->stream_count, sizeof *f->streams);
    if (!f->streams) return ur_fail_memory(error, "the layers");
    for (size_t i = 0; i < f->stream_count; i++) {
        f->streams[i].layer = ur_probe_layer_of(f->model, i);
        f->streams[i].most = f->settings.steps;
        f->streams[i].from_end = reads_from_end(f->model, f->streams[i].layer);
        know_cell(f->model, &f->streams[i]);
    }
    return make_curves(f, error);
}

void ur_flow_free(ur_flow *f)
{
    if (!f) return;
    ur_arena_free(&f->arena);
    ur_pool_free(f->pool);
    free(f->streams);
    free(f->sums);
    free(f->results);
    free(f);
}

ur_status ur_flow_create(ur_flow **flow, ur_model *model, const ur_flow_settings *settings, ur_error *error)
{
    ur_flow *f = *flow = calloc(1, sizeof *f);
    if (!f) return ur_fail_memory(error, "a flow of gradients");
    f->model = model;
    if (settings) f->settings = *settings;
    ur_arena_init(&f->arena);
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = create(f, error);
    ur_float_mode_leave(mode);
    if (status == UR_OK) return UR_OK;
    ur_flow_free(f);
    *flow = NULL;
    return status;
}

/* ---- a run -------------------------------------------------------------------------------------------------------- */

/* Zeroed memory from the tape's arena. */
static real *clear(ur_tape *tape, size_t rows, size_t row)
{
    size_t numbers;
    if (!ur_mul_fits(rows, row, &numbers)) numbers = SIZE_MAX / sizeof(real);
    real *memory = ur_tape_alloc(tape, numbers, sizeof(real));
    if (memory) memset(memory, 0, numbers * sizeof(real));
    return memory;
}

void ur_flow_stream(ur_tape *tape, ur_stream *s, size_t lanes)
{
    size_t row = ur_padded(s->layer->units);
    s->direct = s->keep >= 0 && !s->kept_state ? clear(tape, lanes, row) : NULL;
    s->power = ur_tape_alloc(tape, lanes, sizeof *s->power);
    s->before = ur_tape_alloc(tape, lanes * UR_FLOW_BEFORE, sizeof *s->before);
    s->plus = s->show >= 0 ? ur_tape_alloc(tape, lanes * row, sizeof *s->plus) : NULL;
    if (s->power) memset(s->power, 0, lanes * sizeof *s->power);
}

static void make_stream(ur_flow *f, ur_tape *tape, size_t i)
{
    ur_stream *s = &f->streams[i];
    const ur_cell *cell = s->layer->recurrent.cell;
    size_t row = ur_padded(s->layer->units);
    s->window = &f->probing.windows[i];
    s->late = NULL;
    for (size_t k = 0; k < cell->states; k++) s->carry[k] = clear(tape, f->lanes, row);
    s->dsecond = cell->phases > 1 ? clear(tape, f->lanes, row) : NULL;
    ur_flow_stream(tape, s, f->lanes);
}

static ur_status forward(ur_flow *f, ur_tape *tape, const int32_t *ids, ur_error *error)
{
    ur_batch batch = {.input = {{.steps = f->steps, .lanes = f->lanes, .ids = ids}}};
    const ur_tensor *y = NULL;
    UR_TRY(ur_network_check(f->model, &batch, error));
    ur_tape_begin(tape, &f->compute, &f->arena, false);
    f->probing = (ur_probing){0};
    tape->probing = &f->probing;
    if (ur_tape_watch(tape, f->model->layer_count))
        y = (ur_network_head(f->model) ? ur_network_body : ur_network_run)(f->model, tape, &batch, NULL);
    f->watch = tape->watch;
    if (y && !ur_all_finite(y->value, ur_tensor_size(y))) return ur_fail_run(f->model, tape, 0, error);
    for (size_t i = 0; tape->status == UR_OK && i < f->stream_count; i++) make_stream(f, tape, i);
    return ur_tape_status(tape, error);
}

static ur_status check_next(const ur_flow *f, const int32_t *next, ur_error *error)
{
    size_t width = f->model->lines[0].width;
    if (width == 1) width = 2; /* the one output is the logit of a yes, so there are two answers */
    for (size_t b = 0; b < f->lanes; b++)
        if (next[b] < 0 || (size_t)next[b] >= width)
            return ur_fail(error, UR_ERR_DATA, "lane %zu: the next token, %d, is not below the %zu outputs", b,
                           (int)next[b], width);
    return UR_OK;
}

/* Computes the products of Jacobians, for the very first place only. */
static ur_status jacobians(ur_flow *f, ur_error *error)
{
    for (size_t i = 0; i < f->stream_count && !f->places && !f->settings.no_jacobian; i++) {
        ur_stream *s = &f->streams[i];
        s->has_sigma = s->layer->units * s->layer->recurrent.cell->states <= UR_JACOBIAN_MOST;
        if (s->has_sigma) UR_TRY(ur_jacobian_product(s->window, 0, f->settings.steps + 1, s->sigma, error));
    }
    return UR_OK;
}

static void look_at_moves(ur_stream *s)
{
    for (size_t k = 0; k < s->most; k++) {
        const ur_window step = ur_window_step(s->window, s->window->steps - 1 - k);
        ur_flow_moves(s, &step, k);
    }
}

static ur_status run(ur_flow *f, const int32_t *ids, const int32_t *next, ur_error *error)
{
    ur_tape tape;
    UR_TRY(check_next(f, next, error));
    UR_TRY(forward(f, &tape, ids, error));
    UR_TRY(jacobians(f, error));
    for (size_t i = 0; i < f->stream_count; i++) look_at_moves(&f->streams[i]);
    return ur_flow_back(f, next, error);
}

ur_status ur_flow_lanes(ur_flow *f, const int32_t *ids, const int32_t *next, size_t warm, size_t lanes, ur_error *error)
{
    UR_TRY(ur_flow_check_ids(f->model, error));
    if (!lanes) return ur_fail(error, UR_ERR_USAGE, "a flow of gradients needs at least one lane");
    f->lanes = lanes;
    f->steps = warm + f->settings.steps + 1;
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = run(f, ids, next, error);
    ur_float_mode_leave(mode);
    ur_arena_reset(&f->arena);
    if (status == UR_OK) f->places += lanes;
    return status;
}

ur_status ur_flow_ids(ur_flow *f, const int32_t *ids, const int32_t *next, size_t lanes, ur_error *error)
{
    return ur_flow_lanes(f, ids, next, f->settings.warm, lanes, error);
}

/* ---- results --------------------------------------------------------------------------------------------------- */

static double mean_of(const ur_flow_sum *sum) { return sum->count ? sum->sum / (double)sum->count : NAN; }

size_t ur_flow_places(const ur_flow *f) { return f->places; }

bool ur_flow_layer_at(ur_flow *f, size_t layer, ur_flow_layer *shown)
{
    if (layer >= f->stream_count || !f->places) return false;
    const ur_stream *s = &f->streams[layer];
    for (size_t k = 0; k <= f->settings.steps; k++) {
        for (size_t c = 0; c < UR_FLOW_CURVES; c++) s->mean[c][k] = mean_of(&s->curve[c][k]);
        s->alive[k] = (double)s->curve[UR_FLOW_H][k].count / (double)s->curve[UR_FLOW_H][k].met;
    }
    *shown = (ur_flow_layer){.cell = s->layer->recurrent.cell->name,
                             .units = s->layer->units,
                             .steps = f->settings.steps,
                             .h = s->mean[UR_FLOW_H],
                             .c = s->show >= 0 ? s->mean[UR_FLOW_C] : NULL,
                             .plus = s->show >= 0 ? s->mean[UR_FLOW_PLUS] : NULL,
                             .slopes = s->mean[UR_FLOW_SLOPES],
                             .recurrent = s->mean[UR_FLOW_RECURRENT],
                             .kept = s->keep >= 0 ? s->mean[UR_FLOW_KEPT] : NULL,
                             .jacobian = s->has_sigma ? s->sigma : NULL,
                             .alive = s->alive,
                             .h_moves = mean_of(&s->moves[0]),
                             .c_moves = s->show >= 0 ? mean_of(&s->moves[1]) : NAN};
    return true;
}
