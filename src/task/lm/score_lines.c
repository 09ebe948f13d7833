/*
 * Scores each line as a sentence. From a zero state a line break is read; then the line and its own line break are
 * predicted. A last line without a line break is predicted as if it had one. Tokens never cross lines, since a line
 * break is a token of its own in every vocabulary.
 */
#include "generate/session.h"
#include "task/lm/score.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One line, collected and scored as it is read. */
typedef struct ur_line_score {
    ur_scorer *s;
    ur_state *state;
    real *logits;
    int32_t line_break;
    char *text;
    size_t length, room;
    double log_probability;
    uint64_t number, steps; /* index of the line; tokens of the line read so far */
} ur_line_score;

static ur_status begin(ur_line_score *l, ur_error *error)
{
    l->line_break = ur_vocabulary_find(l->s->model->vocabulary, "\n", 1);
    if (l->line_break < 0) l->line_break = ur_unknown_token(l->s->model);
    if (l->line_break < 0)
        return ur_fail(error, UR_ERR_DATA, "the model has no token for a line break, so lines cannot be scored");
    l->logits = calloc(ur_padded(ur_model_outputs(l->s->model)), sizeof(real));
    if (!l->logits) return ur_fail_memory(error, "the logits");
    return ur_state_create(&l->state, l->s->model, 1, error);
}

static ur_status step(ur_line_score *l, int32_t id, ur_error *error)
{
    ur_step(l->s->model, l->state, &id, l->logits);
    ur_status status = ur_check_step(l->s->model, l->state, l->logits, 1, ++l->steps, error);
    if (status == UR_OK) return UR_OK;
    char place[32];
    snprintf(place, sizeof place, "line %llu", (unsigned long long)l->number + 1);
    return ur_fail_in(error, status, place);
}

static ur_status begin_line(ur_line_score *l, ur_error *error)
{
    l->length = 0;
    l->log_probability = 0;
    l->steps = 0;
    ur_state_reset(l->state, UR_ALL_LANES);
    return step(l, l->line_break, error);
}

/* Scores a token and reads it. After the end of a line nothing is predicted, so the last token is not read. */
static ur_status predict(ur_line_score *l, int32_t id, bool ends, ur_error *error)
{
    double loss = ur_score_of(l->s, l->logits, id);
    l->log_probability -= loss;
    l->s->sum += loss;
    l->s->predictions++;
    if (id == ur_unknown_token(l->s->model)) l->s->unknown++;
    return ends ? UR_OK : step(l, id, error);
}

static ur_status keep(ur_line_score *l, const char *text, size_t length, ur_error *error)
{
    if (!l->text || l->length + length > l->room) {
        size_t room = 2 * (l->length + length) + 64;
        char *grown = realloc(l->text, room);
        if (!grown) return ur_fail_memory(error, "a line");
        l->text = grown;
        l->room = room;
    }
    memcpy(l->text + l->length, text, length);
    l->length += length;
    return UR_OK;
}

/* Gives the line to the caller. Returns false if the caller wants no more lines. */
static bool finish(ur_line_score *l)
{
    const ur_scoring *how = l->s->how;
    return how->line(how->context, l->number++, l->text, l->length, l->log_probability);
}

static ur_status lines(ur_line_score *l, ur_error *error)
{
    bool open = false;
    for (uint64_t left = l->s->end - l->s->begin; left > 0; left--) {
        const char *text;
        size_t length;
        int32_t id;
        UR_TRY(ur_reader_next_text(l->s->reader, &text, &length, error));
        if (!open) UR_TRY(begin_line(l, error));
        open = true;
        UR_TRY(ur_vocabulary_encode(l->s->model->vocabulary, text, length, &id, error));
        bool ends = length == 1 && text[0] == '\n';
        if (!ends) UR_TRY(keep(l, text, length, error));
        UR_TRY(predict(l, ends ? l->line_break : id, ends, error));
        if (left % 256 == 0) UR_TRY(ur_score_watch(l->s, left, error));
        if (!ends) continue;
        open = false;
        if (!finish(l)) return UR_OK;
    }
    if (!open) return UR_OK;
    UR_TRY(predict(l, l->line_break, true, error));
    finish(l);
    return UR_OK;
}

ur_status ur_score_lines(ur_scorer *scorer, ur_error *error)
{
    ur_line_score l = {.s = scorer};
    ur_status status = begin(&l, error);
    if (status == UR_OK) status = keep(&l, "", 0, error);
    if (status == UR_OK) status = lines(&l, error);
    ur_state_free(l.state);
    free(l.logits);
    free(l.text);
    return status;
}
