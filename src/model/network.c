/* See network.h. */
#include "model/network.h"

#include <string.h>

/* ---- checks ------------------------------------------------------------------------------------------------------ */

static ur_status check_ids(const ur_sequences *in, size_t lanes, size_t symbols, ur_error *error)
{
    if (!in->ids) return ur_fail(error, UR_ERR_USAGE, "the network takes ids, the batch has none");
    for (size_t i = 0; i < in->steps * lanes; i++)
        if (in->ids[i] < 0 || (size_t)in->ids[i] >= symbols)
            return ur_fail(error, UR_ERR_DATA, "step %zu, lane %zu: id %d is not below %zu", i / lanes, i % lanes,
                           (int)in->ids[i], symbols);
    return UR_OK;
}

static ur_status check_line(const ur_line *line, const ur_sequences *in, size_t lanes, ur_error *error)
{
    if (!in->steps) return ur_fail(error, UR_ERR_USAGE, "a batch needs at least one step");
    if (line->symbols) UR_TRY(check_ids(in, lanes, line->symbols, error));
    if (!line->symbols && !in->values)
        return ur_fail(error, UR_ERR_USAGE, "the network takes numbers, the batch has none");
    for (size_t b = 0; in->lengths && b < lanes; b++)
        if (in->lengths[b] < 1 || (size_t)in->lengths[b] > in->steps)
            return ur_fail(error, UR_ERR_DATA, "lane %zu: length %d is not within 1 and %zu", b, (int)in->lengths[b],
                           in->steps);
    return UR_OK;
}

ur_status ur_network_check(const ur_model *m, const ur_batch *batch, ur_error *error)
{
    if (!batch->lanes) return ur_fail(error, UR_ERR_USAGE, "a batch needs at least one lane");
    for (size_t i = 0; i < m->line_count; i++) UR_TRY(check_line(&m->lines[i], &batch->input[i], batch->lanes, error));
    return UR_OK;
}

/* ---- the run ---------------------------------------------------------------------------------------------------- */

/* A network on its way: the line that runs, and the final states of every layer so far, by ur_layer.state. */
typedef struct ur_line_run {
    ur_running at;
    const ur_model *m;
    const ur_line *line;
    const ur_sequences *in;
    const ur_carry *carry;
    bool logits; /* leave out the σ behind the network's last layer */
    bool body;   /* leave out the last layer itself */
    ur_tensor *finals[UR_STATE_ARRAYS_MAX];
} ur_line_run;

/* (T, B) flags from lengths; NULL where all lanes are whole. */
static const unsigned char *live_flags(ur_tape *tape, const ur_sequences *in, size_t lanes)
{
    unsigned char *live = in->lengths ? ur_tape_alloc(tape, in->steps, lanes) : NULL;
    for (size_t i = 0; live && i < in->steps * lanes; i++) live[i] = (size_t)in->lengths[i % lanes] > i / lanes;
    return live;
}

/* The layer of another line that stands at the same place among its layers with states. */
static const ur_layer *counterpart(const ur_line_run *r, const ur_layer *l)
{
    const ur_line *from = &r->m->lines[r->line->from];
    size_t place = 0;
    for (const ur_layer *k = l->before; k; k = k->before) place += k->states > 0;
    for (size_t i = from->first; i < from->first + from->count; i++)
        if (r->m->layers[i].states && place-- == 0) return &r->m->layers[i];
    return NULL;
}

static void begin_states(ur_line_run *r, const ur_layer *l)
{
    const ur_layer *other = r->line->from >= 0 ? counterpart(r, l) : NULL;
    ur_tensor **initial = r->at.initial;
    for (size_t s = 0; s < l->states; s++) {
        initial[s] = other ? r->finals[other->state + s] : NULL;
        if (other || !r->carry || !r->carry->from) continue;
        initial[s] = ur_tensor_on(r->at.tape, ur_state_array(r->carry->from, l->state + s), 1, r->at.lanes, l->width);
        if (initial[s]) initial[s]->wanted = false; /* truncated here */
    }
}

/* A layer's states lie (T + 1, B, H) and end in the final one: go back from there. */
static void keep_states(ur_line_run *r, const ur_layer *l)
{
    size_t step = r->at.lanes * ur_padded(l->width);
    size_t back = r->carry && r->carry->at ? r->at.steps - r->carry->at : 0;
    for (size_t s = 0; s < l->states; s++) {
        const ur_tensor *end = r->finals[l->state + s] = r->at.final_state[s];
        if (!r->carry || !r->carry->to) continue;
        memcpy(ur_state_array(r->carry->to, l->state + s), end->value - back * step, step * sizeof(real));
    }
}

static ur_tensor *run_layer(ur_line_run *r, const ur_layer *l, ur_tensor *x)
{
    ur_tape *tape = r->at.tape;
    size_t number = (size_t)(l - r->m->layers);
    begin_states(r, l);
    x = ur_layer_run_of(l->spec.kind)->run(&r->at, l, x);
    if (tape->status != UR_OK) return NULL;
    keep_states(r, l);
    if (l->drop > 0) x = ur_dropout(tape, x, l->drop, (uint32_t)number, l->spec.same);
    if (tape->watch) tape->watch[number] = x;
    return x;
}

static ur_tensor *run_line(ur_line_run *r)
{
    const ur_layer *first = &r->m->layers[r->line->first];
    size_t count = r->line->count;
    ur_tensor *x = NULL;
    if (r->line == &r->m->lines[r->m->line_count - 1]) {
        r->at.logits = r->logits;
        if (r->body) count--;
    }
    if (!r->line->symbols)
        x = ur_tensor_from(r->at.tape, r->in->values, r->at.steps, r->at.lanes, r->line->features, false);
    for (size_t i = 0; i < count && r->at.tape->status == UR_OK; i++) x = run_layer(r, first + i, x);
    return x;
}

static ur_tensor *run(ur_line_run r, ur_tape *tape, const ur_batch *batch)
{
    ur_tensor *y = NULL;
    for (size_t i = 0; i < r.m->line_count && tape->status == UR_OK; i++) {
        r.line = &r.m->lines[i];
        r.in = &batch->input[i];
        r.at = (ur_running){.tape = tape,
                            .steps = r.in->steps,
                            .lanes = batch->lanes,
                            .ids = r.in->ids,
                            .lengths = r.in->lengths,
                            .live = live_flags(tape, r.in, batch->lanes)};
        y = run_line(&r);
    }
    return tape->status == UR_OK ? y : NULL;
}

ur_tensor *ur_network_run(const ur_model *m, ur_tape *tape, const ur_batch *batch, const ur_carry *carry)
{
    return run((ur_line_run){.m = m, .carry = carry}, tape, batch);
}

ur_tensor *ur_network_logits(const ur_model *m, ur_tape *tape, const ur_batch *batch, const ur_carry *carry)
{
    return run((ur_line_run){.m = m, .carry = carry, .logits = true}, tape, batch);
}

ur_tensor *ur_network_body(const ur_model *m, ur_tape *tape, const ur_batch *batch, const ur_carry *carry)
{
    return run((ur_line_run){.m = m, .carry = carry, .body = true}, tape, batch);
}

const ur_dense *ur_network_head(const ur_model *m)
{
    const ur_layer *l = &m->layers[m->layer_count - 1];
    bool fits = ur_is_dense(l) && l->dense.activation == UR_LINEAR && !(l->drop > 0);
    return fits ? &l->dense : NULL;
}
