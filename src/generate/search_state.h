/* A language model as the decoder of a search: each kept text is a lane of a state, and all lanes step at once. */
#ifndef UR_GENERATE_SEARCH_STATE_H
#define UR_GENERATE_SEARCH_STATE_H

#include "generate/session.h"

typedef struct ur_search_state {
    const ur_session *session;
    size_t width;
    ur_state *now, *next;
    int32_t *ids; /* (width) */
    uint64_t steps;
} ur_search_state;

/* Begins at the session's current state. Close it also if this fails. */
ur_status ur_search_state_open(ur_search_state *state, const ur_session *session, size_t width, ur_error *error);
void ur_search_state_close(ur_search_state *state);

/* The step function of ur_decoder. */
ur_status ur_search_state_step(void *state, size_t rows, const size_t *from, const int32_t *ids, ur_real *logits,
                               ur_error *error);

#endif
