/*
 * Measures a tagger: the share of words with the right label, also of words that the training set does not have, and
 * the share of sentences without an error. A label that was never seen in training counts as wrong. A word without a
 * label (_) does not count.
 */
#include "task/tag/tag.h"

#include "base/clock.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Sums ---------------------------------------------------------------------------------------------------------- */

static void add_mistake(ur_tag *c, int32_t there, int32_t taken)
{
    if (c->mistakes && there >= 0) c->mistakes[(size_t)there * ur_vocabulary_size(c->head[0].labels) + (size_t)taken]++;
}

static void add_word(ur_tag *c, ur_tag_count *t, size_t place, bool *all_right)
{
    int32_t there = c->head[0].there[place], taken = c->taken[place];
    bool unknown = c->ids[place] == ur_vocabulary_unknown(c->words), right = there == taken;
    if (there == -1) return;
    t->words++;
    t->right += right;
    t->unknown += unknown;
    t->unknown_right += unknown && right;
    t->unseen += there == UR_TAG_UNSEEN;
    if (!right) add_mistake(c, there, taken);
    *all_right = *all_right && right;
}

static void add_lane(ur_tag *c, ur_tag_count *t, size_t b, size_t lanes)
{
    bool all_right = true;
    size_t length = (size_t)c->lengths[b];
    for (size_t s = 0; s < length; s++) add_word(c, t, s * lanes + b, &all_right);
    t->sentences++;
    t->sentences_right += all_right;
    if (c->spans) ur_spans_count(c->head[0].labels, c->head[0].there + b, c->taken + b, length, lanes, t);
}

static void add_also(const ur_tag *c, ur_tag_count *t, size_t places)
{
    for (size_t i = 0; i < places; i++) {
        if (c->head[1].there[i] == -1) continue;
        t->also++;
        t->also_right += c->head[1].there[i] == c->taken[i];
    }
}

ur_status ur_tag_tally(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error)
{
    ur_tag *c = data;
    ur_tag_count *t = tally;
    const ur_value *value = &out[c->head[0].line], *also = &out[c->head[1].line];
    size_t lanes = value->y->lanes, labels = ur_vocabulary_size(c->head[0].labels);
    (void)batch;
    if (!t->sentences && c->mistakes) memset(c->mistakes, 0, labels * labels * sizeof *c->mistakes);
    if (c->heads > 1) {
        UR_TRY(ur_line_labels(c->model, c->head[1].line, also, c->taken, error));
        add_also(c, t, also->y->steps * lanes);
    }
    UR_TRY(ur_line_labels(c->model, c->head[0].line, value, c->taken, error));
    for (size_t b = 0; b < lanes; b++) add_lane(c, t, b, lanes);
    return UR_OK;
}

/* ---- Results ------------------------------------------------------------------------------------------------------- */

static double share(size_t part, size_t whole) { return whole ? (double)part / (double)whole : 0; }

/* [label, predicted label, count], most frequent first. */
static json_t *mistake_json(const ur_vocabulary *labels, size_t at, size_t count)
{
    size_t all = ur_vocabulary_size(labels), a, b;
    const char *there = ur_vocabulary_text(labels, (int32_t)(at / all), &a);
    const char *taken = ur_vocabulary_text(labels, (int32_t)(at % all), &b);
    json_t *one = json_array();
    int failed = !one || json_array_append_new(one, json_stringn(there, a));
    failed = failed || json_array_append_new(one, json_stringn(taken, b));
    failed = failed || json_array_append_new(one, json_integer((json_int_t)count));
    if (!failed) return one;
    json_decref(one);
    return NULL;
}

/* Finds the next mistake in order of frequency: the most frequent of those rarer than *most, or as frequent and after
 * *at. Returns false if there is none. */
static bool find_next_mistake(const ur_tag *c, size_t *most, size_t *at)
{
    size_t labels = ur_vocabulary_size(c->head[0].labels), best = SIZE_MAX;
    for (size_t i = 0; i < labels * labels; i++) {
        size_t n = c->mistakes[i];
        bool comes_later = n < *most || (n == *most && i > *at);
        if (n && comes_later && (best == SIZE_MAX || n > c->mistakes[best])) best = i;
    }
    if (best == SIZE_MAX) return false;
    *most = c->mistakes[best];
    *at = best;
    return true;
}

static json_t *mistakes_json(const ur_tag *c)
{
    json_t *list = json_array();
    size_t most = SIZE_MAX, at = 0;
    for (size_t i = 0; list && c->mistakes && i < UR_TAG_COMMONEST && find_next_mistake(c, &most, &at); i++) {
        if (json_array_append_new(list, mistake_json(c->head[0].labels, at, most)) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static int put_count(json_t *more, const char *name, size_t count)
{
    return json_object_set_new(more, name, json_integer((json_int_t)count));
}

static int put_share(json_t *more, const char *name, size_t part, size_t whole)
{
    return json_object_set_new(more, name, json_real(share(part, whole)));
}

static int put_spans(json_t *more, const ur_tag_count *t)
{
    int failed = put_share(more, "span_precision", t->spans_right, t->spans_taken);
    failed |= put_share(more, "span_recall", t->spans_right, t->spans_there);
    return failed | put_share(more, "span_f1", 2 * t->spans_right, t->spans_there + t->spans_taken);
}

static ur_status tell_more(const ur_tag *c, const ur_tag_count *t, json_t *more, ur_error *error)
{
    double seconds = ur_clock() - c->began;
    int failed = put_count(more, "sentences", t->sentences) | put_count(more, "words", t->words);
    failed |= put_count(more, "unknown_words", t->unknown);
    if (t->unseen) failed |= put_count(more, "words_with_unseen_labels", t->unseen);
    if (c->heads > 1) failed |= put_share(more, "also_accuracy", t->also_right, t->also);
    if (c->spans) failed |= put_spans(more, t);
    failed |= json_object_set_new(more, "words_per_second", json_real(seconds > 0 ? (double)t->words / seconds : 0));
    failed |= json_object_set_new(more, "commonest_mistakes", mistakes_json(c));
    return failed ? ur_fail_memory(error, "the result") : UR_OK;
}

ur_status ur_tag_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                        struct json_t *more, ur_error *error)
{
    const ur_tag *c = data;
    const ur_tag_count *t = tally;
    metric[0] = share(t->right, t->words);
    metric[1] = share(t->unknown_right, t->unknown);
    metric[2] = share(t->sentences_right, t->sentences);
    metric[3] = all->sum / (double)(all->count ? all->count : 1);
    if (more && !t->words)
        return ur_fail(error, UR_ERR_DATA, "%s: column %s is empty: every word has _", ur_conllu_path(c->set, 0),
                       ur_conllu_field_name(c->head[0].field));
    return more ? tell_more(c, t, more, error) : UR_OK;
}
