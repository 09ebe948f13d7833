/*
 * A cell of cell.inc as a kind of layer. Names are those of nn.RNN, nn.LSTM and nn.GRU: rnn.weight_ih_l0,
 * rnn.weight_hh_l0, rnn.bias_ih_l0, rnn.bias_hh_l0, and _l1, _l2 … for the layers of a stack. A layer continues the
 * stack before it if cell, width, activation and biases are the same and nothing but dropout is between them. Otherwise
 * it begins rnn2, rnn3 and so on. A cell that is no PyTorch module gives its own name to its stack (gru_before).
 *
 * With `from` the initial states are the final states of another line's cell, or, if that line has no cell at this
 * place, the mean of its output. If the widths differ, there is a bridge, h = W x + b for each state:
 * bridge.h_l0.weight.
 *
 * With bi a second cell reads each sequence from its end. Its names end in _reverse, and its output comes after that of
 * the first.
 */
#include "layer/kind.h"
#include "tape/operations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* drop= counts only if another cell layer of the line follows. */
static bool cell_follows(const ur_layer *l)
{
    const ur_layer *k = l->behind;
    while (k && k->spec.kind != l->spec.kind) k = k->behind;
    return k != NULL;
}

/* The sizes of one direction. */
static ur_status resolve_direction(ur_layer *l, size_t isa, ur_error *error)
{
    l->units = l->width = l->spec.width;
    l->recurrent = (ur_recurrent){.cell = ur_cell_find(l->spec.cell, isa),
                                  .inputs = l->inputs,
                                  .units = l->units,
                                  .activation = l->spec.activation,
                                  .symbols = l->before && l->before->as_ids};
    if (!l->recurrent.cell) return ur_cell_missing(l->spec.cell, error);
    l->depth = l->recurrent.symbols || l->inputs < l->units ? l->units : l->inputs;
    return UR_OK;
}

/* The recurrent layer of the named line that has the same position among its line's cells; NULL if there is none. */
static const ur_layer *find_giver(const ur_layer *l)
{
    size_t place = 0;
    const ur_layer *k = ur_first_of_line(l->named);
    for (const ur_layer *i = l->before; i; i = i->before) place += ur_is_recurrent(i) ? 1 : 0;
    while (k && !(ur_is_recurrent(k) && place-- == 0)) k = k->behind;
    return k;
}

/* Finds the source of the initial states: a cell of the other line, or the mean of the line's output. */
static void resolve_states(ur_layer *l)
{
    l->giver = find_giver(l);
    size_t given = l->giver ? l->giver->width : l->named->width;
    for (size_t s = 0; s < l->states && given != l->units; s++)
        l->bridge[s] = (ur_dense){.inputs = given, .outputs = l->units};
    if (given != l->units && given > l->depth) l->depth = given;
}

/* With bi no states are carried from window to window: the cell that reads from the end would have to begin in a part
 * of the sequence that is not known yet. */
static ur_status resolve_cell(ur_layer *l, const ur_layer_sizes *sizes, ur_error *error)
{
    UR_TRY(resolve_direction(l, sizes->isa, error));
    if (cell_follows(l)) l->drop = l->spec.drop;
    if (!l->spec.bi) {
        l->states = l->recurrent.cell->states;
        if (l->named) resolve_states(l);
        return UR_OK;
    }
    l->reverse = malloc(sizeof *l->reverse);
    if (!l->reverse) return ur_fail_memory(error, "a layer");
    *l->reverse = *l;
    l->reverse->reverse = NULL;
    l->width = 2 * l->units;
    return UR_OK;
}

/* ---- names -------------------------------------------------------------------------------------------------------- */

static bool goes_on(const ur_naming *n, const ur_layer *l)
{
    const ur_layer *s = n->stack;
    return s && strcmp(s->spec.cell, l->spec.cell) == 0 && s->width == l->width && l->inputs == s->width &&
           s->spec.activation == l->spec.activation && s->spec.nobias == l->spec.nobias && s->spec.bi == l->spec.bi;
}

static const char *module_of(const ur_layer *l)
{
    if (l->spec.activation == UR_SIGMOID) return "rnn_sigmoid"; /* nn.RNN has only tanh and relu */
    return l->recurrent.cell->module ? "rnn" : l->spec.cell;
}

static void begin_stack(ur_naming *n, const ur_layer *l)
{
    char number[16] = "";
    n->depth = 0;
    if (++n->stacks > 1) snprintf(number, sizeof number, "%d", n->stacks);
    snprintf(n->stack_name, sizeof n->stack_name, "%s%s", module_of(l), number);
    for (char *c = n->stack_name; *c; c++)
        if (*c == '-') *c = '_';
}

static const ur_param *name_one(ur_naming *n, const ur_layer *l, const char *kind, size_t columns, const char *end)
{
    char what[32];
    snprintf(what, sizeof what, "%s_l%d%s", kind, n->depth, end);
    return ur_name_param(n, n->stack_name, what, l->recurrent.cell->gates * l->units, columns,
                         1 / sqrt((double)l->units));
}

static ur_status name_direction(ur_naming *n, ur_layer *l, const char *end)
{
    ur_recurrent_params *p = &l->params;
    if (!(p->w_ih = name_one(n, l, "weight_ih", l->inputs, end))) return UR_ERR_USAGE;
    if (!(p->w_hh = name_one(n, l, "weight_hh", l->units, end))) return UR_ERR_USAGE;
    if (!l->spec.nobias && !(p->b_ih = name_one(n, l, "bias_ih", 0, end))) return UR_ERR_USAGE;
    if (!l->spec.nobias && !(p->b_hh = name_one(n, l, "bias_hh", 0, end))) return UR_ERR_USAGE;
    return UR_OK;
}

/* bridge.h_l0.weight, bridge2.c_l1.bias and so on, with the numbers of the stacks. */
static ur_status name_bridge(ur_naming *n, ur_dense *d, char state)
{
    char owner[40], weight[32], bias[32];
    double spread = 1 / sqrt((double)d->inputs);
    snprintf(owner, sizeof owner, n->stacks > 1 ? "bridge%d" : "bridge", n->stacks);
    snprintf(weight, sizeof weight, "%c_l%d.weight", state, n->depth);
    snprintf(bias, sizeof bias, "%c_l%d.bias", state, n->depth);
    if (!(d->weight = ur_name_param(n, owner, weight, d->outputs, d->inputs, spread))) return UR_ERR_USAGE;
    return (d->bias = ur_name_param(n, owner, bias, d->outputs, 0, spread)) ? UR_OK : UR_ERR_USAGE;
}

static ur_status name_cell(ur_naming *n, ur_layer *l)
{
    if (!goes_on(n, l)) begin_stack(n, l);
    UR_TRY(name_direction(n, l, ""));
    if (l->reverse) UR_TRY(name_direction(n, l->reverse, "_reverse"));
    for (size_t i = 0; i < l->states && l->bridge[i].inputs; i++) UR_TRY(name_bridge(n, &l->bridge[i], "hc"[i]));
    n->stack = l;
    n->depth++;
    return UR_OK;
}

/* ---- packed weights ----------------------------------------------------------------------------------------------- */

static size_t place_bridges(ur_layer *l, real *memory, const ur_packing *p)
{
    size_t size = 0;
    for (size_t s = 0; s < l->states && l->bridge[s].weight; s++) {
        l->bridge[s].weights = p->weights;
        if (memory) ur_dense_place(&l->bridge[s], memory + size, p->training);
        size += ur_dense_packed_size(&l->bridge[s], p->training);
    }
    return size;
}

static size_t place_cell(ur_layer *l, real *memory, const ur_packing *p)
{
    l->recurrent.weights = p->weights;
    size_t size = ur_recurrent_packed_size(&l->recurrent, p->training);
    if (memory) ur_recurrent_place(&l->recurrent, memory, p->training);
    if (memory) ur_recurrent_plan_step(&l->recurrent, p->most);
    if (l->reverse) return size + place_cell(l->reverse, memory ? memory + size : NULL, p);
    return size + place_bridges(l, memory ? memory + size : NULL, p);
}

static const real *value_of(const ur_param *param) { return param ? param->value : NULL; }

static void pack_cell(ur_layer *l, bool training, ur_turn *turn)
{
    const ur_recurrent_weights w = {value_of(l->params.w_ih), value_of(l->params.w_hh), value_of(l->params.b_ih),
                                    value_of(l->params.b_hh)};
    ur_recurrent_pack(&l->recurrent, &w, training, turn);
    if (l->reverse) pack_cell(l->reverse, training, turn);
    for (size_t s = 0; s < l->states && l->bridge[s].weight; s++) ur_dense_pack(&l->bridge[s], turn);
}

/* ---- a step ------------------------------------------------------------------------------------------------------- */

static void make_room(const ur_layer *l, ur_room *room)
{
    size_t slots = ur_slot_row(&l->recurrent), second = l->recurrent.cell->phases > 1 ? ur_padded(l->units) : 0;
    if (slots > room->slots) room->slots = slots;
    if (second > room->second) room->second = second;
}

static void step_lane(ur_stepping *w, const ur_layer *l)
{
    ur_step_work step;
    step.layer = &l->recurrent;
    step.compute = &w->compute;
    step.x = l->recurrent.symbols ? NULL : w->x;
    step.id = l->recurrent.symbols ? (size_t)w->ids[0] : 0;
    step.slots = w->slots;
    step.second = w->second;
    step.backwards = w->backwards;
    for (size_t i = 0; i < l->states; i++) step.state[i] = ur_step_state(w, l->state + i);
    step.h = w->x == w->free ? w->other : w->free;
    ur_recurrent_step(&step);
    w->x = step.state[0];
}

/* A window of one step that works on the state itself. The output is h. */
static void step_lanes(ur_stepping *w, const ur_layer *l)
{
    ur_window window = {.layer = &l->recurrent,
                        .compute = &w->compute,
                        .steps = 1,
                        .lanes = w->lanes,
                        .x = w->x,
                        .ids = w->ids,
                        .slots = w->slots,
                        .second = w->second,
                        .in_place = true};
    for (size_t i = 0; i < l->states; i++) window.state[i] = ur_step_state(w, l->state + i);
    ur_window_forward(&window);
    w->x = window.state[0];
}

static void step_cell(ur_stepping *w, const ur_layer *l)
{
    if (w->lanes == 1 && l->recurrent.weights == UR_WEIGHTS_F32)
        step_lane(w, l);
    else
        step_lanes(w, l);
}

/* ---- a window ----------------------------------------------------------------------------------------------------- */

static ur_tensor *run_direction(ur_running *r, const ur_layer *l, ur_tensor *x, const int32_t *ids,
                                ur_tensor *const initial[], ur_tensor *ends[])
{
    return ur_recurrent_layer(r->tape, &l->recurrent, &l->params, x, ids, r->steps, r->lanes, initial, r->live, ends);
}

/* The second cell reads each sequence in reverse order. Its output is reversed again and put after the first cell's. */
static ur_tensor *run_both(ur_running *r, const ur_layer *l, ur_tensor *x, const int32_t *ids)
{
    ur_tape *tape = r->tape;
    ur_tensor *ends[UR_STATES_MAX] = {NULL};
    ur_tensor *y = run_direction(r, l, x, ids, NULL, r->final_state);
    if (x && !ids) x = ur_reverse(tape, x, r->lengths);
    if (ids) ids = ur_reverse_ids(tape, ids, r->steps, r->lanes, r->lengths);
    ur_tensor *back = run_direction(r, l->reverse, x, ids, NULL, ends);
    for (size_t s = 0; s < l->recurrent.cell->states; s++)
        r->final_state[s] = ur_concat(tape, r->final_state[s], ends[s]);
    r->turned = l->units;
    r->turned_end = l->width;
    return ur_concat(tape, y, ur_reverse(tape, back, r->lengths));
}

static ur_tensor *run_cell(ur_running *r, const ur_layer *l, ur_tensor *x)
{
    const int32_t *ids = l->recurrent.symbols || r->picks ? r->ids : NULL;
    r->picks = false;
    return l->reverse ? run_both(r, l, x, ids) : run_direction(r, l, x, ids, r->initial, r->final_state);
}

static void train_cell(ur_layer *l, size_t isa)
{
    l->recurrent.back = ur_cell_back_find(l->spec.cell, isa);
    if (l->reverse) l->reverse->recurrent.back = l->recurrent.back;
}

const ur_layer_kind ur_layer_recurrent = {.least = 1,
                                          .most = 1,
                                          .number = {UR_NUMBER_WIDTH},
                                          .wants = "a width",
                                          .example = "128",
                                          .options = UR_TAKES_NOBIAS | UR_TAKES_DROP | UR_TAKES_SAME | UR_TAKES_FROM |
                                                     UR_TAKES_BI | UR_TAKES_TIMES,
                                          .in_time = true,
                                          .picks = true,
                                          .resolve = resolve_cell,
                                          .name = name_cell,
                                          .place = place_cell,
                                          .pack = pack_cell,
                                          .make_room = make_room,
                                          .step = step_cell};
const ur_layer_run ur_layer_run_recurrent = {.run = run_cell, .train = train_cell};
