/*
 * A session: a state of one lane, and the token it reads next. One token always waits to be read, so that a text can be
 * left behind any token and gone on with later. Looking ahead reads it on trial: `rest` keeps the state from before.
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
    ur_pool *pool; /* NULL: none */
    ur_sampling how;
    size_t outputs;
    ur_state *state, *rest; /* rest: before `waiting` was read; it holds where looked */
    bool looked;            /* `waiting` was read, `logits` say what may follow */
    bool broken;            /* a number was not finite */
    ur_real *logits;        /* (outputs) */
    ur_real *chances;       /* (outputs), for callers to look at */
    int32_t waiting;        /* −1: nothing was read yet */
    uint64_t draw, steps;   /* tokens drawn; tokens read since the session began or was loaded */
    uint64_t weights;       /* hash of the model's, where `hashed` */
    bool hashed;
    ur_feed feed;
    ur_begun begun;
    ur_output output;
    size_t limit, written; /* of the writing under way */
    ur_finish ending;
    atomic_bool asked; /* to stop */
};

/* Ends what is being read, and gives a session that has read nothing something to begin with. */
ur_status ur_session_start(ur_session *session, ur_error *error);

/* Ends the writing under way. */
void ur_session_end(ur_session *session);

/* Reads what waits, on trial. */
ur_status ur_session_look(ur_session *session, ur_error *error);
/* A token that comes next: what waited is read, this one waits. */
ur_status ur_session_accept(ur_session *session, int32_t id, ur_error *error);

/* The state before what waits is read. */
static inline ur_state *ur_session_rest(const ur_session *session)
{
    return session->looked ? session->rest : session->state;
}

/* Numbers that a step gave, checked; UR_ERR_NUMERIC names the layer of `state` that is to blame. */
ur_status ur_check_step(const ur_model *model, ur_state *state, const ur_real *logits, size_t rows, uint64_t steps,
                        ur_error *error);

#endif
