/* The recurrent layer as an operation on a tape. */
#include "layer/layers.h"

#include <stdlib.h>
#include <string.h>

typedef struct ur_recurrent_trace {
    ur_window window;
    ur_recurrent_params params;
    ur_tensor *x, *y;
    ur_tensor *initial[UR_STATES_MAX], *final_state[UR_STATES_MAX];
} ur_recurrent_trace;

static size_t state_numbers(const ur_window *w) { return w->lanes * ur_padded(w->layer->units); }

/* Makes the states (T + 1, B, H). The initial state is the first. */
static void begin_states(ur_tape *tape, ur_window *w, ur_tensor *const initial[])
{
    size_t step = state_numbers(w);
    for (int s = 0; s < w->layer->cell->states; s++) {
        w->state[s] = ur_tape_alloc(tape, (w->steps + 1) * step, sizeof(real));
        if (!w->state[s]) return;
        if (initial && initial[s])
            memcpy(w->state[s], initial[s]->value, step * sizeof(real));
        else
            memset(w->state[s], 0, step * sizeof(real));
    }
}

static bool make_room(ur_tape *tape, ur_window *w, ur_tensor *const initial[])
{
    size_t size;
    if (!ur_mul_fits(w->steps * w->lanes, ur_slot_row(w->layer), &size)) size = SIZE_MAX;
    w->slots = ur_tape_alloc(tape, size, sizeof(real));
    if (w->rows && !w->made) w->table = ur_tape_alloc(tape, w->rows * ur_slot_row(w->layer), sizeof(real));
    begin_states(tape, w, initial);
    if (w->layer->cell->phases > 1) w->second = ur_tape_alloc(tape, w->steps * state_numbers(w), sizeof(real));
    return tape->status == UR_OK;
}

/* ---- kept rows ---------------------------------------------------------------------------------------------------- */

ur_status ur_kept_rows_make(ur_kept_rows *kept, size_t symbols, ur_error *error)
{
    *kept = (ur_kept_rows){.symbols = symbols, .place = calloc(symbols, sizeof *kept->place)};
    if (!kept->place) return ur_fail_memory(error, "what is kept of tokens");
    ur_kept_rows_forget(kept);
    return UR_OK;
}

void ur_kept_rows_forget(ur_kept_rows *kept)
{
    kept->count = 0;
    for (size_t i = 0; i < kept->symbols; i++) kept->place[i] = -1;
}

void ur_kept_rows_free(ur_kept_rows *kept)
{
    free(kept->place);
    free(kept->table);
    *kept = (ur_kept_rows){.count = 0};
}

static bool make_kept_room(ur_tape *tape, ur_kept_rows *kept, size_t rows, size_t row)
{
    size_t numbers, bytes;
    if (rows <= kept->room) return true;
    bool fits = ur_mul_fits(2 * rows, row, &numbers) && ur_mul_fits(numbers, sizeof(real), &bytes);
    real *grown = fits ? realloc(kept->table, bytes) : NULL;
    if (grown) kept->room = 2 * rows;
    if (grown) kept->table = grown;
    if (!grown) tape->status = ur_fail_memory(&tape->error, "what is kept of tokens");
    return grown != NULL;
}

/* Numbers the rows that the window asks for, and sets `ids` to these numbers. Rows that are new are copied together:
 * (new, inputs). */
static real *number_rows(ur_tape *tape, const ur_window *w, ur_kept_rows *kept, int32_t *ids, size_t *count)
{
    size_t places = w->steps * w->lanes, row = ur_padded(w->layer->inputs);
    real *x = ur_tape_alloc(tape, places, row * sizeof *x);
    *count = 0;
    for (size_t i = 0; x && i < places; i++) {
        int32_t *place = &kept->place[w->ids[i]];
        if (*place < 0) {
            memcpy(x + *count * row, w->x + i * row, row * sizeof *x);
            *place = (int32_t)(kept->count + (*count)++);
        }
        ids[i] = *place;
    }
    return x;
}

static void use_kept(ur_tape *tape, ur_window *w, ur_kept_rows *kept)
{
    size_t count, row = ur_slot_row(w->layer);
    int32_t *ids = ur_tape_alloc(tape, w->steps * w->lanes, sizeof *ids);
    const real *x = ids ? number_rows(tape, w, kept, ids, &count) : NULL;
    if (!x || !make_kept_room(tape, kept, kept->count + count, row)) return;
    const ur_window fresh = {.layer = w->layer,
                             .compute = w->compute,
                             .steps = count,
                             .lanes = 1,
                             .x = x,
                             .slots = kept->table + kept->count * row};
    if (count) ur_window_input_products(&fresh);
    kept->count += count;
    w->ids = ids;
    w->rows = kept->count;
    w->table = kept->table;
    w->made = true;
}

/* ---- output ------------------------------------------------------------------------------------------------------- */

typedef struct ur_output {
    const ur_window *w;
    real *y;
} ur_output;

static void copy_live(void *context, size_t member, size_t members)
{
    const ur_output *o = context;
    size_t row = ur_padded(o->w->layer->units), i, end;
    const real *h = o->w->state[0] + state_numbers(o->w);
    ur_pool_share(o->w->steps * o->w->lanes, 1, member, members, &i, &end);
    for (; i < end; i++) {
        if (o->w->live[i])
            memcpy(o->y + i * row, h + i * row, row * sizeof(real));
        else
            memset(o->y + i * row, 0, row * sizeof(real));
    }
}

/* The output is h without its first step. If lanes end early, it is a copy that is zero after their ends. */
static ur_tensor *output(ur_tape *tape, const ur_window *w)
{
    if (!w->live) return ur_tensor_on(tape, w->state[0] + state_numbers(w), w->steps, w->lanes, w->layer->units);
    ur_tensor *y = ur_tensor_make(tape, w->steps, w->lanes, w->layer->units);
    ur_output o = {w, y ? y->value : NULL};
    if (y) ur_pool_run(tape->compute->pool, copy_live, &o);
    return y;
}

/* Begins with the gradients of the final states. */
static bool begin_carry(ur_tape *tape, ur_recurrent_trace *r)
{
    size_t step = state_numbers(&r->window);
    for (int s = 0; s < r->window.layer->cell->states; s++) {
        real *carry = r->window.carry[s] = ur_tape_alloc(tape, step, sizeof(real));
        if (!carry) return false;
        const real *given = r->final_state[s] ? r->final_state[s]->gradient : NULL;
        if (given)
            memcpy(carry, given, step * sizeof(real));
        else
            memset(carry, 0, step * sizeof(real));
    }
    if (r->window.second) r->window.dsecond = ur_tape_alloc(tape, step, sizeof(real));
    return tape->status == UR_OK;
}

/* If the gradients of y and x have the same size, dx takes over the memory of dy: nobody reads dy after the sweep. */
static bool take_over(const ur_recurrent_trace *r)
{
    ur_tensor *x = r->x, *y = r->y;
    if (!x->wanted || x->gradient || !y->gradient || ur_tensor_size(x) != ur_tensor_size(y)) return false;
    x->gradient = y->gradient;
    y->gradient = NULL;
    return true;
}

static void hand_on(ur_tape *tape, const ur_recurrent_trace *r)
{
    for (int s = 0; s < r->window.layer->cell->states; s++) {
        real *to = r->initial[s] ? ur_gradient(tape, r->initial[s]) : NULL;
        if (to) tape->compute->train->add(to, r->window.carry[s], state_numbers(&r->window));
    }
    if (!r->x) return;
    bool fresh = take_over(r);
    real *dx = fresh ? r->x->gradient : ur_gradient_fresh(tape, r->x, &fresh);
    if (dx) ur_window_input_gradient(&r->window, dx, !fresh);
}

static real *gradient_of(const ur_param *param) { return param ? param->gradient : NULL; }

static void add_above(const ur_window *w, const ur_window *step, size_t t)
{
    size_t row = ur_padded(w->layer->units);
    for (size_t b = 0; w->dy && b < w->lanes; b++)
        if (!step->live || step->live[b])
            w->compute->train->add(w->carry[0] + b * row, w->dy + (t * w->lanes + b) * row, row);
}

static void go_back_shown(const ur_probing *probing, const ur_window *w)
{
    for (size_t t = w->steps; t-- > 0;) {
        ur_window step = ur_window_step(w, t);
        add_above(w, &step, t);
        probing->back(probing->context, &step, false);
        ur_window_backward(&step);
        probing->back(probing->context, &step, true);
    }
}

static void backward(ur_tape *tape, void *trace)
{
    ur_recurrent_trace *r = trace;
    r->window.dy = r->y->gradient;
    if (!begin_carry(tape, r)) return;
    if (tape->probing && tape->probing->back)
        go_back_shown(tape->probing, &r->window);
    else
        ur_window_backward(&r->window);
    ur_status status = ur_window_sum_rows(&r->window, tape->arena, &tape->error);
    if (status == UR_OK) hand_on(tape, r);
    ur_recurrent_gradients into = {gradient_of(r->params.w_ih), gradient_of(r->params.w_hh),
                                   gradient_of(r->params.b_ih), gradient_of(r->params.b_hh)};
    if (tape->status == UR_OK) tape->status = status;
    if (tape->status == UR_OK) ur_window_weight_gradients(&r->window, &into, tape);
}

static void leave_window(ur_tape *tape, const ur_window *w)
{
    ur_probing *p = tape->probing;
    if (p->seen == p->room) {
        size_t room = p->room ? 2 * p->room : 4;
        ur_window *windows = ur_tape_alloc(tape, room, sizeof *windows);
        if (!windows) return;
        if (p->seen) memcpy(windows, p->windows, p->seen * sizeof *windows);
        p->windows = windows;
        p->room = room;
    }
    p->windows[p->seen++] = *w;
}

ur_tensor *ur_recurrent_layer(ur_tape *tape, const ur_recurrent *layer, const ur_recurrent_params *params, ur_tensor *x,
                              const int32_t *ids, size_t steps, size_t lanes, ur_tensor *const initial[UR_STATES_MAX],
                              const unsigned char *live, ur_tensor *final_state[UR_STATES_MAX])
{
    if (tape->status != UR_OK || (!layer->symbols && !x)) return NULL;
    ur_window w = {.layer = layer,
                   .compute = tape->compute,
                   .steps = steps,
                   .lanes = lanes,
                   .x = x ? x->value : NULL,
                   .ids = ids,
                   .rows = x && ids ? x->steps * x->lanes : 0,
                   .live = live,
                   .from_zero = !initial || !initial[0],
                   .stops = !initial || !initial[0] || !initial[0]->wanted,
                   .stepped = tape->stepped};
    if (w.rows && tape->kept) use_kept(tape, &w, tape->kept);
    if (!make_room(tape, &w, initial)) return NULL;
    const ur_probing *probing = tape->probing;
    if (probing && probing->held && probing->layer == probing->seen) w.hold = probing;
    ur_window_forward(&w);
    if (probing) leave_window(tape, &w);
    ur_tensor *y = output(tape, &w);
    ur_recurrent_trace *trace = ur_tape_record(tape, backward, sizeof *trace);
    if (trace) *trace = (ur_recurrent_trace){.window = w, .params = *params, .x = x, .y = y};
    for (int s = 0; s < layer->cell->states; s++) {
        real *end = w.state[s] + steps * state_numbers(&w);
        final_state[s] = ur_tensor_on(tape, end, 1, lanes, layer->units);
        if (trace) trace->final_state[s] = final_state[s];
        if (trace) trace->initial[s] = initial ? initial[s] : NULL;
    }
    return tape->status == UR_OK ? y : NULL;
}
