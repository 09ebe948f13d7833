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

bool ur_embed_by_rows(const ur_layer *l, size_t places)
{
    bool cell_follows = l->behind && l->behind->spec.kind == UR_LAYER_CELL;
    return l->spec.kind == UR_LAYER_EMBED && cell_follows && l->inputs < places;
}

/* ---- the run ---------------------------------------------------------------------------------------------------- */

/* One line on its way; `finals` are the final states of every recurrent layer so far, by ur_layer.state. */
typedef struct ur_line_run {
    const ur_model *m;
    ur_tape *tape;
    const ur_line *line;
    const ur_sequences *in;
    const ur_carry *carry;
    size_t steps, lanes;
    const unsigned char *live;
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

/* The recurrent layer of another line that stands at the same place among its recurrent layers. */
static const ur_layer *counterpart(const ur_line_run *r, const ur_layer *l)
{
    const ur_line *from = &r->m->lines[r->line->from];
    size_t place = 0;
    for (const ur_layer *k = r->m->layers + r->line->first; k < l; k++) place += k->spec.kind == UR_LAYER_CELL;
    for (size_t i = from->first; i < from->first + from->count; i++)
        if (r->m->layers[i].spec.kind == UR_LAYER_CELL && place-- == 0) return &r->m->layers[i];
    return NULL;
}

static void initial_states(ur_line_run *r, const ur_layer *l, ur_tensor *initial[])
{
    const ur_layer *other = r->line->from >= 0 ? counterpart(r, l) : NULL;
    for (size_t s = 0; s < l->recurrent.cell->states; s++) {
        initial[s] = NULL;
        if (other) initial[s] = r->finals[other->state + s];
        if (other || !r->carry || !r->carry->from) continue;
        initial[s] = ur_tensor_on(r->tape, ur_state_array(r->carry->from, l->state + s), 1, r->lanes, l->width);
        if (initial[s]) initial[s]->wanted = false; /* truncated here */
    }
}

/* A recurrent layer's states lie (T + 1, B, H) and end in the final one: go back from there. */
static void keep_states(const ur_line_run *r, const ur_layer *l)
{
    if (!r->carry || !r->carry->to) return;
    size_t step = r->lanes * ur_padded(l->width), back = r->carry->at ? r->steps - r->carry->at : 0;
    for (size_t s = 0; s < l->recurrent.cell->states; s++)
        memcpy(ur_state_array(r->carry->to, l->state + s), r->finals[l->state + s]->value - back * step,
               step * sizeof(real));
}

static ur_tensor *recurrent(ur_line_run *r, const ur_layer *l, ur_tensor *x)
{
    bool chooses = l->before && ur_embed_by_rows(l->before, r->steps * r->lanes);
    ur_tensor *initial[UR_STATES_MAX] = {NULL}, **final_state = r->finals + l->state;
    initial_states(r, l, initial);
    ur_tensor *y =
        ur_recurrent_layer(r->tape, &l->recurrent, &l->params, x, l->recurrent.symbols || chooses ? r->in->ids : NULL,
                           r->steps, r->lanes, initial, r->live, final_state);
    if (y) keep_states(r, l);
    return y;
}

static const ur_layer *last_layer(const ur_model *m) { return &m->layers[m->layer_count - 1]; }

static ur_tensor *dense(ur_line_run *r, const ur_layer *l, ur_tensor *x)
{
    if (!r->logits || l != last_layer(r->m) || l->dense.activation != UR_SIGMOID)
        return ur_dense_layer(r->tape, &l->dense, x);
    ur_dense *linear = ur_tape_alloc(r->tape, 1, sizeof *linear);
    if (!linear) return NULL;
    *linear = l->dense;
    linear->activation = UR_LINEAR;
    return ur_dense_layer(r->tape, linear, x);
}

static ur_tensor *layer(ur_line_run *r, const ur_layer *l, ur_tensor *x)
{
    switch (l->spec.kind) {
    case UR_LAYER_EMBED:
        if (ur_embed_by_rows(l, r->steps * r->lanes)) return ur_embed_rows(r->tape, l->embed);
        return ur_embed(r->tape, l->embed, r->in->ids, r->steps, r->lanes);
    case UR_LAYER_CELL:
        return recurrent(r, l, x);
    case UR_LAYER_LAST:
        return ur_last(r->tape, x, r->in->lengths);
    case UR_LAYER_DENSE:
        return dense(r, l, x);
    default:
        return x;
    }
}

/* One-hot ids in front of anything but a cell: rows of zeros and a one. */
static ur_tensor *onehot(ur_line_run *r, const ur_layer *l)
{
    ur_tensor *y = ur_tensor_make(r->tape, r->steps, r->lanes, l->width);
    if (!y) return NULL;
    memset(y->value, 0, ur_tensor_size(y) * sizeof(real));
    for (size_t i = 0; i < r->steps * r->lanes; i++) y->value[i * y->row + (size_t)r->in->ids[i]] = 1;
    y->wanted = false;
    return y;
}

static ur_tensor *run_line(ur_line_run *r)
{
    ur_tensor *x = NULL;
    if (!r->line->symbols) x = ur_tensor_from(r->tape, r->in->values, r->steps, r->lanes, r->line->features, false);
    for (size_t i = 0; i < r->line->count; i++) {
        const ur_layer *l = &r->m->layers[r->line->first + i];
        if (r->body && l == last_layer(r->m)) break;
        if (l->spec.kind == UR_LAYER_ONEHOT)
            x = ur_read_by_cell(l) ? NULL : onehot(r, l);
        else
            x = layer(r, l, x);
        if (l->drop > 0) x = ur_dropout(r->tape, x, l->drop, (uint32_t)(r->line->first + i), l->spec.same);
        if (r->tape->status != UR_OK) return NULL;
        if (r->tape->watch) r->tape->watch[r->line->first + i] = x;
    }
    return x;
}

static ur_tensor *run(ur_line_run r, const ur_batch *batch)
{
    const ur_model *m = r.m;
    ur_tape *tape = r.tape;
    ur_tensor *y = NULL;
    r.lanes = batch->lanes;
    for (size_t i = 0; i < m->line_count && tape->status == UR_OK; i++) {
        r.line = &m->lines[i];
        r.in = &batch->input[i];
        r.steps = r.in->steps;
        r.live = live_flags(tape, r.in, r.lanes);
        y = run_line(&r);
    }
    return tape->status == UR_OK ? y : NULL;
}

ur_tensor *ur_network_run(const ur_model *m, ur_tape *tape, const ur_batch *batch, const ur_carry *carry)
{
    return run((ur_line_run){.m = m, .tape = tape, .carry = carry}, batch);
}

ur_tensor *ur_network_logits(const ur_model *m, ur_tape *tape, const ur_batch *batch, const ur_carry *carry)
{
    return run((ur_line_run){.m = m, .tape = tape, .carry = carry, .logits = true}, batch);
}

ur_tensor *ur_network_body(const ur_model *m, ur_tape *tape, const ur_batch *batch, const ur_carry *carry)
{
    return run((ur_line_run){.m = m, .tape = tape, .carry = carry, .body = true}, batch);
}

const ur_dense *ur_network_head(const ur_model *m)
{
    const ur_layer *l = last_layer(m);
    bool fits = l->spec.kind == UR_LAYER_DENSE && l->dense.activation == UR_LINEAR && !(l->drop > 0);
    return fits ? &l->dense : NULL;
}
