/* Beam search: at each step every live text is extended by every token, and the `width` most probable results stay
 * alive. */
#include "generate/beam.h"
#include "base/error.h"
#include "base/float_mode.h"
#include "base/memory.h"
#include "generate/frontier.h"
#include "kernel/scalar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct text {
    int32_t *ids; /* buffer for the longest possible text; each entry of a list has its own */
    size_t length;
    double log_probability, score;
    bool ended;
} text;

typedef struct texts {
    int32_t *ids; /* memory of all texts */
    text *list;
    size_t count;
} texts;

struct ur_beam {
    ur_beam_settings settings;
    size_t outputs, step, ended; /* ended: number of texts that ended in an early search */
    texts live, grown, found;    /* found: best first */
    ur_frontier frontier;
    size_t *from;
    int32_t *read;
    ur_real *logits; /* (width, outputs) */
    double *log_sums;
};

/* ---- Creation --------------------------------------------------------------------------------------------------- */

/* A zeroed (rows, columns) array; NULL if memory is lacking or the size overflows. */
static void *zeros(size_t rows, size_t columns, size_t size)
{
    size_t count = 0, bytes = 0;
    return ur_mul_fits(rows, columns, &count) && ur_mul_fits(count, size, &bytes) ? calloc(count, size) : NULL;
}

static bool make_texts(texts *t, size_t count, size_t length)
{
    t->ids = zeros(count, length, sizeof *t->ids);
    t->list = zeros(count, 1, sizeof *t->list);
    for (size_t i = 0; t->ids && t->list && i < count; i++) t->list[i].ids = t->ids + i * length;
    return t->ids && t->list;
}

static ur_status allocate(ur_beam *b, ur_error *error)
{
    const ur_beam_settings *s = &b->settings;
    b->logits = zeros(s->width, b->outputs, sizeof *b->logits);
    b->log_sums = zeros(s->width, 1, sizeof *b->log_sums);
    b->from = zeros(s->width, 1, sizeof *b->from);
    b->read = zeros(s->width, 1, sizeof *b->read);
    b->frontier.list = zeros(s->width, s->early ? 2 : 1, sizeof *b->frontier.list);
    bool all = b->logits && b->log_sums && b->from && b->read && b->frontier.list &&
               make_texts(&b->live, s->width, s->length) && make_texts(&b->grown, s->width, s->length) &&
               make_texts(&b->found, s->best, s->length);
    return all ? UR_OK : ur_fail_memory(error, "a beam");
}

static ur_status check(const ur_beam_settings *s, size_t outputs, ur_error *error)
{
    if (s->width == 0) return ur_fail(error, UR_ERR_USAGE, "a beam of width 0; it must be at least 1");
    if (s->length == 0) return ur_fail(error, UR_ERR_USAGE, "a beam of length 0; it must be at least 1");
    if (outputs == 0 || outputs > INT32_MAX)
        return ur_fail(error, UR_ERR_USAGE, "a decoder of %zu outputs cannot be searched", outputs);
    if (s->end < -1 || s->end >= (int64_t)outputs)
        return ur_fail(error, UR_ERR_USAGE, "the end token is %ld, but the decoder has %zu tokens", (long)s->end,
                       outputs);
    if (!(s->length_power >= 0) || s->length_power > 100)
        return ur_fail(error, UR_ERR_USAGE, "a length penalty of %g; it must be from 0 to 100", s->length_power);
    return UR_OK;
}

ur_status ur_beam_create(ur_beam **beam, const ur_beam_settings *settings, size_t outputs, ur_error *error)
{
    *beam = NULL;
    UR_TRY(check(settings, outputs, error));
    ur_beam *b = calloc(1, sizeof *b);
    if (!b) return ur_fail_memory(error, "a beam");
    b->settings = *settings;
    if (!b->settings.best) b->settings.best = settings->width;
    b->outputs = outputs;
    b->frontier.width = settings->width * (settings->early ? 2 : 1); /* `width` texts may end at a step, and as many
                                                                      * continue */
    ur_status status = allocate(b, error);
    if (status != UR_OK)
        ur_beam_free(b);
    else
        *beam = b;
    return status;
}

static void free_texts(texts *t)
{
    free(t->ids);
    free(t->list);
}

void ur_beam_free(ur_beam *b)
{
    if (!b) return;
    free_texts(&b->live);
    free_texts(&b->grown);
    free_texts(&b->found);
    free(b->frontier.list);
    free(b->from);
    free(b->read);
    free(b->logits);
    free(b->log_sums);
    free(b);
}

/* ---- Searching -------------------------------------------------------------------------------------------------- */

static double score(const ur_beam *b, double log_probability, size_t tokens)
{
    double power = b->settings.length_power;
    return power > 0 ? log_probability / ur_exp(power * ur_log((double)tokens)) : log_probability;
}

static bool is_full(const ur_beam *b) { return b->found.count == b->settings.best; }

static bool beats_found(const ur_beam *b, double score)
{
    return !is_full(b) || score > b->found.list[b->found.count - 1].score;
}

/* Adds text `row`, extended by token `id` (−1: not extended), to the texts found, if it is among the best. */
static void keep(ur_beam *b, size_t row, int32_t id, double log_probability)
{
    const text *from = &b->live.list[row];
    texts *found = &b->found;
    size_t length = from->length + (id >= 0);
    double value = score(b, log_probability, length);
    if (!beats_found(b, value)) return;
    size_t at = is_full(b) ? found->count - 1 : found->count++;
    int32_t *ids = found->list[at].ids; /* memory of the text that is dropped */
    for (; at > 0 && found->list[at - 1].score < value; at--) found->list[at] = found->list[at - 1];
    memcpy(ids, from->ids, from->length * sizeof *ids);
    if (id >= 0) ids[from->length] = id;
    found->list[at] = (text){ids, length, log_probability, value, id >= 0};
}

/* log Σ exp of a row; −infinity if no token is allowed; NaN if a number is NaN or +infinity. */
static double log_sum(const ur_real *x, size_t n)
{
    double top = -INFINITY, sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i])) return (double)x[i];
        if ((double)x[i] > top) top = (double)x[i];
    }
    if (!isfinite(top)) return top > 0 ? NAN : top;
    for (size_t i = 0; i < n; i++) sum += ur_exp((double)x[i] - top);
    return top + ur_log(sum);
}

/* The logits of a row, and their log Σ exp. */
typedef struct offers {
    const ur_real *logits;
    double all, before; /* before: log probability of the row's text */
} offers;

static void offer(ur_beam *b, const offers *o, size_t row, size_t i)
{
    double log_probability = o->before + ((double)o->logits[i] - o->all);
    if (!(log_probability > -INFINITY)) return; /* not allowed */
    if ((int64_t)i == b->settings.end && !b->settings.early)
        keep(b, row, (int32_t)i, log_probability);
    else
        ur_frontier_offer(&b->frontier, log_probability, row, (int32_t)i);
}

/* Tokens whose logit is at or below this cannot be candidates. The bound is a little too low, so that rounding cannot
 * exclude one. */
static ur_real find_least(const ur_beam *b, const offers *o)
{
    const ur_frontier *f = &b->frontier;
    if (f->count < f->width) return (ur_real)-INFINITY;
    double least = f->list[f->count - 1].log_probability - o->before + o->all;
    return (ur_real)(least - 1e-5 * (1 + fabs(least) + fabs(o->all) + fabs(o->before)));
}

enum { TOGETHER = 16 }; /* logits that are compared at once; usually none of them is large enough */

static bool any_above(const ur_real *x, size_t n, ur_real least)
{
    int above = 0;
    if (n < TOGETHER) return true;
    for (size_t i = 0; i < TOGETHER; i++) above |= x[i] > least;
    return above != 0;
}

static void offer_some(ur_beam *b, const offers *o, size_t row, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        if (o->logits[i] > find_least(b, o) || (int64_t)i == b->settings.end) offer(b, o, row, i);
}

static ur_status grow(ur_beam *b, size_t row, offers *o, ur_error *error)
{
    o->before = b->live.list[row].log_probability;
    if (isnan(o->all))
        return ur_fail(error, UR_ERR_NUMERIC, "the decoder's numbers are not finite at token %zu of the search",
                       b->live.list[row].length + 1);
    for (size_t i = 0, some; i < b->outputs; i += some) {
        some = b->outputs - i < TOGETHER ? b->outputs - i : TOGETHER;
        bool has_end = b->settings.end >= (int64_t)i && b->settings.end < (int64_t)(i + some);
        if (has_end || any_above(o->logits + i, some, find_least(b, o))) offer_some(b, o, row, i, i + some);
    }
    return UR_OK;
}

static void go_on(ur_beam *b, const ur_candidate *c, size_t i)
{
    const text *from = &b->live.list[c->row];
    text *to = &b->grown.list[i];
    memcpy(to->ids, from->ids, from->length * sizeof *to->ids);
    to->ids[from->length] = c->id;
    to->length = from->length + 1;
    to->log_probability = c->log_probability;
    b->from[i] = c->row;
    b->read[i] = c->id;
}

/* Makes the candidates the live texts. In an early search, those among the first `width` candidates that end are added
 * to the texts found. */
static void turn_over(ur_beam *b)
{
    size_t grown = 0;
    for (size_t i = 0; i < b->frontier.count && grown < b->settings.width; i++) {
        const ur_candidate *c = &b->frontier.list[i];
        bool ends = (int64_t)c->id == b->settings.end;
        if (!ends) go_on(b, c, grown++);
        if (!ends || i >= b->settings.width) continue;
        keep(b, c->row, c->id, c->log_probability);
        b->ended++;
    }
    texts live = b->live;
    b->live = b->grown;
    b->live.count = grown;
    b->grown = live;
    b->frontier.count = 0;
}

/* Whether the search can still improve. In a search that is not early, it can if the best live text would be among
 * those found if it continued with probability 1 to the full length. */
static bool can_improve(const ur_beam *b)
{
    if (b->settings.early) return b->live.count > 0 && b->ended < b->settings.width;
    return b->live.count > 0 && beats_found(b, score(b, b->live.list[0].log_probability, b->settings.length));
}

void ur_beam_begin(ur_beam *b, int32_t first)
{
    b->found.count = 0;
    b->step = b->ended = 0;
    b->live.list[0].length = 0;
    b->live.list[0].log_probability = 0;
    b->live.count = 1;
    b->from[0] = 0;
    b->read[0] = first;
}

ur_beam_step ur_beam_wants(ur_beam *b)
{
    bool goes_on = b->step < b->settings.length && can_improve(b);
    return (ur_beam_step){goes_on ? b->live.count : 0, b->from, b->read, b->logits};
}

ur_status ur_beam_grow_by(ur_beam *b, const ur_real *logits, size_t stride, const double *log_sums, ur_error *error)
{
    for (size_t i = 0; i < b->live.count; i++) {
        offers o = {.logits = logits + i * stride, .all = log_sums[i]};
        UR_TRY(grow(b, i, &o, error));
    }
    turn_over(b);
    b->step++;
    return UR_OK;
}

ur_status ur_beam_grow(ur_beam *b, ur_error *error)
{
    for (size_t i = 0; i < b->live.count; i++) b->log_sums[i] = log_sum(b->logits + i * b->outputs, b->outputs);
    return ur_beam_grow_by(b, b->logits, b->outputs, b->log_sums, error);
}

void ur_beam_end(ur_beam *b)
{
    if (b->settings.early && b->ended) return;
    for (size_t i = 0; i < b->live.count; i++) keep(b, i, -1, b->live.list[i].log_probability);
}

static ur_status search(ur_beam *b, const ur_decoder *decoder, int32_t first, ur_error *error)
{
    ur_beam_begin(b, first);
    for (ur_beam_step s = ur_beam_wants(b); s.rows; s = ur_beam_wants(b)) {
        UR_TRY(decoder->step(decoder->context, s.rows, s.from, s.ids, s.logits, error));
        UR_TRY(ur_beam_grow(b, error));
    }
    ur_beam_end(b);
    return UR_OK;
}

ur_status ur_beam_search(ur_beam *b, const ur_decoder *decoder, int32_t first, ur_error *error)
{
    ur_error own;
    b->found.count = 0;
    if (decoder->outputs != b->outputs)
        return ur_fail(error, UR_ERR_USAGE, "a decoder of %zu outputs was given to a beam for %zu", decoder->outputs,
                       b->outputs);
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = search(b, decoder, first, error ? error : &own);
    ur_float_mode_leave(mode);
    if (status != UR_OK) b->found.count = 0;
    return status;
}

size_t ur_beam_width(const ur_beam *b) { return b->settings.width; }

size_t ur_beam_count(const ur_beam *b) { return b->found.count; }

ur_hypothesis ur_beam_hypothesis(const ur_beam *b, size_t i)
{
    if (i >= b->found.count) return (ur_hypothesis){0};
    const text *found = &b->found.list[i];
    return (ur_hypothesis){found->ids, found->length, found->log_probability, found->score, found->ended};
}
