/* What a language model writes while it learns. */
#include "task/lm/lm.h"

#include "base/random.h"

#include <stdlib.h>
#include <string.h>

/* A network that is trained with carried states has hardly met the zero state: the first tokens, which say more about it
 * than about the text, are drawn and not shown. */
enum { UNSHOWN = 40 };

typedef struct ur_writer_state {
    const ur_model *model;
    ur_state *state;
    real *logits;
    ur_sampling how;
    int32_t id;
    uint64_t draw;
} ur_writer_state;

static int32_t first_token(const ur_writer_state *w)
{
    int32_t line_break = ur_vocabulary_find(w->model->vocabulary, "\n", 1);
    size_t known = ur_vocabulary_size(w->model->vocabulary) - (w->how.never >= 0);
    if (line_break >= 0) return line_break;
    return (int32_t)(ur_random_uniform(w->how.seed, UR_USE_SAMPLE + 1, 0) * (double)known);
}

static void draw_token(ur_writer_state *w)
{
    ur_step(w->model, w->state, &w->id, w->logits);
    w->id = ur_sample(w->logits, ur_model_outputs(w->model), &w->how, w->draw++);
}

static ur_status append(ur_shown *shown, char **text, const char *more, size_t length, ur_error *error)
{
    char *grown = realloc(*text, shown->length + length + 1);
    if (!grown) return ur_fail_memory(error, "a sample");
    *text = grown;
    memcpy(grown + shown->length, more, length);
    shown->length += length;
    shown->text = grown;
    return UR_OK;
}

/* Each step has draws of its own, so that samples differ and a resumed run draws the same ones. */
static ur_status write_text(ur_lm *lm, ur_writer_state *w, uint64_t step, ur_shown *shown, ur_error *error)
{
    size_t length = lm->settings.sample_length;
    w->draw = step * (length + UNSHOWN);
    w->id = first_token(w);
    for (size_t i = 0; i < UNSHOWN; i++) draw_token(w);
    for (size_t i = 0; i < length; i++) {
        size_t size = 0;
        draw_token(w);
        const char *text = ur_unit_text(w->model, w->id, &size);
        if (text) UR_TRY(append(shown, &lm->sample, text, size, error));
    }
    return UR_OK;
}

ur_status ur_lm_show(void *data, const ur_model *model, uint64_t step, ur_shown *shown, ur_error *error)
{
    ur_lm *lm = data;
    ur_writer_state w = {.model = model, .how = ur_sampling_default()};
    if (!lm->settings.sample_length) return UR_OK;
    w.how.temperature = lm->settings.sample_temperature;
    w.how.seed = lm->seed;
    w.how.never = ur_unknown_unit(model);
    w.logits = calloc(ur_padded(ur_model_outputs(model)), sizeof *w.logits);
    if (!w.logits) return ur_fail_memory(error, "a sample");
    ur_status status = ur_state_create(&w.state, model, 1, error);
    if (status == UR_OK) status = write_text(lm, &w, step, shown, error);
    ur_state_free(w.state);
    free(w.logits);
    return status;
}
