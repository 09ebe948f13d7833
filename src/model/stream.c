/* One step of a loaded model of one line. It uses no tape, allocates nothing and cannot fail. */
#include "base/float_mode.h"
#include "model/state.h"

#include <string.h>

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

ur_room ur_step_room(const ur_model *m)
{
    ur_room room = {0, 0, 0};
    for (const ur_layer *l = m->layers; l < m->layers + m->layer_count; l++) {
        bool takes_ids = l->spec.kind->reads_ids || (l->before && l->before->as_ids);
        if (!l->as_ids) room.width = larger(room.width, ur_padded(l->width));
        if (!takes_ids) room.width = larger(room.width, ur_padded(l->inputs));
        if (l->spec.kind->make_room) l->spec.kind->make_room(l, &room);
    }
    return room;
}

size_t ur_step_numbers(const ur_room *room, size_t lanes)
{
    return ur_padded(lanes) + lanes * (2 * room->width + room->slots + room->second);
}

static void begin(ur_stepping *w, const ur_model *m, ur_state *s, ur_pool *pool)
{
    size_t lanes = s->lanes;
    real *work = ur_state_work(s);
    w->states = (real *)(void *)(s + 1);
    w->at = s->at;
    w->backwards = s->backwards;
    w->compute = (ur_compute){.kernels = m->kernels, .pool = pool};
    w->lanes = lanes;
    w->ids = (int32_t *)(void *)work;
    w->free = work + ur_padded(lanes);
    w->other = w->free + lanes * s->room.width;
    w->slots = w->other + lanes * s->room.width;
    w->second = w->slots + lanes * s->room.slots;
}

/* Copies the ids. An id that is out of range is replaced by the last one. */
static void take_ids(ur_stepping *w, const int32_t *ids, size_t symbols)
{
    for (size_t b = 0; b < w->lanes; b++)
        w->ids[b] = ids[b] < 0 || (size_t)ids[b] >= symbols ? (int32_t)(symbols - 1) : ids[b];
}

static void take_values(ur_stepping *w, const real *x, size_t features)
{
    if (w->lanes == 1) { /* nothing reads the padding of this row */
        w->x = x;
        return;
    }
    size_t row = ur_padded(features);
    real *to = ur_step_make(w);
    for (size_t b = 0; b < w->lanes; b++) {
        memcpy(to + b * row, x + b * features, features * sizeof(real));
        memset(to + b * row + features, 0, (row - features) * sizeof(real));
    }
}

static void run(ur_stepping *w, const ur_model *m, real *out)
{
    const ur_line *line = &m->lines[m->line_count - 1];
    for (size_t i = line->first; i < line->first + line->count; i++) m->layers[i].spec.kind->step(w, &m->layers[i]);
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
