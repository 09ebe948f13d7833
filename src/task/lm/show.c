/* The samples that a language model writes during training. */
#include "task/lm/lm.h"

#include "unroll_generate.h"

#include <stdlib.h>
#include <string.h>

/* A network that is trained with carried states has rarely seen the zero state. The first tokens say more about that
 * state than about the text, so they are drawn and not shown. */
enum { UNSHOWN = 40 };

typedef struct ur_sample_text {
    ur_lm *lm; /* owns the text */
    size_t length;
} ur_sample_text;

static ur_status append(void *context, const char *bytes, size_t size, ur_error *error)
{
    ur_sample_text *s = context;
    char *grown = realloc(s->lm->sample, s->length + size);
    if (!grown) return ur_fail_memory(error, "a sample");
    s->lm->sample = grown;
    memcpy(grown + s->length, bytes, size);
    s->length += size;
    return UR_OK;
}

/* Each step has its own random draws, so that samples differ, and a resumed run draws the same ones. */
static ur_status write_sample(ur_session *session, const ur_lm *lm, uint64_t step, const ur_sink *sink, ur_error *error)
{
    size_t length = lm->settings.sample_length;
    ur_sampling how = ur_sampling_default();
    how.temperature = lm->settings.sample_temperature;
    how.seed = lm->seed;
    ur_session_set_sampling(session, &how);
    ur_session_set_draw(session, step * (length + UNSHOWN));
    UR_TRY(ur_session_write(session, &(ur_writing){.tokens = UNSHOWN}, NULL, error));
    return ur_session_write(session, &(ur_writing){.tokens = length, .raw = true}, sink, error);
}

ur_status ur_lm_show(void *data, const ur_model *model, uint64_t step, ur_shown *shown, ur_error *error)
{
    ur_sample_text text = {data, 0};
    ur_session *session;
    if (!text.lm->settings.sample_length) return UR_OK;
    UR_TRY(ur_session_create(&session, model, error));
    ur_status status = write_sample(session, text.lm, step, &(ur_sink){append, &text}, error);
    ur_session_free(session);
    if (text.length) *shown = (ur_shown){.text = text.lm->sample, .length = text.length};
    return status == UR_ERR_NUMERIC ? UR_OK : status; /* if the numbers overflow, the sample ends there */
}
