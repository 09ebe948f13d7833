/* A language model as the decoder of a search: each text that is kept is a lane of a state, and all lanes step at once. */
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

/* From where the session stands. Must be closed also when this fails. */
ur_status ur_search_state_open(ur_search_state *state, const ur_session *session, size_t width, ur_error *error);
void ur_search_state_close(ur_search_state *state);

/* As ur_decoder has it. */
ur_status ur_search_state_step(void *state, size_t rows, const size_t *from, const int32_t *ids, ur_real *logits,
                               ur_error *error);

#endif
