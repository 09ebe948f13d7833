/* What a network that is learning writes, drawn when a sample is due. */
#include "train.h"

#include "sink.h"

#include "base/error.h"

#include <stdlib.h>

/* Each step has draws of its own, so that samples differ and a resumed run draws the same ones. A network that is trained
 * with carried states has hardly met the zero state: the first tokens, which say more about it than about the text, are
 * drawn and not shown. */
static ur_status draw(ur_session *session, size_t length, uint64_t step, const ur_sink *sink, ur_error *error)
{
    enum { UNSHOWN = 40 };
    ur_session_set_draw(session, step * (length + UNSHOWN));
    UR_TRY(ur_session_write(session, &(ur_writing){.tokens = UNSHOWN}, NULL, error));
    return ur_session_write(session, &(ur_writing){.tokens = length, .raw = true}, sink, error);
}

static ur_status draw_into(FILE *memory, const ur_cli_train_settings *settings, const ur_model *model, uint64_t step,
                           ur_error *error)
{
    ur_session *session;
    ur_text_out out = {.file = memory, .raw = true};
    ur_sampling how = ur_sampling_default();
    const ur_sink sink = ur_cli_sink(&out);
    how.temperature = settings->sample_temperature;
    how.seed = settings->training.learning.seed;
    UR_TRY(ur_session_create(&session, model, error));
    ur_session_set_sampling(session, &how);
    ur_status status = draw(session, settings->sample_length, step, &sink, error);
    ur_session_free(session);
    return status;
}

ur_status ur_cli_train_sample(const ur_cli_train_settings *settings, const ur_model *model, const ur_event *event,
                              char **text, size_t *length, ur_error *error)
{
    *text = NULL;
    *length = 0;
    FILE *memory = open_memstream(text, length);
    if (!memory) return ur_fail_memory(error, "a sample");
    ur_status status = draw_into(memory, settings, model, event->step, error);
    if (fclose(memory) != 0 && status == UR_OK) status = ur_fail_memory(error, "a sample");
    if (status == UR_OK || status == UR_ERR_NUMERIC) return UR_OK; /* one that left all bounds: as far as it came */
    free(*text);
    *text = NULL;
    return status;
}
