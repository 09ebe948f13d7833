/* One step of a loaded model of one line: no tape, no allocation, no failure. */
#include "base/float_mode.h"
#include "model/state.h"

#include <string.h>

/* Room for one step, numbers a lane: what goes from layer to layer (two arrays of `width`), a recurrent layer's slots,
 * its states before and after, and `second`. */
typedef struct ur_room {
    size_t width, slots, state;
} ur_room;

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

static bool reads_ids(const ur_layer *l)
{
    return l->spec.kind == UR_LAYER_ONEHOT || l->spec.kind == UR_LAYER_EMBED || l->recurrent.symbols;
}

static ur_room room_of(const ur_model *m)
{
    ur_room room = {0, 0, 0};
    for (size_t i = 0; i < m->layer_count; i++) {
        const ur_layer *l = &m->layers[i];
        if (!ur_read_by_cell(m, i)) room.width = larger(room.width, ur_padded(l->width));
        if (!reads_ids(l)) room.width = larger(room.width, ur_padded(l->inputs));
        if (l->spec.kind != UR_LAYER_CELL) continue;
        room.slots = larger(room.slots, ur_slot_row(&l->recurrent));
        room.state = larger(room.state, ur_padded(l->width));
    }
    return room;
}

size_t ur_step_room(const ur_model *model, size_t lanes)
{
    ur_room room = room_of(model);
    return ur_padded(lanes) + lanes * (2 * room.width + room.slots + (2 * UR_STATES_MAX + 1) * room.state);
}

/* A step on its way through the layers. */
typedef struct ur_step_work {
    ur_state *state;
    ur_compute compute;
    size_t lanes;
    int32_t *ids;
    real *x, *y; /* what came out of the layer before; room for what comes out of this one */
    real *slots;
    real *states[UR_STATES_MAX]; /* each (2, B, H): before and after */
    real *second;
} ur_step_work;

static ur_step_work begin(const ur_model *m, ur_state *s)
{
    ur_room room = room_of(m);
    size_t lanes = s->lanes;
    ur_step_work w = {.state = s, .compute = {.kernels = m->kernels}, .lanes = lanes};
    real *work = ur_state_work(s);
    w.ids = (int32_t *)(void *)work;
    w.x = work + ur_padded(lanes);
    w.y = w.x + lanes * room.width;
    w.slots = w.y + lanes * room.width;
    w.second = w.slots + lanes * room.slots;
    for (size_t i = 0; i < UR_STATES_MAX; i++) w.states[i] = w.second + lanes * (2 * i + 1) * room.state;
    return w;
}

static void swap(ur_step_work *w)
{
    real *x = w->x;
    w->x = w->y;
    w->y = x;
}

/* Ids as the tables have them: one out of range reads as the last. */
static void take_ids(ur_step_work *w, const int32_t *ids, size_t symbols)
{
    for (size_t b = 0; b < w->lanes; b++)
        w->ids[b] = ids[b] < 0 || (size_t)ids[b] >= symbols ? (int32_t)(symbols - 1) : ids[b];
}

static void take_values(ur_step_work *w, const real *x, size_t features)
{
    size_t row = ur_padded(features);
    for (size_t b = 0; b < w->lanes; b++) {
        memcpy(w->x + b * row, x + b * features, features * sizeof(real));
        memset(w->x + b * row + features, 0, (row - features) * sizeof(real));
    }
}

static void embed(ur_step_work *w, const ur_layer *l)
{
    for (size_t b = 0; b < w->lanes; b++) ur_embed_row(l->embed, w->ids[b], w->x + b * ur_padded(l->width));
}

static void onehot(ur_step_work *w, const ur_layer *l)
{
    size_t row = ur_padded(l->width);
    memset(w->x, 0, w->lanes * row * sizeof(real));
    for (size_t b = 0; b < w->lanes; b++) w->x[b * row + (size_t)w->ids[b]] = 1;
}

static void recurrent(ur_step_work *w, const ur_layer *l)
{
    size_t step = w->lanes * ur_padded(l->width), states = l->recurrent.cell->states;
    ur_window window = {.layer = &l->recurrent,
                        .compute = &w->compute,
                        .steps = 1,
                        .lanes = w->lanes,
                        .x = w->x,
                        .ids = w->ids,
                        .slots = w->slots,
                        .second = w->second};
    for (size_t i = 0; i < states; i++) {
        window.state[i] = w->states[i];
        memcpy(w->states[i], ur_state_array(w->state, l->state + i), step * sizeof(real));
    }
    ur_window_forward(&window);
    for (size_t i = 0; i < states; i++)
        memcpy(ur_state_array(w->state, l->state + i), w->states[i] + step, step * sizeof(real));
    memcpy(w->x, w->states[0] + step, step * sizeof(real));
}

static void dense(ur_step_work *w, const ur_layer *l)
{
    ur_dense_forward(&l->dense, &w->compute, w->x, w->y, w->lanes);
    swap(w);
}

static void run(ur_step_work *w, const ur_model *m, real *out)
{
    ur_float_mode mode = ur_float_mode_enter();
    const ur_line *line = &m->lines[m->line_count - 1];
    for (size_t i = line->first; i < line->first + line->count; i++) {
        const ur_layer *l = &m->layers[i];
        switch (l->spec.kind) {
        case UR_LAYER_ONEHOT:
            if (!ur_read_by_cell(m, i)) onehot(w, l);
            break;
        case UR_LAYER_EMBED:
            embed(w, l);
            break;
        case UR_LAYER_CELL:
            recurrent(w, l);
            break;
        case UR_LAYER_DENSE:
            dense(w, l);
            break;
        default:
            break; /* last and dropout change nothing in a step */
        }
    }
    for (size_t b = 0; b < w->lanes; b++)
        memcpy(out + b * line->width, w->x + b * ur_padded(line->width), line->width * sizeof(real));
    ur_float_mode_leave(mode);
}

void ur_step(const ur_model *m, ur_state *state, const int32_t *ids, ur_real *out)
{
    ur_step_work w = begin(m, state);
    take_ids(&w, ids, m->lines[m->line_count - 1].symbols);
    run(&w, m, out);
}

void ur_step_values(const ur_model *m, ur_state *state, const ur_real *x, ur_real *out)
{
    ur_step_work w = begin(m, state);
    take_values(&w, x, m->lines[m->line_count - 1].features);
    run(&w, m, out);
}
