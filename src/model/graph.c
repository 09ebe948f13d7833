/* See graph.h. */
#include "model/graph.h"

#include "tape/operations.h"

#include <string.h>

/* ---- shapes ------------------------------------------------------------------------------------------------------- */

static bool steps_follow(const ur_layer *l)
{
    while (l && !l->spec.kind->in_time) l = l->behind;
    return l != NULL;
}

/* A line that begins with another one has its places. Where that one has left one step, so has this one, but for two
 * reasons: the batch says which lane each of its own places takes, or a layer of the line needs steps. */
ur_shape ur_line_enters(const ur_model *m, size_t i, const ur_batch *batch, const ur_shape *left)
{
    const ur_layer *first = &m->layers[m->lines[i].first];
    const ur_sequences *in = &batch->input[i];
    const ur_shape own = {in->steps, in->lanes, in->lengths, false};
    if (!first->spec.kind->joins) return own;
    const ur_shape other = left[first->named_line];
    return other.ended && (in->lane_of || steps_follow(first)) ? own : other;
}

ur_shape ur_line_leaves(const ur_model *m, size_t i, ur_shape enters)
{
    const ur_line *line = &m->lines[i];
    return enters.ended || line->last ? (ur_shape){1, enters.lanes, NULL, true} : enters;
}

/* ---- a run -------------------------------------------------------------------------------------------------------- */

/* A network on its way: the line that runs, and the final states of every layer so far. */
typedef struct ur_line_run {
    ur_running at;
    const ur_model *m;
    const ur_line *line;
    const ur_value *values; /* of the lines before */
    const ur_carry *carry;
    ur_ending ending;
    ur_tensor *finals[UR_LAYERS_MAX][UR_STATES_MAX];
} ur_line_run;

/* (T, B) flags from lengths; NULL where all lanes are whole. */
static const unsigned char *live_flags(ur_tape *tape, const ur_shape *s)
{
    unsigned char *live = s->lengths ? ur_tape_alloc(tape, s->steps, s->lanes) : NULL;
    for (size_t i = 0; live && i < s->steps * s->lanes; i++) live[i] = (size_t)s->lengths[i % s->lanes] > i / s->lanes;
    return live;
}

static size_t number_of(const ur_line_run *r, const ur_layer *l) { return (size_t)(l - r->m->layers); }

/* What a line without cells gives for a state: its mean. */
static ur_tensor *mean_of(const ur_line_run *r, const ur_value *value)
{
    return value->shape.ended ? value->y : ur_mean(r->at.tape, value->y, value->shape.lengths);
}

static ur_tensor *carried(const ur_line_run *r, const ur_layer *l, size_t s)
{
    if (!r->carry || !r->carry->from) return NULL;
    real *state = ur_state_array(r->carry->from, l->state + s);
    ur_tensor *initial = ur_tensor_on(r->at.tape, state, 1, r->at.lanes, l->units);
    if (initial) initial->wanted = false; /* truncated here */
    return initial;
}

static void begin_states(ur_line_run *r, const ur_layer *l)
{
    ur_tensor *mean = l->states && l->named && !l->giver ? mean_of(r, &r->values[l->named_line]) : NULL;
    for (size_t s = 0; s < l->states; s++)
        r->at.initial[s] = l->giver ? r->finals[number_of(r, l->giver)][s] : l->named ? mean : carried(r, l, s);
}

/* A layer's states lie (T + 1, B, H) and end in the final one: go back from there. */
static void carry_states(const ur_line_run *r, const ur_layer *l)
{
    if (!r->carry || !r->carry->to) return;
    size_t step = r->at.lanes * ur_padded(l->units), back = r->carry->at ? r->at.steps - r->carry->at : 0;
    for (size_t s = 0; s < l->states; s++)
        memcpy(ur_state_array(r->carry->to, l->state + s), r->at.final_state[s]->value - back * step,
               step * sizeof(real));
}

static ur_tensor *run_layer(ur_line_run *r, const ur_layer *l, ur_tensor *x)
{
    ur_tape *tape = r->at.tape;
    size_t number = number_of(r, l);
    begin_states(r, l);
    if (l->named) r->at.named = r->values[l->named_line].y;
    if (l->named) r->at.named_ended = r->values[l->named_line].shape.ended;
    x = ur_layer_run_of(l->spec.kind)->run(&r->at, l, x);
    if (tape->status != UR_OK) return NULL;
    carry_states(r, l);
    memcpy((void *)r->finals[number], (const void *)r->at.final_state, sizeof r->at.final_state);
    r->at.ended = r->at.ended || l->spec.kind->ends_time;
    if (!l->reverse && !l->spec.kind->passes && !l->spec.kind->joins) r->at.turned = r->at.turned_end;
    if (l->drop > 0) x = ur_dropout(tape, x, l->drop, (uint32_t)number, l->spec.same);
    if (tape->watch) tape->watch[number] = x;
    return x;
}

static ur_tensor *run_line(ur_line_run *r, const ur_real *values)
{
    const ur_layer *first = &r->m->layers[r->line->first];
    size_t count = r->line->count - (r->ending == UR_END_BODY ? 1 : 0);
    ur_tensor *x = NULL;
    if (r->line->features) x = ur_tensor_from(r->at.tape, values, r->at.steps, r->at.lanes, r->line->features, false);
    for (size_t i = 0; i < count && r->at.tape->status == UR_OK; i++) x = run_layer(r, first + i, x);
    return x;
}

static void begin_line(ur_line_run *r, const ur_shape *enters, const ur_sequences *in, ur_tape *tape)
{
    r->at = (ur_running){.tape = tape,
                         .steps = enters->steps,
                         .lanes = enters->lanes,
                         .ids = in->ids,
                         .lengths = enters->lengths,
                         .lane_of = in->lane_of,
                         .live = live_flags(tape, enters),
                         .ended = enters->ended,
                         .logits = r->ending == UR_END_LOGITS};
}

bool ur_graph_run(const ur_model *m, ur_tape *tape, const ur_batch *batch, const ur_carry *carry,
                  const ur_ending endings[UR_LINES_MAX], ur_value values[UR_LINES_MAX])
{
    ur_line_run r = {.m = m, .carry = carry, .values = values};
    ur_shape left[UR_LINES_MAX];
    for (size_t i = 0; i < m->line_count && tape->status == UR_OK; i++) {
        ur_shape enters = ur_line_enters(m, i, batch, left);
        r.line = &m->lines[i];
        r.ending = endings ? endings[i] : UR_END_WHOLE;
        left[i] = ur_line_leaves(m, i, enters);
        begin_line(&r, &enters, &batch->input[i], tape);
        values[i] = (ur_value){run_line(&r, batch->input[i].values), left[i]};
    }
    return tape->status == UR_OK;
}
