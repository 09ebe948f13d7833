/* From the numbers of a recording's steps to a text. */
#include "task/speech/speech.h"

#include "layer/ctc.h"

#include <stdlib.h>

static ur_status make_label_room(ur_listener *l, size_t steps, ur_error *error)
{
    if (steps <= l->label_room) return UR_OK;
    int32_t *grown = realloc(l->labels, 2 * steps * sizeof *grown);
    if (!grown) return ur_fail_memory(error, "a transcript");
    l->labels = grown;
    l->label_room = 2 * steps;
    return UR_OK;
}

ur_status ur_speech_decode(ur_listener *l, const real *x, size_t stride, size_t steps, ur_speech_text *text,
                           ur_error *error)
{
    text->length = 0;
    UR_TRY(make_label_room(l, steps, error));
    size_t count = ur_ctc_best(x, ur_vocabulary_size(l->tokens) + 1, stride, steps, l->labels, 1);
    return ur_speech_spell(l, l->labels, count, text, error);
}
