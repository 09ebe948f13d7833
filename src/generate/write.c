/* Writes the text of a session. */
#include "base/error.h"
#include "generate/session.h"

void ur_session_end(ur_session *s)
{
    s->limit = s->written = 0;
    s->ending = UR_NOT_ENDED;
}

ur_status ur_session_begin(ur_session *s, const ur_writing *writing, ur_error *error)
{
    UR_TRY(ur_session_start(s, error));
    UR_TRY(ur_output_begin(&s->output, writing, &s->begun, error));
    s->limit = writing->tokens;
    s->written = 0;
    s->ending = s->limit ? UR_NOT_ENDED : UR_ENDED_TOKENS;
    atomic_store(&s->asked, false);
    return UR_OK;
}

static void finish(ur_session *s, ur_finish ending)
{
    ur_output_end(&s->output);
    s->ending = ending;
}

static ur_status write_token(ur_session *s, ur_error *error)
{
    int32_t id;
    size_t size = 0;
    UR_TRY(ur_session_draw(s, &id, error));
    const char *text = ur_token_text(s->model, id, &size);
    s->written++;
    if (text && ur_output_add(&s->output, text, size))
        s->ending = UR_ENDED_STOP;
    else if (s->written == s->limit)
        finish(s, UR_ENDED_TOKENS);
    return UR_OK;
}

ur_status ur_session_next(ur_session *s, const char **text, size_t *size, ur_error *error)
{
    *text = NULL;
    *size = s->output.size = 0;
    if (s->ending != UR_NOT_ENDED) return UR_OK;
    if (s->limit == 0) return ur_fail(error, UR_ERR_USAGE, "this session has not begun to write");
    if (atomic_load(&s->asked))
        finish(s, UR_ENDED_ASKED);
    else
        UR_TRY(write_token(s, error));
    *text = s->output.text;
    *size = s->output.size;
    return UR_OK;
}

ur_status ur_session_write(ur_session *s, const ur_writing *writing, const ur_sink *sink, ur_error *error)
{
    ur_error own;
    const char *text;
    size_t size;
    if (!error) error = &own; /* so that a sink always gets an error to fill */
    UR_TRY(ur_session_begin(s, writing, error));
    do {
        UR_TRY(ur_session_next(s, &text, &size, error));
        if (size && sink) UR_TRY(sink->write(sink->context, text, size, error));
    } while (text);
    return UR_OK;
}

void ur_session_stop(ur_session *s) { atomic_store(&s->asked, true); }

ur_finish ur_session_ending(const ur_session *s) { return s->ending; }

size_t ur_session_written(const ur_session *s) { return s->written; }
