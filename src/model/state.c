/* The states of a model: their size, creation, copies and values. */
#include "model/state.h"

#include <stdlib.h>
#include <string.h>

#define UR_STATE_MAGIC UINT64_C(0x3165746174537255) /* "UrState1" */

/* The header of a state of this model. `size` is SIZE_MAX if the size overflows. */
static ur_state describe(const ur_model *m, size_t lanes)
{
    ur_state s = {.magic = UR_STATE_MAGIC, .lanes = lanes, .count = (uint32_t)m->state_count};
    size_t numbers = 0, bytes = 0;
    bool fits = lanes > 0;
    for (size_t i = 0; i < m->layer_count; i++) {
        const ur_layer *l = &m->layers[i];
        for (size_t k = 0; k < l->states; k++) {
            size_t part = 0;
            s.row[l->state + k] = ur_padded(l->units);
            s.at[l->state + k] = numbers;
            fits = fits && ur_mul_fits(lanes, ur_padded(l->units), &part) && ur_add_fits(numbers, part, &numbers);
        }
    }
    s.work = numbers;
    s.room = ur_step_room(m);
    fits = fits && lanes <= SIZE_MAX / 1024 / (m->numbers + 1024) &&
           ur_add_fits(numbers, ur_step_numbers(&s.room, lanes), &numbers);
    fits = fits && ur_mul_fits(numbers, sizeof(real), &bytes) && ur_add_fits(bytes, sizeof s, &bytes);
    s.size = fits ? bytes : SIZE_MAX;
    return s;
}

size_t ur_state_size(const ur_model *model, size_t lanes)
{
    size_t size = describe(model, lanes).size;
    return size == SIZE_MAX ? 0 : size;
}

ur_status ur_check_streams(const ur_model *m, ur_error *error)
{
    for (size_t i = 0; i < m->layer_count; i++) {
        const char *why = ur_layer_whole(&m->layers[i]);
        if (why)
            return ur_fail(error, UR_ERR_UNSUPPORTED, "\"%s\" in \"%s\" needs the whole sequence; use ur_predict", why,
                           m->net);
    }
    return UR_OK;
}

/* ur_step runs one line, so it cannot run a network of several lines. */
static ur_status check_steps(const ur_model *m, ur_error *error)
{
    if (m->line_count == 1) return ur_check_streams(m, error);
    return ur_fail(error, UR_ERR_UNSUPPORTED, "\"%s\" has %zu lines and cannot be stepped; use ur_predict", m->net,
                   m->line_count);
}

/* Sets up a state in memory. Does not clear the arrays. */
static ur_status set_up(ur_state *state, size_t size, const ur_model *model, size_t lanes, ur_error *error)
{
    ur_state s = describe(model, lanes);
    if (s.size == SIZE_MAX) return ur_fail(error, UR_ERR_USAGE, "a state of %zu lanes is not possible", lanes);
    if (size < s.size)
        return ur_fail(error, UR_ERR_USAGE, "a state of %zu lanes needs %zu bytes; there are %zu", lanes, s.size, size);
    *state = s;
    return UR_OK;
}

ur_status ur_state_init(ur_state *state, size_t size, const ur_model *model, size_t lanes, ur_error *error)
{
    UR_TRY(check_steps(model, error));
    UR_TRY(set_up(state, size, model, lanes, error));
    memset((void *)(state + 1), 0, state->size - sizeof *state);
    return UR_OK;
}

ur_status ur_state_make(ur_state **state, const ur_model *model, size_t lanes, ur_error *error)
{
    size_t size = ur_state_size(model, lanes);
    *state = size ? ur_block_alloc(1, size) : NULL;
    if (size && !*state) return ur_fail_memory(error, "a state");
    return set_up(*state, size, model, lanes, error);
}

ur_status ur_state_create(ur_state **state, const ur_model *model, size_t lanes, ur_error *error)
{
    *state = NULL;
    UR_TRY(check_steps(model, error));
    return ur_state_make(state, model, lanes, error);
}

void ur_state_free(ur_state *state) { ur_block_free(state); }

size_t ur_state_lanes(const ur_state *state) { return state->lanes; }

void ur_state_reset(ur_state *s, size_t lane)
{
    for (size_t i = 0; i < s->count; i++) {
        if (lane == UR_ALL_LANES)
            memset(ur_state_array(s, i), 0, s->lanes * s->row[i] * sizeof(real));
        else if (lane < s->lanes)
            memset(ur_state_array(s, i) + lane * s->row[i], 0, s->row[i] * sizeof(real));
    }
}

void ur_state_copy(ur_state *to, size_t to_lane, const ur_state *from, size_t from_lane)
{
    if (to->count != from->count || to_lane >= to->lanes || from_lane >= from->lanes) return;
    for (size_t i = 0; i < to->count; i++)
        memmove(ur_state_array(to, i) + to_lane * to->row[i], ur_state_array(from, i) + from_lane * from->row[i],
                to->row[i] * sizeof(real));
}

ur_real *ur_state_values(const ur_model *m, ur_state *state, size_t layer, int which, size_t lane, size_t *width)
{
    for (size_t i = 0; i < m->layer_count; i++) {
        const ur_layer *l = &m->layers[i];
        if (!l->states || layer-- > 0) continue;
        if (which < 0 || (size_t)which >= l->states || lane >= state->lanes) return NULL;
        *width = l->units;
        size_t array = l->state + (size_t)which;
        return ur_state_array(state, array) + lane * state->row[array];
    }
    return NULL;
}
