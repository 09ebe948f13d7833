/* See probe.h and section 1 of unroll_inspect.h. */
#include "inspect/probe.h"

#include "base/float_mode.h"
#include "model/finite.h"
#include "train/learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Layers and signals ---------------------------------------------------------------------------------------- */

const ur_layer *ur_probe_layer_of(const ur_model *m, size_t layer)
{
    for (size_t i = 0; i < m->layer_count; i++) {
        const ur_layer *l = &m->layers[i];
        if (ur_is_recurrent(l) && layer-- == 0) return l;
        if (l->reverse && layer-- == 0) return l->reverse;
    }
    return NULL;
}

const ur_gate_name *ur_probe_gates(const ur_model *m, const ur_layer *l)
{
    return ur_cell_back_find(l->spec.cell, ur_isa_index(m->kernels))->gate;
}

size_t ur_probe_layers(const ur_model *m)
{
    size_t layers = 0;
    while (ur_probe_layer_of(m, layers)) layers++;
    return layers;
}

bool ur_probe_layer(const ur_model *m, size_t layer, size_t *units, const char **cell)
{
    const ur_layer *l = ur_probe_layer_of(m, layer);
    if (l && units) *units = l->units;
    if (l && cell) *cell = l->recurrent.cell->name;
    return l != NULL;
}

const char *ur_probe_line(const ur_model *m, size_t layer)
{
    const ur_layer *l = ur_probe_layer_of(m, layer);
    for (size_t i = 0; l && i < m->line_count; i++)
        for (const ur_layer *at = &m->layers[m->lines[i].first]; at; at = at->behind)
            if (at == l || at->reverse == l) return m->spec.lines[i].name;
    return NULL;
}

static size_t gate_count(const ur_gate_name *gate)
{
    size_t count = 0;
    while (count < UR_SLOTS_MAX && gate[count].name) count++;
    return count;
}

bool ur_probe_signal(const ur_model *m, size_t layer, size_t i, ur_signal *signal)
{
    static const char *const state_name[UR_STATES_MAX] = {"h", "c"};
    const ur_layer *l = ur_probe_layer_of(m, layer);
    if (!l) return false;
    const ur_gate_name *gate = ur_probe_gates(m, l);
    size_t gates = gate_count(gate), states = l->recurrent.cell->states;
    if (i >= gates + states) return false;
    if (i < gates)
        *signal = (ur_signal){gate[i].name, gate[i].role == UR_CANDIDATE ? UR_SIGNAL_VALUE : UR_SIGNAL_GATE};
    else
        *signal = (ur_signal){state_name[gates + states - 1 - i], UR_SIGNAL_STATE};
    return true;
}

size_t ur_probe_find(const ur_model *m, size_t layer, const char *name)
{
    ur_signal signal;
    for (size_t i = 0; ur_probe_signal(m, layer, i, &signal); i++)
        if (strcmp(signal.name, name) == 0) return i;
    return SIZE_MAX;
}

ur_status ur_probe_prepare_gradients(ur_model *m, ur_error *error)
{
    for (size_t i = 0; i < m->layer_count; i++) m->layers[i].dense.unpacked = false;
    return ur_model_prepare_training(m, error);
}

/* ---- A run ------------------------------------------------------------------------------------------------------- */

void ur_probe_free(ur_probe *p)
{
    if (!p) return;
    ur_state_free(p->carried);
    ur_arena_free(&p->arena);
    ur_pool_free(p->pool);
    free(p);
}

ur_status ur_probe_create(ur_probe **probe, const ur_model *model, size_t threads, ur_error *error)
{
    ur_probe *p = *probe = calloc(1, sizeof *p);
    if (!p) return ur_fail_memory(error, "a probe");
    p->model = model;
    ur_arena_init(&p->arena);
    ur_status status = ur_learner_pool(&p->pool, threads, error);
    p->compute = (ur_compute){model->kernels, ur_train_kernels_of(model->kernels), p->pool};
    if (status == UR_OK) return UR_OK;
    ur_probe_free(p);
    *probe = NULL;
    return status;
}

/* Allocates the states that are carried on, with as many lanes as the batch has. If lines differ in lanes, no states
 * are carried. */
static ur_status make_carried(ur_probe *p, const ur_batch *batch, ur_error *error)
{
    size_t before = p->carried ? ur_state_lanes(p->carried) : 0, lanes = ur_network_lanes(p->model, batch);
    if (batch->carry && !lanes)
        return ur_fail(error, UR_ERR_USAGE, "states to carry: the batch's lines have different numbers of lanes");
    if (before == lanes) return UR_OK;
    if (batch->carry && p->carried)
        return ur_fail(error, UR_ERR_USAGE, "states to carry: the batch has %zu lanes, the last one had %zu", lanes,
                       before);
    ur_state_free(p->carried);
    p->carried = NULL;
    return lanes ? ur_state_make(&p->carried, p->model, lanes, error) : UR_OK;
}

void ur_probe_begin(ur_probe *p, ur_tape *tape)
{
    ur_arena_reset(&p->arena);
    ur_tape_begin(tape, &p->compute, &p->arena, false);
    p->probing.seen = p->probing.room = 0;
    tape->probing = &p->probing;
    ur_tape_watch(tape, p->model->layer_count);
}

static ur_status run(ur_probe *p, const ur_batch *batch, ur_error *error)
{
    UR_TRY(ur_network_check(p->model, batch, error));
    if (batch->carry) UR_TRY(ur_check_streams(p->model, error));
    UR_TRY(make_carried(p, batch, error));
    ur_tape tape;
    ur_value values[UR_LINES_MAX];
    ur_probe_begin(p, &tape);
    ur_carry carry = {.from = batch->carry ? p->carried : NULL, .to = p->carried};
    if (!batch->carry) p->steps = 0;
    if (!ur_graph_run(p->model, &tape, batch, &carry, NULL, values)) return ur_tape_status(&tape, error);
    const ur_value *last = &values[p->model->line_count - 1];
    if (!ur_live_finite(last)) return ur_fail_run(p->model, &tape, p->steps, error);
    p->output = last->y;
    p->steps += batch->input[0].steps;
    return UR_OK;
}

ur_status ur_probe_run(ur_probe *p, const ur_batch *batch, ur_error *error)
{
    ur_float_mode mode = ur_float_mode_enter();
    p->output = NULL;
    ur_status status = run(p, batch, error);
    ur_float_mode_leave(mode);
    return status;
}

ur_status ur_probe_hold(ur_probe *p, size_t layer, size_t unit, const ur_real *values, ur_error *error)
{
    const ur_layer *l = ur_probe_layer_of(p->model, layer);
    if (values && (!l || unit >= l->units))
        return ur_fail(error, UR_ERR_USAGE, "no neuron %zu in recurrent layer %zu of \"%s\"", unit, layer,
                       p->model->net);
    for (size_t i = 0; values && i < l->recurrent.cell->states; i++)
        if (!isfinite(values[i]))
            return ur_fail(error, UR_ERR_NUMERIC, "neuron %zu cannot be held at %g", unit, (double)values[i]);
    p->probing.held = values != NULL;
    p->probing.layer = layer;
    p->probing.unit = unit;
    for (size_t s = 0; values && s < l->recurrent.cell->states; s++) p->probing.value[s] = values[s];
    return UR_OK;
}

/* ---- Results --------------------------------------------------------------------------------------------------- */

/* Reads one slot. Its numbers are in groups of 16, one group per unit block. */
static void read_slot(const ur_window *w, size_t slot, size_t step, size_t lane, ur_real *out)
{
    size_t units = w->layer->units, block = w->layer->cell->slots * (size_t)UR_LANES;
    const real *from = w->slots + (step * w->lanes + lane) * ur_slot_row(w->layer) + slot * UR_LANES;
    for (size_t u = 0; u < units; u += UR_LANES, from += block)
        memcpy(out + u, from, (units - u < UR_LANES ? units - u : UR_LANES) * sizeof *out);
}

const ur_window *ur_probe_window(const ur_probing *seen, const ur_layer *layer, size_t *step)
{
    for (size_t i = 0; i < seen->seen; i++) {
        const ur_window *w = &seen->windows[i];
        if (w->layer != &layer->recurrent) continue;
        if (*step < w->steps) return w;
        *step -= w->steps;
    }
    return NULL;
}

/* The window that holds a place; NULL if the last run has no such place, or if there was no run. */
static const ur_window *find_place(const ur_probe *p, size_t layer, size_t *step, size_t lane)
{
    const ur_layer *l = p->output ? ur_probe_layer_of(p->model, layer) : NULL;
    const ur_window *w = l ? ur_probe_window(&p->probing, l, step) : NULL;
    return w && lane < w->lanes ? w : NULL;
}

size_t ur_probe_lanes(const ur_probe *p, size_t layer)
{
    size_t first = 0;
    const ur_window *w = find_place(p, layer, &first, 0);
    return w ? w->lanes : 0;
}

size_t ur_probe_steps(const ur_probe *p, size_t layer, size_t lane)
{
    size_t steps = 0;
    for (;; steps++) {
        size_t step = steps;
        const ur_window *w = find_place(p, layer, &step, lane);
        if (!w || (w->live && !w->live[step * w->lanes + lane])) return steps;
    }
}

bool ur_probe_read(const ur_probe *p, size_t layer, size_t signal, size_t step, size_t lane, ur_real *out)
{
    ur_signal any;
    const ur_window *w = find_place(p, layer, &step, lane);
    if (!w || !ur_probe_signal(p->model, layer, signal, &any)) return false;
    const ur_gate_name *gate = ur_probe_gates(p->model, ur_probe_layer_of(p->model, layer));
    size_t gates = gate_count(gate), row = ur_padded(w->layer->units);
    if (signal < gates) {
        read_slot(w, gate[signal].slot, step, lane, out);
        return true;
    }
    size_t state = gates + w->layer->cell->states - 1 - signal;
    memcpy(out, w->state[state] + ((step + 1) * w->lanes + lane) * row, w->layer->units * sizeof *out);
    return true;
}

const ur_real *ur_probe_output(const ur_probe *p, size_t step, size_t lane)
{
    if (!p->output || step >= p->output->steps || lane >= p->output->lanes) return NULL;
    return p->output->value + (step * p->output->lanes + lane) * p->output->row;
}

double ur_probe_log_probability(const ur_probe *p, size_t step, size_t lane, int32_t id)
{
    const ur_real *logits = ur_probe_output(p, step, lane);
    if (!logits || id < 0 || (size_t)id >= p->output->width) return NAN;
    return -p->compute.train->softmax_loss(logits, p->output->width, id, 1, NULL);
}
