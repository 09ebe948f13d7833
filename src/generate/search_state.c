/* The step of a search with a language model; see search_state.h. */
#include "generate/search_state.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

ur_status ur_search_state_open(ur_search_state *state, const ur_session *session, size_t width, ur_error *error)
{
    *state = (ur_search_state){.session = session, .width = width, .steps = session->steps};
    UR_TRY(ur_state_create(&state->now, session->model, width, error));
    UR_TRY(ur_state_create(&state->next, session->model, width, error));
    state->ids = calloc(width, sizeof *state->ids);
    if (!state->ids) return ur_fail_memory(error, "a search");
    ur_state_copy(state->now, 0, ur_session_rest(session), 0);
    return UR_OK;
}

void ur_search_state_close(ur_search_state *state)
{
    ur_state_free(state->now);
    ur_state_free(state->next);
    free(state->ids);
    *state = (ur_search_state){0};
}

ur_status ur_search_state_step(void *context, size_t rows, const size_t *from, const int32_t *ids, ur_real *logits,
                               ur_error *error)
{
    ur_search_state *state = context;
    const ur_session *s = state->session;
    for (size_t i = 0; i < rows; i++) ur_state_copy(state->next, i, state->now, from[i]);
    for (size_t i = rows; i < state->width; i++) ur_state_reset(state->next, i); /* step too, but are unused */
    ur_state *before = state->now;
    state->now = state->next;
    state->next = before;
    memcpy(state->ids, ids, rows * sizeof *ids);
    ur_step_on(s->pool, s->model, state->now, state->ids, NULL, logits);
    return ur_check_step(s->model, state->now, logits, rows, ++state->steps, error);
}
