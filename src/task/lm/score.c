/*
 * Evaluates a text with a model (section 6 of unroll_train.h). Stateful: one pass over the whole text in order, with
 * the state carried. Windows: pieces of `window` tokens, each from a zero state; many are read side by side, as they do
 * not depend on each other. The first token of a pass is given, so N tokens are N − 1 predictions.
 */
#include "task/lm/score.h"

#include "base/clock.h"
#include "base/float_mode.h"
#include "base/watch.h"
#include "kernel/scalar.h"
#include "model/finite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UR_PIECE = 256, UR_SIDE_BY_SIDE = 32 };

double ur_score_of(const ur_scorer *s, const real *logits, int32_t id)
{
    return s->compute.train->softmax_loss(logits, ur_model_outputs(s->model), id, 1, NULL);
}

/* Runs (steps, lanes) ids through the network, and adds up the loss of the tokens that follow them. */
static ur_status run_window(ur_scorer *s, const int32_t *ids, const int32_t *targets, size_t steps, size_t lanes,
                            const ur_carry *carry, ur_error *error)
{
    ur_tape tape;
    ur_tape_begin(&tape, &s->compute, &s->arena, false);
    ur_batch batch = {.input = {{.steps = steps, .lanes = lanes, .ids = ids}}};
    const ur_dense *head = ur_wide_head(s->model);
    ur_tensor *y = NULL;
    if (ur_tape_watch(&tape, s->model->layer_count))
        y = (head ? ur_network_body : ur_network_run)(s->model, &tape, &batch, carry);
    UR_TRY(ur_tape_status(&tape, error));
    double sum = 0;
    if (head)
        ur_dense_softmax_loss(&tape, head, y, targets, 1, &sum);
    else
        ur_softmax_loss(&tape, y, targets, 1, &sum);
    if (!isfinite(sum)) return ur_fail_run(s->model, &tape, carry ? s->predictions : 0, error);
    s->sum += sum;
    for (size_t i = 0; i < steps * lanes; i++) s->predictions += targets[i] >= 0 ? 1 : 0;
    ur_arena_reset(&s->arena);
    return ur_tape_status(&tape, error);
}

static void count_unknown(ur_scorer *s, const int32_t *ids, size_t count)
{
    int32_t unknown = ur_unknown_token(s->model);
    for (size_t i = 0; unknown >= 0 && i < count; i++) s->unknown += ids[i] == unknown ? 1 : 0;
}

ur_status ur_score_watch(const ur_scorer *s, uint64_t left, ur_error *error)
{
    double all = (double)(s->end - s->begin);
    return ur_watch(&s->how->watcher, "evaluating", all - (double)left, all, error);
}

/* ---- stateful --------------------------------------------------------------------------------------------------- */

static ur_status stateful(ur_scorer *s, ur_state *state, ur_error *error)
{
    int32_t ids[UR_PIECE + 1];
    uint64_t left = s->end - s->begin;
    UR_TRY(ur_reader_next(s->reader, ids, 1, error));
    count_unknown(s, ids, 1);
    for (left--; left > 0;) {
        size_t steps = left < UR_PIECE ? (size_t)left : UR_PIECE;
        UR_TRY(ur_reader_next(s->reader, ids + 1, steps, error));
        count_unknown(s, ids + 1, steps);
        ur_carry carry = {.from = state, .to = state};
        UR_TRY(run_window(s, ids, ids + 1, steps, 1, &carry, error));
        ids[0] = ids[steps];
        left -= steps;
        UR_TRY(ur_score_watch(s, left, error));
    }
    return UR_OK;
}

static ur_status score_stateful(ur_scorer *s, ur_error *error)
{
    ur_state *state;
    UR_TRY(ur_state_create(&state, s->model, 1, error));
    ur_status status = stateful(s, state, error);
    ur_state_free(state);
    return status;
}

/* ---- windows ---------------------------------------------------------------------------------------------------- */

/* Scores up to UR_SIDE_BY_SIDE windows of `window` tokens, one per lane, as (steps, lanes). */
static ur_status score_some(ur_scorer *s, int32_t *tokens, int32_t *ids, int32_t *targets, size_t window, size_t lanes,
                            ur_error *error)
{
    UR_TRY(ur_reader_next(s->reader, tokens, window * lanes, error));
    count_unknown(s, tokens, window * lanes);
    for (size_t b = 0; b < lanes; b++)
        for (size_t t = 0; t + 1 < window; t++) {
            ids[t * lanes + b] = tokens[b * window + t];
            targets[t * lanes + b] = tokens[b * window + t + 1];
        }
    return window > 1 ? run_window(s, ids, targets, window - 1, lanes, NULL, error) : UR_OK;
}

static ur_status score_windows(ur_scorer *s, ur_error *error)
{
    size_t window = s->how->window ? s->how->window : 256;
    if (window < 2 || window > 1u << 20)
        return ur_fail(error, UR_ERR_USAGE, "`window` %zu: must be between 2 and %u", window, 1u << 20);
    int32_t *room = calloc(3 * UR_SIDE_BY_SIDE * window, sizeof *room);
    if (!room) return ur_fail_memory(error, "the windows");
    int32_t *ids = room + UR_SIDE_BY_SIDE * window, *targets = ids + UR_SIDE_BY_SIDE * window;
    ur_status status = UR_OK;
    for (uint64_t left = s->end - s->begin; left > 0 && status == UR_OK;) {
        uint64_t whole = left / window;
        size_t lanes = whole > UR_SIDE_BY_SIDE ? UR_SIDE_BY_SIDE : whole ? (size_t)whole : 1;
        size_t length = whole ? window : (size_t)left;
        status = score_some(s, room, ids, targets, length, lanes, error);
        left -= lanes * length;
        if (status == UR_OK) status = ur_score_watch(s, left, error);
    }
    free(room);
    return status;
}

/* ---- the whole evaluation --------------------------------------------------------------------------------------- */

static ur_status choose_part(ur_scorer *s, ur_error *error)
{
    double begin = s->how->begin, end = s->how->end;
    uint64_t tokens = ur_corpus_tokens(s->corpus);
    if (!(begin >= 0 && begin < end && end <= 1))
        return ur_fail(error, UR_ERR_USAGE, "part %g:%g of the text: must be within 0:1 and not empty", begin, end);
    s->begin = (uint64_t)((double)tokens * begin);
    s->end = (uint64_t)((double)tokens * end);
    if (s->end - s->begin >= 2) return UR_OK;
    ur_fail(error, UR_ERR_DATA, "the text has %llu tokens; at least 2 are needed",
            (unsigned long long)(s->end - s->begin));
    return ur_corpus_fail_in(s->corpus, error, UR_ERR_DATA);
}

static ur_status run(ur_scorer *s, ur_error *error)
{
    const ur_scoring *how = s->how;
    if (!ur_predicts_tokens(s->model) || !s->model->vocabulary)
        return ur_fail(error, UR_ERR_USAGE, "the model (\"%s\") is not a language model", s->model->net);
    ur_corpus_options options = {.kind = ur_vocabulary_kind(s->model->vocabulary),
                                 .replace_invalid = how->replace_invalid,
                                 .watcher = &how->watcher};
    UR_TRY(ur_corpus_open(&s->corpus, how->paths, how->path_count, &options, error));
    if (how->watcher.tell && *ur_corpus_left_out(s->corpus))
        how->watcher.tell(how->watcher.context, ur_corpus_left_out(s->corpus));
    UR_TRY(choose_part(s, error));
    UR_TRY(ur_reader_open(&s->reader, s->corpus, s->model->vocabulary, error));
    UR_TRY(ur_reader_seek(s->reader, s->begin, error));
    UR_TRY(ur_learner_pool(&s->pool, how->threads, error));
    s->compute = (ur_compute){s->model->kernels, ur_train_kernels_of(s->model->kernels), s->pool};
    if (how->line) return ur_score_lines(s, error);
    return how->windows ? score_windows(s, error) : score_stateful(s, error);
}

static void conclude(const ur_scorer *s, ur_score *score)
{
    const double bit = 0.69314718055994530942;
    double tokens = (double)(s->end - s->begin), all = (double)ur_corpus_tokens(s->corpus);
    double loss = s->sum / (double)(s->predictions ? s->predictions : 1);
    double chars = (double)ur_corpus_chars(s->corpus) / all, bytes = (double)ur_corpus_bytes(s->corpus) / all;
    *score = (ur_score){.loss = loss,
                        .bits_per_char = loss / bit / chars,
                        .bits_per_byte = loss / bit / bytes,
                        .perplexity = loss < 700 ? ur_exp(loss) : INFINITY, /* beyond that ur_exp no longer grows */
                        .tokens = (uint64_t)tokens,
                        .predictions = s->predictions,
                        .unknown = s->unknown};
}

ur_status ur_score_text(const ur_model *model, const ur_scoring *scoring, ur_score *score, ur_error *error)
{
    double began = ur_clock();
    ur_scorer s = {.model = model, .how = scoring};
    ur_arena_init(&s.arena);
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = run(&s, error);
    ur_float_mode_leave(mode);
    if (status == UR_OK) conclude(&s, score);
    score->seconds = ur_clock() - began;
    ur_reader_close(s.reader);
    ur_corpus_close(s.corpus);
    ur_pool_free(s.pool);
    ur_arena_free(&s.arena);
    return status;
}
