/*
 * A session: a state of one lane, and the token that it reads next. One token always waits to be read, so that a text
 * can be left after any token and continued later. Looking ahead reads that token on trial: `rest` is the state before
 * it.
 */
#ifndef UR_GENERATE_SESSION_H
#define UR_GENERATE_SESSION_H

#include "generate/feed.h"
#include "generate/output.h"
#include "model/state.h"
#include "unroll_generate.h"

#include <stdatomic.h>

struct ur_session {
    const ur_model *model;
    ur_pool *pool; /* or NULL */
    ur_sampling how;
    size_t outputs;
    ur_state *state, *rest; /* rest: state before `waiting` was read; valid if `looked` */
    bool looked;            /* `waiting` was read on trial, and `logits` are those of the token after it */
    bool broken;            /* a number was not finite */
    ur_real *logits;        /* (outputs) */
    ur_real *chances;       /* (outputs) probabilities for callers to look at */
    int32_t waiting;        /* token that waits; −1 if nothing was read yet */
    uint64_t draw, steps;   /* tokens sampled; tokens read since the session began or was loaded */
    uint64_t weights;       /* hash of the model's weights, valid if `hashed` */
    bool hashed;
    ur_feed feed;
    ur_begun begun;
    ur_output output;
    size_t limit, written; /* of the current writing */
    ur_finish ending;
    atomic_bool asked; /* the writing was asked to stop */
};

/* Ends the text that is being read, and gives a session that has read nothing a token to begin with. */
ur_status ur_session_start(ur_session *session, ur_error *error);

/* Ends the current writing. */
void ur_session_end(ur_session *session);

/* Reads the waiting token, on trial. */
ur_status ur_session_look(ur_session *session, ur_error *error);
/* Takes the next token: the waiting one is read, and the new one waits. */
ur_status ur_session_accept(ur_session *session, int32_t id, ur_error *error);

/* The state before the waiting token is read. */
static inline ur_state *ur_session_rest(const ur_session *session)
{
    return session->looked ? session->rest : session->state;
}

/* Checks the logits of a step. UR_ERR_NUMERIC names the layer of `state` that caused the failure. */
ur_status ur_check_step(const ur_model *model, ur_state *state, const ur_real *logits, size_t rows, uint64_t steps,
                        ur_error *error);

#endif
