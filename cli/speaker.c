/* Reading and writing with a language model, a unit at a time. */
#include "speaker.h"

#include "base/error.h"
#include "base/random.h"

#include <stdlib.h>

ur_status ur_cli_speaker_open(ur_cli_speaker *speaker, const ur_model *model, const ur_sampling *how, ur_error *error)
{
    *speaker = (ur_cli_speaker){.model = model, .units = ur_model_units(model), .waiting = -1, .how = *how};
    speaker->how.never = ur_unknown_unit(model);
    speaker->logits = calloc(ur_model_outputs(model) + 1, sizeof *speaker->logits);
    if (!speaker->logits) return ur_fail_memory(error, "sampling");
    ur_status status = ur_state_create(&speaker->state, model, 1, error);
    if (status != UR_OK) ur_cli_speaker_close(speaker);
    return status;
}

void ur_cli_speaker_close(ur_cli_speaker *speaker)
{
    free(speaker->logits);
    ur_state_free(speaker->state);
    *speaker = (ur_cli_speaker){.waiting = -1};
}

void ur_cli_speaker_step(ur_cli_speaker *speaker)
{
    ur_step(speaker->model, speaker->state, &speaker->waiting, speaker->logits);
}

ur_status ur_cli_speaker_read(ur_cli_speaker *speaker, const char *text, size_t length, ur_error *error)
{
    size_t count = 0;
    int32_t *ids = calloc(length + 1, sizeof *ids);
    if (!ids) return ur_fail_memory(error, "the text to begin with");
    ur_status status = ur_encode(speaker->model, text, length, ids, length, &count, error);
    for (size_t i = 0; status == UR_OK && i < count; i++) {
        if (speaker->waiting >= 0) ur_cli_speaker_step(speaker);
        speaker->waiting = ids[i];
    }
    free(ids);
    return status;
}

static int32_t any_unit(const ur_cli_speaker *speaker)
{
    size_t known = speaker->units - (speaker->how.never >= 0 && speaker->units > 1);
    return (int32_t)(ur_random_uniform(speaker->how.seed, UR_USE_SAMPLE + 1, 0) * (double)known);
}

static int32_t line_break(const ur_model *model)
{
    for (size_t i = 0; i < ur_model_units(model); i++) {
        size_t length = 0;
        const char *text = ur_unit_text(model, (int32_t)i, &length);
        if (text && length == 1 && text[0] == '\n') return (int32_t)i;
    }
    return -1;
}

void ur_cli_speaker_begin(ur_cli_speaker *speaker)
{
    if (speaker->waiting >= 0) return;
    speaker->waiting = line_break(speaker->model);
    if (speaker->waiting < 0) speaker->waiting = any_unit(speaker);
}

int32_t ur_cli_speaker_draw(ur_cli_speaker *speaker)
{
    ur_cli_speaker_step(speaker);
    speaker->waiting = ur_sample(speaker->logits, speaker->units, &speaker->how, speaker->draw++);
    return speaker->waiting;
}
