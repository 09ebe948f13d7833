/*
 * The most probable ways to finish a word: a search over the tokens that may follow. The search spells the begun part
 * of the word again, so that it also works if tokens are whole words: every token that is tried must agree with the
 * begun part.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "generate/frontier.h"
#include "generate/search_state.h"
#include "generate/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH_LEAST = 16, STEPS_MOST = 2 * UR_WORD_MAX };

typedef struct path {
    char text[UR_WORD_MAX]; /* from the space before the word on */
    size_t length;
    double log_p;
} path;

typedef struct search {
    const ur_session *session;
    const char *begun; /* the text that every path must agree with: a space before the word, if there is one, and the
                        * begun word */
    size_t begun_length, space, width;
    ur_search_state state;
    path *live, *grown;
    size_t live_count;
    ur_frontier frontier;
    size_t *from;
    int32_t *ids;
    ur_real *logits; /* (width, outputs) */
    double mass;     /* probability of the begun text: the sum over all paths that agree with it */
    ur_completion *words;
    size_t capacity, count;
} search;

/* ---- Results ---------------------------------------------------------------------------------------------------- */

/* Adds to a word that was already found. The same word may consist of different tokens. */
static bool add_to_known(search *s, const char *text, size_t length, double log_p)
{
    for (size_t i = 0; i < s->count; i++) {
        ur_completion *known = &s->words[i];
        if (known->length != length || memcmp(known->text, text, length) != 0) continue;
        known->log_probability = log(exp(known->log_probability) + exp(log_p));
        return true;
    }
    return false;
}

static int by_probability(const void *a, const void *b)
{
    const ur_completion *x = a, *y = b;
    if (x->log_probability != y->log_probability) return x->log_probability < y->log_probability ? 1 : -1;
    return strcmp(x->text, y->text);
}

static double worst_found(const search *s)
{
    return s->count < s->capacity ? -INFINITY : s->words[s->count - 1].log_probability;
}

static void finish(search *s, const path *p, double log_p)
{
    const char *word = p->text + s->space;
    size_t length = p->length - s->space;
    if (!ur_utf8_valid(word, length)) return; /* with byte tokens, a path may end within a character */
    if (!add_to_known(s, word, length, log_p)) {
        if (log_p <= worst_found(s)) return;
        if (s->count < s->capacity) s->count++;
        ur_completion *slot = &s->words[s->count - 1];
        *slot = (ur_completion){.length = length, .log_probability = log_p};
        memcpy(slot->text, word, length);
    }
    qsort(s->words, s->count, sizeof *s->words, by_probability);
}

/* ---- Extending paths -------------------------------------------------------------------------------------------- */

/* Whether a token agrees with the begun text as far as it reaches, and does not end the word right after it. */
static bool agrees(const search *s, const path *p, const char *text, size_t length)
{
    if (p->length + length >= UR_WORD_MAX) return false;
    if (p->length >= s->begun_length) return true;
    size_t left = s->begun_length - p->length, common = length < left ? length : left;
    if (memcmp(text, s->begun + p->length, common) != 0) return false;
    return length <= left || !ur_ends_word(text + left, length - left);
}

/* Extends a path by a token. Returns the token's probability if it ends the word, else 0. */
static double grow_with(search *s, size_t row, int32_t id, double probability)
{
    const path *p = &s->live[row];
    size_t length = 0;
    const char *text = ur_token_text(s->session->model, id, &length);
    bool past = p->length >= s->begun_length;
    if (!text || !(probability > 0)) return 0;
    if (past && ur_ends_word(text, length)) return probability;
    if (!agrees(s, p, text, length)) return 0;
    double log_p = p->log_p + log(probability);
    if (!past && p->length + length >= s->begun_length) s->mass += exp(log_p);
    if (log_p > worst_found(s)) ur_frontier_offer(&s->frontier, log_p, row, id);
    return 0;
}

static void grow(search *s, size_t row)
{
    const path *p = &s->live[row];
    size_t outputs = s->session->outputs;
    ur_real *probabilities = s->logits + row * outputs;
    double end = 0;
    ur_probabilities(probabilities, outputs, &s->session->how);
    for (size_t id = 0; id < outputs; id++) end += grow_with(s, row, (int32_t)id, (double)probabilities[id]);
    if (end > 0 && p->length > s->space) finish(s, p, p->log_p + log(end));
}

/* Makes the candidates the live paths. */
static void turn_over(search *s)
{
    for (size_t i = 0; i < s->frontier.count; i++) {
        const ur_candidate *c = &s->frontier.list[i];
        size_t length = 0;
        const char *text = ur_token_text(s->session->model, c->id, &length);
        path *grown = &s->grown[i];
        *grown = s->live[c->row];
        memcpy(grown->text + grown->length, text, length);
        grown->length += length;
        grown->log_p = c->log_probability;
        s->from[i] = c->row;
        s->ids[i] = c->id;
    }
    path *paths = s->live;
    s->live = s->grown;
    s->grown = paths;
    s->live_count = s->frontier.count;
    s->frontier.count = 0;
}

static ur_status run(search *s, ur_error *error)
{
    for (int step = 0; step < STEPS_MOST && s->live_count > 0; step++) {
        UR_TRY(ur_search_state_step(&s->state, s->live_count, s->from, s->ids, s->logits, error));
        for (size_t i = 0; i < s->live_count; i++) grow(s, i);
        turn_over(s);
    }
    for (size_t i = 0; i < s->count; i++) s->words[i].log_probability -= log(s->mass);
    return UR_OK;
}

/* ---- Setup ------------------------------------------------------------------------------------------------------ */

static ur_status allocate(search *s, ur_error *error)
{
    size_t numbers = 0;
    UR_TRY(ur_search_state_open(&s->state, s->session, s->width, error));
    bool fits = ur_mul_fits(s->width, s->session->outputs, &numbers);
    s->live = calloc(s->width, sizeof *s->live);
    s->grown = calloc(s->width, sizeof *s->grown);
    s->frontier.list = calloc(s->width, sizeof *s->frontier.list);
    s->from = calloc(s->width, sizeof *s->from);
    s->ids = calloc(s->width, sizeof *s->ids);
    s->logits = fits ? calloc(numbers, sizeof *s->logits) : NULL;
    bool all = s->live && s->grown && s->frontier.list && s->from && s->ids && s->logits;
    return all ? UR_OK : ur_fail_memory(error, "completing words");
}

static void release(search *s)
{
    ur_search_state_close(&s->state);
    free(s->live);
    free(s->grown);
    free(s->frontier.list);
    free(s->from);
    free(s->ids);
    free(s->logits);
}

static ur_status search_from(search *s, ur_error *error)
{
    UR_TRY(allocate(s, error));
    s->ids[0] = s->session->waiting;
    s->live_count = 1;
    return run(s, error);
}

static ur_status check_begun(const ur_session *session, const char *begun, size_t length, ur_error *error)
{
    if (!session->model->vocabulary) return ur_fail(error, UR_ERR_USAGE, "the model has no tokens of text");
    if (ur_word_begun(begun, length) != length)
        return ur_fail(error, UR_ERR_USAGE,
                       "the text to complete is more than one word; feed the words before the last one first");
    if (length + 1 >= UR_WORD_MAX)
        return ur_fail(error, UR_ERR_USAGE, "the word to complete has %zu bytes; the limit is %d", length,
                       UR_WORD_MAX - 2);
    return UR_OK;
}

ur_status ur_session_complete(ur_session *session, const char *begun, size_t length, ur_completion *words,
                              size_t capacity, size_t *count, ur_error *error)
{
    *count = 0;
    UR_TRY(check_begun(session, begun, length, error));
    UR_TRY(ur_session_start(session, error));
    if (capacity == 0) return UR_OK;
    search s = {.session = session,
                .begun = begun,
                .begun_length = length,
                .space = length > 0 && begun[0] == ' ',
                .width = capacity > WIDTH_LEAST / 2 ? 2 * capacity : WIDTH_LEAST,
                .mass = length == 0,
                .words = words,
                .capacity = capacity};
    s.frontier.width = s.width;
    ur_status status = search_from(&s, error);
    if (status == UR_OK) *count = s.count;
    release(&s);
    return status;
}
