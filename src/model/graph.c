/* See graph.h. */
#include "model/graph.h"

#include "model/alike.h"
#include "model/known.h"
#include "tape/operations.h"

#include <string.h>

/* ---- one line ----------------------------------------------------------------------------------------------------- */

/* A line that is being run. */
typedef struct ur_line_running {
    ur_running at;
    const ur_model *m;
    const ur_line_call *call;
    const ur_value *values;      /* of the lines before */
    const ur_line_states *given; /* initial states; NULL if none are given */
    size_t cells;                /* number of recurrent layers so far */
    ur_line_states states;       /* final states of these layers */
} ur_line_running;

/* The first recurrent layer from l on; NULL if there is none. */
static const ur_layer *find_cell(const ur_layer *l)
{
    while (l && !ur_is_recurrent(l)) l = l->behind;
    return l;
}

static const ur_layer *first_cell(const ur_model *m, size_t line)
{
    return find_cell(&m->layers[m->lines[line].first]);
}

/* (T, B) flags from lengths; NULL if all lanes are whole. */
static const unsigned char *live_flags(ur_tape *tape, const ur_shape *s)
{
    size_t whole = 0;
    while (s->lengths && whole < s->lanes && (size_t)s->lengths[whole] == s->steps) whole++;
    unsigned char *live = s->lengths && whole < s->lanes ? ur_tape_alloc(tape, s->steps, s->lanes) : NULL;
    for (size_t t = 0; live && t < s->steps; t++)
        for (size_t b = 0; b < s->lanes; b++) live[t * s->lanes + b] = (size_t)s->lengths[b] > t;
    return live;
}

/* The initial states from the line after `from`: the final states of its cell, or the mean of a line without cells.
 * Goes over a bridge if the widths differ. */
static void take_states(ur_line_running *r, const ur_layer *l)
{
    const ur_value *from = &r->values[l->named_line];
    ur_tensor *mean = from->y;
    if (!l->giver && !from->shape.ended) mean = ur_mean(r->at.tape, from->y, from->shape.lengths);
    for (size_t s = 0; s < l->states; s++) {
        ur_tensor *state = l->giver ? from->states.of[r->cells][s] : mean;
        r->at.initial[s] = l->bridge[s].weight ? ur_dense_layer(r->at.tape, &l->bridge[s], state) : state;
    }
}

static void begin_states(ur_line_running *r, const ur_layer *l)
{
    const ur_line_states *given = r->given;
    for (size_t s = 0; s < l->states; s++) r->at.initial[s] = given ? given->of[r->cells][s] : NULL;
    if (l->states && l->named && !given) take_states(r, l);
}

static void end_states(ur_line_running *r, const ur_layer *l)
{
    if (!ur_is_recurrent(l)) return;
    memcpy((void *)r->states.of[r->cells++], (const void *)r->at.final_state, sizeof r->at.final_state);
}

/* Sets the steps that the following layers see. */
static void leave_steps(ur_running *at, const ur_layer *l)
{
    at->ended = at->ended || l->spec.kind->ends_time;
    if (!l->spec.kind->makes_steps) return;
    at->steps = ur_steps_made(l);
    at->lengths = NULL;
    at->live = NULL;
}

static void read_line(ur_line_running *r, const ur_value *named)
{
    r->at.named = named->y;
    r->at.named_ended = named->shape.ended;
    r->at.named_lengths = named->shape.lengths;
}

static ur_tensor *run_layer(ur_line_running *r, const ur_layer *l, ur_tensor *x)
{
    ur_tape *tape = r->at.tape;
    size_t number = (size_t)(l - r->m->layers);
    begin_states(r, l);
    if (l->named) read_line(r, &r->values[l->named_line]);
    if (r->call->kept && !l->before)
        x = ur_dense_go_on(tape, r->call->kept, x);
    else
        x = ur_layer_run_of(l->spec.kind)->run(&r->at, l, x);
    if (tape->status != UR_OK) return NULL;
    end_states(r, l);
    leave_steps(&r->at, l);
    if (!l->reverse && !l->spec.kind->passes && !l->spec.kind->joins) r->at.turned = r->at.turned_end;
    if (l->drop > 0) x = ur_dropout(tape, x, l->drop, (uint32_t)number, l->spec.same, r->states.steps);
    if (tape->watch) tape->watch[number] = x;
    return x;
}

/* ---- feed --------------------------------------------------------------------------------------------------------- */

/* The output that is fed to the first step. */
static ur_tensor *first_fed(const ur_line_running *r, size_t width)
{
    if (r->given && r->given->fed) return r->given->fed;
    ur_tensor *zeros = ur_tensor_make(r->at.tape, 1, r->at.lanes, width);
    if (!zeros) return NULL;
    memset(zeros->value, 0, ur_tensor_size(zeros) * sizeof(real));
    zeros->wanted = false;
    return zeros;
}

/* One step of the layers from a cell to the line's attend, whose output is fed back. */
static ur_tensor *run_fed_step(ur_line_running *r, const ur_layer *cell, ur_tensor *x)
{
    const ur_layer *l = cell;
    for (; !l->spec.feed; l = l->behind) x = run_layer(r, l, x);
    return run_layer(r, l, x);
}

/* All steps. The cell reads x and the attend output of the step before (Luong, Pham and Manning 2015). */
static ur_tensor *run_fed(ur_line_running *r, const ur_layer *cell, ur_tensor *x)
{
    ur_tape *tape = r->at.tape;
    const ur_running whole = r->at;
    const size_t cells = r->cells, begun = r->states.steps;
    const bool stepped = tape->stepped;
    ur_line_states before;
    ur_tensor **y = ur_tape_alloc(tape, whole.steps, sizeof *y), **looked = ur_tape_alloc(tape, whole.steps, sizeof *y);
    ur_tensor *fed = first_fed(r, cell->fed);
    tape->stepped = true;
    for (size_t t = 0; t < whole.steps && tape->status == UR_OK; t++) {
        r->at.steps = 1;
        r->at.live = whole.live ? whole.live + t * whole.lanes : NULL;
        r->cells = cells;
        y[t] = fed = run_fed_step(r, cell, ur_concat(tape, ur_step_of(tape, x, t), fed));
        looked[t] = r->at.looked;
        r->states.steps++;
        before = r->states;
        r->given = &before;
    }
    tape->stepped = stepped;
    r->at.steps = whole.steps;
    r->at.live = whole.live;
    r->at.looked = ur_stack(tape, looked, whole.steps);
    r->given = r->call->states;
    r->states.steps = begun;
    r->states.fed = fed;
    return ur_stack(tape, y, whole.steps);
}

/* ---- equal places ------------------------------------------------------------------------------------------------- */

/* Runs the layers before the first cell once for each different place. The cell then picks the rows. Their outputs are
 * not watched, because their steps are not those of the line. */
static ur_tensor *run_alike(ur_line_running *r, const ur_alike *alike, const ur_layer **l)
{
    const ur_running whole = r->at;
    ur_tensor *x = NULL;
    r->at.steps = alike->rows;
    r->at.lanes = 1;
    r->at.ids = alike->ids;
    r->at.lane_of = alike->lane_of;
    r->at.lengths = NULL;
    r->at.live = NULL;
    for (; !(*l)->spec.kind->picks && r->at.tape->status == UR_OK; (*l)++) {
        x = run_layer(r, *l, x);
        if (r->at.tape->watch) r->at.tape->watch[*l - r->m->layers] = NULL;
    }
    r->at = whole;
    r->at.ids = alike->row_of;
    r->at.picks = true;
    return x;
}

static ur_tensor *run_layers(ur_line_running *r, const ur_line *line)
{
    const ur_layer *first = &r->m->layers[line->first], *l = first;
    size_t count = line->count - (r->call->ending == UR_END_BODY ? 1 : 0);
    ur_tensor *x = r->call->x;
    ur_alike alike;
    if (line->features && !x)
        x = ur_tensor_from(r->at.tape, r->call->in.values, r->at.steps, r->at.lanes, line->features, false);
    if (ur_alike_find(r->m, r->at.tape, (size_t)(line - r->m->lines), &r->at, r->values, &alike))
        x = run_alike(r, &alike, &l);
    for (; l < first + count && r->at.tape->status == UR_OK; l++) {
        const bool feeds = l->fed > 0;
        x = feeds ? run_fed(r, l, x) : run_layer(r, l, x);
        while (feeds && !l->spec.feed) l++;
    }
    return x;
}

static ur_running begin_line(ur_tape *tape, const ur_line_call *call, const ur_shape *enters)
{
    return (ur_running){.tape = tape,
                        .steps = enters->steps,
                        .lanes = enters->lanes,
                        .ids = call->in.ids,
                        .lengths = enters->lengths,
                        .lane_of = call->in.lane_of,
                        .live = live_flags(tape, enters),
                        .keys = call->states ? call->states->keys : NULL,
                        .ended = enters->ended,
                        .logits = call->ending == UR_END_LOGITS};
}

/* An initial state must be (1, B, H), and its layer must take states: one with `bi` does not. */
static ur_status check_states(const ur_model *m, size_t i, const ur_line_states *states, size_t lanes, ur_error *error)
{
    const ur_layer *l = first_cell(m, i);
    for (size_t k = 0; states && l; k++, l = find_cell(l->behind))
        for (size_t s = 0; s < UR_STATES_MAX; s++) {
            const ur_tensor *state = states->of[k][s];
            if (!state || (s < l->states && state->steps == 1 && state->lanes == lanes && state->width == l->units))
                continue;
            return ur_fail(
                error, UR_ERR_USAGE,
                "recurrent layer %zu of line %zu in \"%s\" cannot begin from state %zu of %zu lanes and %zu numbers",
                k + 1, i + 1, m->net, s + 1, state->lanes, state->width);
        }
    return UR_OK;
}

/* The lines whose values this line reads must have run. */
static ur_status check_read(const ur_model *m, size_t i, const ur_value *values, ur_error *error)
{
    for (const ur_layer *l = &m->layers[m->lines[i].first]; l; l = l->behind)
        if (l->named && !l->spec.kind->reads_ids && !values[l->named_line].y)
            return ur_fail(error, UR_ERR_USAGE, "line %zu of \"%s\" reads line %zu, which has not run", i + 1, m->net,
                           l->named_line + 1);
    return UR_OK;
}

/* The numbers in call->x must have the line's width. Their steps and lanes become those of the line. */
static ur_status take_numbers(const ur_model *m, size_t i, ur_line_call *call, ur_error *error)
{
    const ur_tensor *x = call->x;
    if (!x) return UR_OK;
    const size_t width = call->kept ? 2 * x->width : x->width;
    if (width != m->lines[i].features)
        return ur_fail(error, UR_ERR_USAGE, "an input of width %zu enters line %zu of \"%s\", which takes width %zu",
                       width, i + 1, m->net, m->lines[i].features);
    call->in.steps = x->steps;
    call->in.lanes = x->lanes;
    call->in.values = x->value;
    return UR_OK;
}

/* Completes the call, and checks it. */
static ur_status check_call(const ur_model *m, size_t i, ur_line_call *call, const ur_value *values, ur_shape *enters,
                            ur_error *error)
{
    UR_TRY(take_numbers(m, i, call, error));
    UR_TRY(check_read(m, i, values, error));
    UR_TRY(ur_line_check(m, i, &call->in, values, call->states != NULL, error));
    *enters = ur_line_enters(m, i, &call->in, values);
    return check_states(m, i, call->states, enters->lanes, error);
}

static ur_status check_step(const ur_model *m, size_t i, const ur_shape *enters, ur_error *error)
{
    for (const ur_layer *l = &m->layers[m->lines[i].first]; l; l = l->behind)
        if (l->spec.kind->in_time && ur_layer_whole(l))
            return ur_fail(error, UR_ERR_UNSUPPORTED,
                           "\"%s\" in line %zu of \"%s\" needs the whole sequence; that line cannot be stepped",
                           ur_layer_whole(l), i + 1, m->net);
    if (enters->steps == 1) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "line %zu of \"%s\" is to be stepped, but its input has %zu steps", i + 1,
                   m->net, enters->steps);
}

static bool run(const ur_model *m, ur_tape *tape, size_t i, ur_line_call call, bool step, ur_value *values)
{
    ur_shape enters;
    if (tape->status == UR_OK) tape->status = check_call(m, i, &call, values, &enters, &tape->error);
    if (tape->status == UR_OK && step) tape->status = check_step(m, i, &enters, &tape->error);
    if (tape->status != UR_OK) return false;
    ur_line_running r = {
        .at = begin_line(tape, &call, &enters), .m = m, .call = &call, .values = values, .given = call.states};
    r.states.steps = call.states ? call.states->steps : 0;
    tape->stepped = step;
    ur_tensor *y = run_layers(&r, &m->lines[i]);
    tape->stepped = false;
    r.states.steps += r.at.steps;
    r.states.keys = r.at.keys;
    if (tape->status == UR_OK) values[i] = (ur_value){y, ur_line_leaves(m, i, enters), r.states, r.at.looked};
    return tape->status == UR_OK;
}

bool ur_line_run(const ur_model *m, ur_tape *tape, size_t i, const ur_line_call *call, ur_value *values)
{
    return run(m, tape, i, *call, false, values);
}

bool ur_line_step(const ur_model *m, ur_tape *tape, size_t i, const ur_line_call *call, ur_value *values)
{
    return run(m, tape, i, *call, true, values);
}

/* ---- all lines ---------------------------------------------------------------------------------------------------- */

/* The line's part of a state. False if the line takes its states from another line, or begins anew because its attend
 * is fed back. */
static bool carried_states(const ur_model *m, ur_tape *tape, size_t i, const ur_state *from, ur_line_states *states)
{
    *states = (ur_line_states){.steps = 0};
    size_t k = 0;
    for (const ur_layer *l = first_cell(m, i); l; l = find_cell(l->behind), k++)
        for (size_t s = 0; s < l->states; s++) {
            if (l->named || l->fed) return false;
            ur_tensor *t = ur_tensor_on(tape, ur_state_array(from, l->state + s), 1, from->lanes, l->units);
            if (t) t->wanted = false; /* back-propagation is truncated here */
            states->of[k][s] = t;
        }
    return true;
}

/* A layer's states are (T + 1, B, H) and end with the final one, so earlier ones come before it. */
static void keep_states(const ur_model *m, size_t i, const ur_line_states *states, const ur_carry *carry)
{
    size_t back = carry->at ? states->steps - carry->at : 0, k = 0;
    for (const ur_layer *l = first_cell(m, i); l && !l->fed; l = find_cell(l->behind), k++)
        for (size_t s = 0; s < l->states; s++) {
            const ur_tensor *end = states->of[k][s];
            size_t step = end->lanes * end->row;
            memcpy(ur_state_array(carry->to, l->state + s), end->value - back * step, step * sizeof(real));
        }
}

bool ur_graph_run(const ur_model *m, ur_tape *tape, const ur_batch *batch, const ur_carry *carry,
                  const ur_ending endings[UR_LINES_MAX], ur_value values[UR_LINES_MAX])
{
    ur_line_states states;
    for (size_t i = 0; i < m->line_count; i++) {
        ur_line_call call = {.in = batch->input[i], .ending = endings ? endings[i] : UR_END_WHOLE};
        if (carry && carry->from && carried_states(m, tape, i, carry->from, &states)) call.states = &states;
        bool known = (!carry || !carry->to) && ur_known_applies(m, tape, i, &call);
        if (!(known ? ur_known_run : ur_line_run)(m, tape, i, &call, values)) return false;
        if (carry && carry->to) keep_states(m, i, &values[i].states, carry);
    }
    return true;
}
