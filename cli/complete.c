/* Beam search for the end of a word, see complete.h. A path's state is a lane; all lanes step together. */
#include "complete.h"

#include "sample.h"
#include "text_out.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH_LEAST = 16, STEPS_MOST = 2 * UR_CLI_WORD_MAX };

typedef struct path {
    char text[UR_CLI_WORD_MAX]; /* from the space before the word on */
    size_t length, lane;        /* of the path that it grew from */
    double log_p;
    int32_t waiting;
} path;

typedef struct search {
    const ur_cli_speaker *speaker;
    const char *typed; /* what every path must agree with: a space before the word, if there is one, and the word */
    size_t typed_length, space, width;
    ur_state *now, *next;
    path *live, *grown; /* likeliest first */
    size_t live_count, grown_count;
    int32_t *ids;
    ur_real *logits; /* (width, units) */
    double mass;     /* probability of what was typed, over all paths that agree with it */
    ur_cli_completions *found;
} search;

/* ---- What was found --------------------------------------------------------------------------------------------- */

void ur_cli_completions_free(ur_cli_completions *found)
{
    free(found->list);
    *found = (ur_cli_completions){0};
}

/* The same word may be reached over different units. */
static bool add_to_known(ur_cli_completions *found, const char *text, size_t length, double log_p)
{
    for (size_t i = 0; i < found->count; i++) {
        ur_cli_completion *known = &found->list[i];
        if (known->length != length || memcmp(known->text, text, length) != 0) continue;
        known->log_probability = log(exp(known->log_probability) + exp(log_p));
        return true;
    }
    return false;
}

static int by_probability(const void *a, const void *b)
{
    const ur_cli_completion *x = a, *y = b;
    if (x->log_probability != y->log_probability) return x->log_probability < y->log_probability ? 1 : -1;
    return strcmp(x->text, y->text);
}

static double worst_found(const ur_cli_completions *found)
{
    return found->count < found->capacity ? -INFINITY : found->list[found->count - 1].log_probability;
}

static void finish(search *s, const path *p, double log_p)
{
    ur_cli_completions *found = s->found;
    const char *word = p->text + s->space;
    size_t length = p->length - s->space;
    if (!ur_cli_is_utf8(word, length)) return; /* bytes may end in the middle of a character */
    if (!add_to_known(found, word, length, log_p)) {
        if (log_p <= worst_found(found)) return;
        if (found->count < found->capacity) found->count++;
        ur_cli_completion *slot = &found->list[found->count - 1];
        *slot = (ur_cli_completion){.length = length, .log_probability = log_p};
        memcpy(slot->text, word, length);
    }
    qsort(found->list, found->count, sizeof *found->list, by_probability);
}

/* ---- Growing ---------------------------------------------------------------------------------------------------- */

static void offer(search *s, const path *from, size_t lane, int32_t unit, const char *text, size_t length, double log_p)
{
    bool full = s->grown_count == s->width;
    if (log_p <= worst_found(s->found) || (full && log_p <= s->grown[s->grown_count - 1].log_p)) return;
    size_t at = full ? s->grown_count - 1 : s->grown_count++;
    for (; at > 0 && s->grown[at - 1].log_p < log_p; at--) s->grown[at] = s->grown[at - 1];
    path *grown = &s->grown[at];
    *grown = *from;
    memcpy(grown->text + grown->length, text, length);
    grown->length += length;
    grown->lane = lane;
    grown->log_p = log_p;
    grown->waiting = unit;
}

/* Whether a unit agrees with the part of what was typed that it covers, and does not end the word behind it. */
static bool agrees(const search *s, const path *p, const char *text, size_t length)
{
    if (p->length + length >= UR_CLI_WORD_MAX) return false;
    if (p->length >= s->typed_length) return true;
    size_t left = s->typed_length - p->length, common = length < left ? length : left;
    if (memcmp(text, s->typed + p->length, common) != 0) return false;
    return length <= left || !ur_cli_ends_word(text + left, length - left);
}

/* Returns the unit's share in ending the word. */
static double grow_with(search *s, size_t lane, int32_t unit, double probability)
{
    const path *p = &s->live[lane];
    size_t length = 0;
    const char *text = ur_unit_text(s->speaker->model, unit, &length);
    bool past = p->length >= s->typed_length;
    if (!text || !(probability > 0)) return 0;
    if (past && ur_cli_ends_word(text, length)) return probability;
    if (!agrees(s, p, text, length)) return 0;
    double log_p = p->log_p + log(probability);
    if (!past && p->length + length >= s->typed_length) s->mass += exp(log_p);
    offer(s, p, lane, unit, text, length, log_p);
    return 0;
}

static void grow(search *s, size_t lane)
{
    const path *p = &s->live[lane];
    size_t units = s->speaker->units;
    ur_real *probabilities = s->logits + lane * units;
    double end = 0;
    ur_probabilities(probabilities, units, &s->speaker->how);
    for (size_t unit = 0; unit < units; unit++) end += grow_with(s, lane, (int32_t)unit, (double)probabilities[unit]);
    if (end > 0 && p->length > s->space) finish(s, p, p->log_p + log(end));
}

/* The paths that grew become the living ones, each with the state of the path it grew from. */
static void turn_over(search *s)
{
    for (size_t i = 0; i < s->grown_count; i++) ur_state_copy(s->next, i, s->now, s->grown[i].lane);
    ur_state *state = s->now;
    s->now = s->next;
    s->next = state;
    path *paths = s->live;
    s->live = s->grown;
    s->grown = paths;
    s->live_count = s->grown_count;
    s->grown_count = 0;
}

static void run(search *s)
{
    for (int step = 0; step < STEPS_MOST && s->live_count > 0; step++) {
        for (size_t i = 0; i < s->live_count; i++) s->ids[i] = s->live[i].waiting;
        ur_step(s->speaker->model, s->now, s->ids, s->logits);
        for (size_t i = 0; i < s->live_count; i++) grow(s, i);
        turn_over(s);
    }
    for (size_t i = 0; i < s->found->count; i++) s->found->list[i].log_probability -= log(s->mass);
}

/* ---- Setting up ------------------------------------------------------------------------------------------------- */

static ur_status allocate(search *s, ur_error *error)
{
    const ur_cli_speaker *speaker = s->speaker;
    size_t numbers = 0;
    UR_TRY(ur_state_create(&s->now, speaker->model, s->width, error));
    UR_TRY(ur_state_create(&s->next, speaker->model, s->width, error));
    bool fits = ur_mul_fits(s->width, speaker->units, &numbers);
    s->live = calloc(s->width, sizeof *s->live);
    s->grown = calloc(s->width, sizeof *s->grown);
    s->ids = calloc(s->width, sizeof *s->ids);
    s->logits = fits ? calloc(numbers, sizeof *s->logits) : NULL;
    return s->live && s->grown && s->ids && s->logits ? UR_OK : ur_fail_memory(error, "completing words");
}

static void release(search *s)
{
    ur_state_free(s->now);
    ur_state_free(s->next);
    free(s->live);
    free(s->grown);
    free(s->ids);
    free(s->logits);
}

static ur_status search_from(search *s, ur_error *error)
{
    UR_TRY(allocate(s, error));
    s->live[0] = (path){.waiting = s->speaker->waiting};
    s->live_count = 1;
    ur_state_copy(s->now, 0, s->speaker->state, 0);
    run(s);
    return UR_OK;
}

ur_status ur_cli_complete(ur_cli_speaker *speaker, const char *text, size_t length, size_t count,
                          ur_cli_completions *found, ur_error *error)
{
    size_t word = ur_cli_open_word(text, length), space = word < length && text[length - word - 1] == ' ';
    *found = (ur_cli_completions){.list = calloc(count, sizeof *found->list), .capacity = count};
    if (!found->list) return ur_fail_memory(error, "completing words");
    if (word + space + 1 >= UR_CLI_WORD_MAX)
        return ur_fail(error, UR_ERR_USAGE, "--complete: the word begun has %zu bytes; at most %d are searched", word,
                       UR_CLI_WORD_MAX - 3);
    UR_TRY(ur_cli_speaker_read(speaker, text, length - word - space, error));
    ur_cli_speaker_begin(speaker);
    search s = {.speaker = speaker,
                .typed = text + length - word - space,
                .typed_length = word + space,
                .space = space,
                .width = 2 * count > WIDTH_LEAST ? 2 * count : WIDTH_LEAST,
                .mass = word + space == 0,
                .found = found};
    ur_status status = search_from(&s, error);
    release(&s);
    return status;
}
