/* One step of a loaded model of one line: no tape, no allocation, no failure. */
#include "base/float_mode.h"
#include "model/state.h"

#include <string.h>

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

static bool reads_ids(const ur_layer *l)
{
    return l->spec.kind == UR_LAYER_ONEHOT || l->spec.kind == UR_LAYER_EMBED || l->recurrent.symbols;
}

ur_room ur_step_room(const ur_model *m)
{
    ur_room room = {0, 0, 0};
    for (size_t i = 0; i < m->layer_count; i++) {
        const ur_layer *l = &m->layers[i];
        if (!ur_read_by_cell(l)) room.width = larger(room.width, ur_padded(l->width));
        if (!reads_ids(l)) room.width = larger(room.width, ur_padded(l->inputs));
        if (l->spec.kind != UR_LAYER_CELL) continue;
        room.slots = larger(room.slots, ur_slot_row(&l->recurrent));
        if (l->recurrent.cell->phases > 1) room.second = larger(room.second, ur_padded(l->width));
    }
    return room;
}

size_t ur_step_numbers(const ur_room *room, size_t lanes)
{
    return ur_padded(lanes) + lanes * (2 * room->width + room->slots + room->second);
}

/* A step on its way through the layers. */
typedef struct ur_stepping {
    ur_state *state;
    ur_compute compute;
    size_t lanes;
    int32_t *ids;
    const real *x; /* what came out of the layer before */
    real *free;    /* room for what comes out of this one, */
    real *other;   /* and of the next one */
    real *slots, *second;
} ur_stepping;

static void begin(ur_stepping *w, const ur_model *m, ur_state *s, ur_pool *pool)
{
    size_t lanes = s->lanes;
    real *work = ur_state_work(s);
    w->state = s;
    w->compute = (ur_compute){.kernels = m->kernels, .pool = pool};
    w->lanes = lanes;
    w->ids = (int32_t *)(void *)work;
    w->free = work + ur_padded(lanes);
    w->other = w->free + lanes * s->room.width;
    w->slots = w->other + lanes * s->room.width;
    w->second = w->slots + lanes * s->room.slots;
}

/* Room that x is not in becomes x. */
static real *make_x(ur_stepping *w)
{
    real *y = w->free;
    w->free = w->other;
    w->other = y;
    w->x = y;
    return y;
}

/* Ids as the tables have them: one out of range reads as the last. */
static void take_ids(ur_stepping *w, const int32_t *ids, size_t symbols)
{
    for (size_t b = 0; b < w->lanes; b++)
        w->ids[b] = ids[b] < 0 || (size_t)ids[b] >= symbols ? (int32_t)(symbols - 1) : ids[b];
}

static void take_values(ur_stepping *w, const real *x, size_t features)
{
    if (w->lanes == 1) { /* nothing reads the padding of a row */
        w->x = x;
        return;
    }
    size_t row = ur_padded(features);
    real *to = make_x(w);
    for (size_t b = 0; b < w->lanes; b++) {
        memcpy(to + b * row, x + b * features, features * sizeof(real));
        memset(to + b * row + features, 0, (row - features) * sizeof(real));
    }
}

static void embed(ur_stepping *w, const ur_layer *l)
{
    real *to = make_x(w);
    for (size_t b = 0; b < w->lanes; b++) ur_embed_row(l->embed, w->ids[b], to + b * ur_padded(l->width));
}

static void onehot(ur_stepping *w, const ur_layer *l)
{
    size_t row = ur_padded(l->width);
    real *to = make_x(w);
    memset(to, 0, w->lanes * row * sizeof(real));
    for (size_t b = 0; b < w->lanes; b++) to[b * row + (size_t)w->ids[b]] = 1;
}

static void recurrent_lane(ur_stepping *w, const ur_layer *l)
{
    ur_step_work step;
    step.layer = &l->recurrent;
    step.compute = &w->compute;
    step.x = l->recurrent.symbols ? NULL : w->x;
    step.id = l->recurrent.symbols ? (size_t)w->ids[0] : 0;
    step.slots = w->slots;
    step.second = w->second;
    step.backwards = w->state->backwards;
    for (size_t i = 0; i < l->recurrent.cell->states; i++) step.state[i] = ur_state_array(w->state, l->state + i);
    step.h = w->x == w->free ? w->other : w->free;
    ur_recurrent_step(&step);
    w->x = step.state[0];
}

/* A window of one step on the state itself: what comes out is h. */
static void recurrent_lanes(ur_stepping *w, const ur_layer *l)
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
    for (size_t i = 0; i < l->recurrent.cell->states; i++) window.state[i] = ur_state_array(w->state, l->state + i);
    ur_window_forward(&window);
    w->x = window.state[0];
}

static void dense(ur_stepping *w, const ur_layer *l)
{
    const real *x = w->x;
    ur_dense_forward(&l->dense, &w->compute, x, make_x(w), w->lanes);
}

static void run(ur_stepping *w, const ur_model *m, real *out)
{
    const ur_line *line = &m->lines[m->line_count - 1];
    for (size_t i = line->first; i < line->first + line->count; i++) {
        const ur_layer *l = &m->layers[i];
        switch (l->spec.kind) {
        case UR_LAYER_ONEHOT:
            if (!ur_read_by_cell(l)) onehot(w, l);
            break;
        case UR_LAYER_EMBED:
            embed(w, l);
            break;
        case UR_LAYER_CELL:
            if (w->lanes == 1 && m->weights == UR_WEIGHTS_F32)
                recurrent_lane(w, l);
            else
                recurrent_lanes(w, l);
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
}

void ur_step_on(ur_pool *pool, const ur_model *m, ur_state *state, const int32_t *ids, const ur_real *x, ur_real *out)
{
    const ur_line *line = &m->lines[m->line_count - 1];
    ur_float_mode mode = ur_float_mode_enter();
    ur_stepping w;
    begin(&w, m, state, pool);
    if (line->symbols)
        take_ids(&w, ids, line->symbols);
    else
        take_values(&w, x, line->features);
    run(&w, m, out);
    state->backwards = !state->backwards;
    ur_float_mode_leave(mode);
}

void ur_step(const ur_model *m, ur_state *state, const int32_t *ids, ur_real *out)
{
    ur_step_on(NULL, m, state, ids, NULL, out);
}

void ur_step_values(const ur_model *m, ur_state *state, const ur_real *x, ur_real *out)
{
    ur_step_on(NULL, m, state, NULL, x, out);
}
