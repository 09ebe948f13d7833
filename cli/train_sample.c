/* What a network that is learning writes, drawn when a sample is due. */
#include "train.h"

#include "speaker.h"

#include "base/error.h"

#include <stdlib.h>

/* Each step has draws of its own, so that samples differ and a resumed run draws the same ones. A network that is trained
 * with carried states has hardly met the zero state: the first units, which say more about it than about the text, are
 * drawn and not shown. */
static void draw_units(ur_cli_speaker *speaker, size_t length, uint64_t step, FILE *file)
{
    enum { UNSHOWN = 40 };
    speaker->draw = step * (length + UNSHOWN);
    ur_cli_speaker_begin(speaker);
    for (int i = 0; i < UNSHOWN; i++) ur_cli_speaker_draw(speaker);
    for (size_t i = 0; i < length; i++) {
        size_t size = 0;
        const char *text = ur_unit_text(speaker->model, ur_cli_speaker_draw(speaker), &size);
        if (text) fwrite(text, 1, size, file);
    }
}

ur_status ur_cli_train_sample(const ur_cli_train_settings *settings, const ur_model *model, const ur_event *event,
                              char **text, size_t *length, ur_error *error)
{
    ur_sampling how = ur_sampling_default();
    ur_cli_speaker speaker;
    how.temperature = settings->sample_temperature;
    how.seed = settings->training.learning.seed;
    *text = NULL;
    *length = 0;
    FILE *memory = open_memstream(text, length);
    if (!memory) return ur_fail_memory(error, "a sample");
    ur_status status = ur_cli_speaker_open(&speaker, model, &how, error);
    if (status == UR_OK) {
        draw_units(&speaker, settings->sample_length, event->step, memory);
        ur_cli_speaker_close(&speaker);
    }
    bool failed = ferror(memory) != 0;
    failed |= fclose(memory) != 0;
    if (failed && status == UR_OK) status = ur_fail_memory(error, "a sample");
    if (status == UR_OK) return UR_OK;
    free(*text);
    *text = NULL;
    return status;
}
