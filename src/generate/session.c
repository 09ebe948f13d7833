/* Sessions: creation, copies, and the step from one token to the next. */
#include "generate/session.h"

#include "base/error.h"
#include "base/random.h"

#include <stdlib.h>
#include <string.h>

/* ---- Creation --------------------------------------------------------------------------------------------------- */

static ur_status allocate(ur_session *s, ur_error *error)
{
    s->logits = calloc(s->outputs, sizeof *s->logits);
    s->chances = calloc(s->outputs, sizeof *s->chances);
    if (!s->logits || !s->chances) return ur_fail_memory(error, "a session");
    UR_TRY(ur_state_create(&s->state, s->model, 1, error));
    return ur_state_create(&s->rest, s->model, 1, error);
}

ur_status ur_session_create(ur_session **session, const ur_model *model, ur_error *error)
{
    *session = NULL;
    if (!ur_predicts_tokens(model))
        return ur_fail(error, UR_ERR_USAGE,
                       "\"%s\" does not predict the tokens that it reads, so it cannot have a session",
                       ur_model_net(model));
    ur_session *s = calloc(1, sizeof *s);
    if (!s) return ur_fail_memory(error, "a session");
    *s = (ur_session){.model = model, .outputs = ur_model_outputs(model), .waiting = -1};
    ur_sampling how = ur_sampling_default();
    ur_session_set_sampling(s, &how);
    ur_status status = allocate(s, error);
    if (status != UR_OK)
        ur_session_free(s);
    else
        *session = s;
    return status;
}

void ur_session_free(ur_session *s)
{
    if (!s) return;
    ur_output_free(&s->output);
    ur_state_free(s->state);
    ur_state_free(s->rest);
    free(s->logits);
    free(s->chances);
    free(s);
}

void ur_session_reset(ur_session *s)
{
    ur_state_reset(s->state, UR_ALL_LANES);
    s->looked = s->broken = false;
    s->waiting = -1;
    s->draw = s->steps = 0;
    s->feed = (ur_feed){0};
    s->begun.count = 0;
    ur_session_end(s);
}

ur_status ur_session_copy(ur_session *to, const ur_session *from, ur_error *error)
{
    if (to->model != from->model)
        return ur_fail(error, UR_ERR_USAGE, "a session cannot be copied into a session of another model");
    if (to == from) return UR_OK;
    ur_state_copy(to->state, 0, from->state, 0);
    ur_state_copy(to->rest, 0, from->rest, 0);
    memcpy(to->logits, from->logits, from->outputs * sizeof *from->logits);
    to->pool = from->pool;
    to->how = from->how;
    to->looked = from->looked;
    to->broken = from->broken;
    to->waiting = from->waiting;
    to->draw = from->draw;
    to->steps = from->steps;
    to->weights = from->weights;
    to->hashed = from->hashed;
    to->feed = from->feed;
    to->begun = from->begun;
    ur_session_end(to);
    return UR_OK;
}

/* ---- Settings --------------------------------------------------------------------------------------------------- */

void ur_session_set_sampling(ur_session *s, const ur_sampling *how)
{
    const int32_t unknown = ur_unknown_token(s->model);
    s->how = *how;
    if (unknown >= 0) s->how.never = unknown;
}

ur_sampling ur_session_sampling(const ur_session *s) { return s->how; }

void ur_session_set_draw(ur_session *s, uint64_t draw) { s->draw = draw; }

uint64_t ur_session_next_draw(const ur_session *s) { return s->draw; }

void ur_session_use_pool(ur_session *s, ur_pool *pool) { s->pool = pool; }

/* ---- Steps ------------------------------------------------------------------------------------------------------ */

/* Reads the token that waits. A session whose numbers were not finite fails again. */
static ur_status read_waiting(ur_session *s, ur_error *error)
{
    if (!s->broken) {
        ur_step_on(s->pool, s->model, s->state, &s->waiting, NULL, s->logits);
        s->steps++;
    }
    ur_status status = ur_check_step(s->model, s->state, s->logits, 1, s->steps, error);
    s->broken = status != UR_OK;
    return status;
}

ur_status ur_session_look(ur_session *s, ur_error *error)
{
    if (s->looked) return UR_OK;
    ur_state_copy(s->rest, 0, s->state, 0);
    UR_TRY(read_waiting(s, error));
    s->looked = true;
    return UR_OK;
}

static void pass_text(ur_session *s, int32_t id)
{
    char complete[12];
    size_t length = 0;
    const char *text = ur_token_text(s->model, id, &length);
    for (size_t i = 0; text && i < length; i++) ur_begun_add(&s->begun, text[i], complete);
}

ur_status ur_session_accept(ur_session *s, int32_t id, ur_error *error)
{
    if (s->waiting >= 0 && !s->looked) UR_TRY(read_waiting(s, error));
    s->looked = false;
    s->waiting = id;
    pass_text(s, id);
    return UR_OK;
}

/* The sampled token is accepted in any case, so the state before it need not be kept. */
ur_status ur_session_draw(ur_session *s, int32_t *id, ur_error *error)
{
    UR_TRY(ur_session_start(s, error));
    if (!s->looked) UR_TRY(read_waiting(s, error));
    s->looked = true;
    *id = ur_sample(s->logits, s->outputs, &s->how, s->draw++);
    return ur_session_accept(s, *id, error);
}

/* ---- Start ------------------------------------------------------------------------------------------------------ */

static int32_t any_token(const ur_session *s)
{
    size_t known = s->outputs - (ur_unknown_token(s->model) >= 0 && s->outputs > 1);
    return (int32_t)(ur_random_uniform(s->how.seed, UR_USE_SAMPLE + 1, 0) * (double)known);
}

static int32_t line_break(const ur_model *model)
{
    return model->vocabulary ? ur_vocabulary_find(model->vocabulary, "\n", 1) : -1;
}

ur_status ur_session_start(ur_session *s, ur_error *error)
{
    UR_TRY(ur_session_read_end(s, error));
    if (s->waiting >= 0) return UR_OK;
    s->waiting = line_break(s->model);
    if (s->waiting < 0) s->waiting = any_token(s);
    return UR_OK;
}
