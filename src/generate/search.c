/* Beam search from the current state of a session. */
#include "base/error.h"
#include "generate/beam.h"
#include "generate/search_state.h"

#include <math.h>

/* Makes a step in which the unknown token is not allowed. */
static ur_status step(void *context, size_t rows, const size_t *from, const int32_t *ids, ur_real *logits,
                      ur_error *error)
{
    const ur_session *s = ((ur_search_state *)context)->session;
    UR_TRY(ur_search_state_step(context, rows, from, ids, logits, error));
    for (size_t i = 0; s->how.never >= 0 && i < rows; i++)
        logits[i * s->outputs + (size_t)s->how.never] = (ur_real)-INFINITY;
    return UR_OK;
}

ur_status ur_session_search(ur_session *session, ur_beam *beam, ur_error *error)
{
    ur_search_state state;
    UR_TRY(ur_session_start(session, error));
    ur_status status = ur_search_state_open(&state, session, ur_beam_width(beam), error);
    const ur_decoder decoder = {.step = step, .context = &state, .outputs = session->outputs};
    if (status == UR_OK) status = ur_beam_search(beam, &decoder, session->waiting, error);
    ur_search_state_close(&state);
    return status;
}
