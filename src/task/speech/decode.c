/* Finds a text from the outputs of a recording's steps. */
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

bool ur_speech_searches(const ur_listener *l) { return l->say || l->settings.beam > 1; }

enum { WIDTH = 16 };
static const double LEAST = -12; /* a label may begin at a step if its log p there is at least this */

static ur_status search(ur_listener *l, const real *x, size_t outputs, size_t stride, size_t steps, size_t *count,
                        ur_error *error)
{
    double score;
    const ur_ctc_searching how = {l->settings.beam ? l->settings.beam : WIDTH, LEAST, ur_speech_say_judge(l->say)};
    return ur_ctc_search(&how, x, outputs, stride, steps, l->labels, count, &score, error);
}

ur_status ur_speech_decode(ur_listener *l, const real *x, size_t stride, size_t steps, ur_speech_text *text,
                           ur_error *error)
{
    text->length = 0;
    size_t outputs = ur_vocabulary_size(l->tokens) + 1, count;
    UR_TRY(make_label_room(l, steps, error));
    if (ur_speech_searches(l))
        UR_TRY(search(l, x, outputs, stride, steps, &count, error));
    else
        count = ur_ctc_best(x, outputs, stride, steps, l->labels, 1);
    return ur_speech_spell(l, l->labels, count, text, error);
}
