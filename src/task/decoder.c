/* See decoder.h. */
#include "task/decoder.h"

#include "base/error.h"
#include "base/float_mode.h"
#include "generate/beam.h"
#include "kernel/softmax.h"
#include "model/finite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The rows of a step. Those of lane b's search begin at first[b]. Row r belongs to lane lane_of[r], and continues row
 * from[r] of the step before. */
typedef struct rows {
    size_t count, *first, *from;
    int32_t *lane_of, *ids;
} rows;

struct ur_decoding {
    ur_learner *learner, *own; /* own is the same learner if it was made for this decoding; else NULL */
    ur_decoding_settings settings;
    size_t lanes, line;                   /* lanes of the batch; line of the decoder */
    ur_beam **beams;                      /* one per lane; beam_count of them */
    size_t beam_count;                    /* number of searches made so far */
    rows now, before;                     /* space for beam_count searches */
    ur_arena read, step[2];               /* what was read and the first step; the later steps, in turn */
    ur_value values[UR_LINES_MAX], begun; /* `begun` is the output of the first step */
    ur_kept_rows kept;                    /* of the tokens that the decoder reads */
    ur_error *errors;                     /* one per thread */
    double *log_sums;                     /* one per row of a step */
    ur_real *looked;
};

/* ---- making ------------------------------------------------------------------------------------------------------- */

static const ur_layer *last_layer(const ur_model *m) { return &m->layers[m->layer_count - 1]; }

static ur_status check_network(const ur_model *m, ur_error *error)
{
    const ur_layer *last = last_layer(m);
    bool writes = ur_is_dense(last) && last->dense.activation == UR_LINEAR && m->lines[m->line_count - 1].symbols;
    if (writes && m->line_count > 1) return UR_OK;
    return ur_fail(
        error, UR_ERR_USAGE,
        "\"%.200s\" cannot write: its last line must read tokens and end in a dense layer, after a line that "
        "reads what is to be answered",
        m->net);
}

ur_status ur_decoding_create(ur_decoding **decoding, ur_learner *learner, const ur_decoding_settings *settings,
                             ur_error *error)
{
    *decoding = NULL;
    UR_TRY(check_network(learner->model, error));
    ur_decoding *d = calloc(1, sizeof *d);
    if (!d) return ur_fail_memory(error, "a decoder");
    d->learner = learner;
    d->settings = *settings;
    d->line = learner->model->line_count - 1;
    ur_arena_init(&d->read);
    for (int i = 0; i < 2; i++) ur_arena_init(&d->step[i]);
    *decoding = d;
    d->errors = calloc(ur_pool_threads(learner->compute.pool), sizeof *d->errors);
    ur_status status = d->errors ? ur_kept_rows_make(&d->kept, learner->model->lines[d->line].symbols, error)
                                 : ur_fail_memory(error, "a decoder");
    if (status == UR_OK) return UR_OK;
    ur_decoding_free(d);
    *decoding = NULL;
    return status;
}

ur_status ur_decoding_create_besides(ur_decoding **decoding, ur_model *model, size_t threads,
                                     const ur_decoding_settings *settings, ur_error *error)
{
    ur_learner *learner;
    *decoding = NULL;
    UR_TRY(ur_learner_create_judge(&learner, model, threads, error));
    ur_status status = ur_decoding_create(decoding, learner, settings, error);
    if (status == UR_OK)
        (*decoding)->own = learner;
    else
        ur_learner_free(learner);
    return status;
}

static void free_rows(rows *r)
{
    free(r->first);
    free(r->from);
    free(r->lane_of);
    free(r->ids);
}

void ur_decoding_free(ur_decoding *d)
{
    if (!d) return;
    for (size_t b = 0; b < d->beam_count; b++) ur_beam_free(d->beams[b]);
    free((void *)d->beams);
    free_rows(&d->now);
    free_rows(&d->before);
    ur_arena_free(&d->read);
    for (int i = 0; i < 2; i++) ur_arena_free(&d->step[i]);
    ur_kept_rows_free(&d->kept);
    free(d->errors);
    free(d->log_sums);
    free(d->looked);
    ur_learner_free(d->own);
    free(d);
}

static bool make_rows(rows *r, size_t lanes, size_t width)
{
    size_t count;
    free_rows(r);
    *r = (rows){.count = 0};
    if (!ur_mul_fits(lanes, width, &count)) return false;
    r->first = calloc(lanes, sizeof *r->first);
    r->from = calloc(count, sizeof *r->from);
    r->lane_of = calloc(count, sizeof *r->lane_of);
    r->ids = calloc(count, sizeof *r->ids);
    return r->first && r->from && r->lane_of && r->ids;
}

/* Makes a search for each lane. */
static ur_status make_searches(ur_decoding *d, size_t lanes, ur_error *error)
{
    if (lanes <= d->beam_count) return UR_OK;
    ur_beam **beams = realloc((void *)d->beams, lanes * sizeof *beams);
    if (!beams) return ur_fail_memory(error, "a decoder");
    d->beams = beams;
    free(d->log_sums);
    d->log_sums = calloc(lanes, d->settings.beam.width * sizeof *d->log_sums);
    if (!d->log_sums || !make_rows(&d->now, lanes, d->settings.beam.width) ||
        !make_rows(&d->before, lanes, d->settings.beam.width))
        return ur_fail_memory(error, "a decoder");
    for (; d->beam_count < lanes; d->beam_count++)
        UR_TRY(
            ur_beam_create(&d->beams[d->beam_count], &d->settings.beam, last_layer(d->learner->model)->width, error));
    return UR_OK;
}

/* ---- a step ------------------------------------------------------------------------------------------------------- */

/* Row r of the result is lane[r] of x. */
static ur_tensor *gather(ur_tape *tape, const ur_tensor *x, const size_t *lane, size_t count)
{
    ur_tensor *y = ur_tensor_make(tape, 1, count, x->width);
    for (size_t r = 0; y && r < count; r++)
        memcpy(y->value + r * y->row, x->value + lane[r] * x->row, y->row * sizeof(real));
    return y;
}

/* Gathers the states of the rows. The keys of the line that is attended to have that line's lanes, and are not
 * gathered. */
static void gather_states(ur_tape *tape, const ur_line_states *from, const size_t *lane, size_t count,
                          ur_line_states *to)
{
    *to = (ur_line_states){.keys = from->keys, .steps = from->steps};
    if (from->fed) to->fed = gather(tape, from->fed, lane, count);
    for (size_t i = 0; i < UR_LAYERS_MAX && from->of[i][0]; i++)
        for (size_t s = 0; s < UR_STATES_MAX; s++)
            if (from->of[i][s]) to->of[i][s] = gather(tape, from->of[i][s], lane, count);
}

/* Steps the decoder from the states in `last`. The result is the line's value in d->values. */
static ur_status step_decoder(ur_decoding *d, ur_arena *arena, const ur_value *last, const rows *r, ur_error *error)
{
    ur_tape tape;
    ur_line_states states;
    ur_line_call call = {.in = {.steps = 1, .lanes = r->count, .ids = r->ids, .lane_of = r->lane_of}};
    ur_arena_reset(arena);
    ur_tape_begin(&tape, &d->learner->compute, arena, false);
    gather_states(&tape, &last->states, r->from, r->count, &states);
    call.states = &states;
    tape.kept = &d->kept;
    ur_line_step(d->learner->model, &tape, d->line, &call, d->values);
    return ur_tape_status(&tape, error);
}

/* Runs the lines before the decoder, and the decoder's first step, in which each lane is one row. */
static ur_status begin(ur_decoding *d, const ur_batch *batch, ur_error *error)
{
    ur_tape tape;
    ur_arena_reset(&d->read);
    ur_tape_begin(&tape, &d->learner->compute, &d->read, false);
    memset(d->values, 0, sizeof d->values);
    for (size_t i = 0; i < d->line; i++)
        ur_line_run(d->learner->model, &tape, i, &(ur_line_call){.in = batch->input[i]}, d->values);
    const ur_line_call call = {.in = {.steps = 1, .lanes = d->lanes, .ids = d->now.ids}};
    tape.kept = &d->kept;
    ur_line_step(d->learner->model, &tape, d->line, &call, d->values);
    d->begun = d->values[d->line];
    return ur_tape_status(&tape, error);
}

/* ---- all searches ------------------------------------------------------------------------------------------------- */

/* Collects the rows that the searches need in the next step, and which row of the step before each continues. */
static void collect(ur_decoding *d)
{
    rows before = d->before, *now = &d->now;
    d->before = d->now;
    d->now = before;
    now->count = 0;
    for (size_t b = 0; b < d->lanes; b++) {
        ur_beam_step s = ur_beam_wants(d->beams[b]);
        now->first[b] = now->count;
        for (size_t i = 0; i < s.rows; i++, now->count++) {
            now->from[now->count] = d->before.first[b] + s.from[i];
            now->lane_of[now->count] = (int32_t)b;
            now->ids[now->count] = s.ids[i];
        }
    }
}

/* The searches are shared out among the threads. A thread's error is that of its first search that fails. */
typedef struct growing {
    ur_decoding *d;
    const ur_tensor *y;
} growing;

static void forbid(const ur_decoding_settings *s, real *logits, real value)
{
    for (size_t i = 0; i < s->never_count; i++) logits[s->never[i]] = value;
}

/* log Σ exp of a row of logits. Logits of tokens that are never written become −∞. NaN if a number is not finite. */
static double settle_row(const growing *g, real *logits)
{
    const ur_decoding_settings *s = &g->d->settings;
    const ur_train_kernels *kernels = g->d->learner->compute.train;
    ur_softmax_sum all = ur_softmax_none();
    if (!ur_all_finite(logits, g->y->width)) return (double)NAN;
    forbid(s, logits, (real)-1e30); /* not −∞, since a part with nothing but −∞ has no sum */
    for (size_t at = 0, part; at < g->y->width; at += part) {
        part = g->y->width - at < UR_SOFTMAX_PART ? g->y->width - at : UR_SOFTMAX_PART;
        all = ur_softmax_join(all, kernels->softmax_part(logits + at, part));
    }
    forbid(s, logits, (real)-INFINITY);
    return (double)all.top + ur_log(all.sum);
}

static ur_status grow_search(const growing *g, size_t b, ur_error *error)
{
    ur_decoding *d = g->d;
    size_t first = d->now.first[b], count = ur_beam_wants(d->beams[b]).rows;
    real *logits = g->y->value + first * g->y->row;
    for (size_t i = 0; i < count; i++) d->log_sums[first + i] = settle_row(g, logits + i * g->y->row);
    return count ? ur_beam_grow_by(d->beams[b], logits, g->y->row, d->log_sums + first, error) : UR_OK;
}

static void grow_work(void *context, size_t member, size_t members)
{
    const growing *g = context;
    ur_error *error = &g->d->errors[member];
    size_t b, end;
    *error = (ur_error){0};
    ur_pool_share(g->d->lanes, 1, member, members, &b, &end);
    while (b < end && error->status == UR_OK) grow_search(g, b++, error);
}

static ur_status grow(ur_decoding *d, ur_error *error)
{
    growing g = {d, d->values[d->line].y};
    ur_pool_run(d->learner->compute.pool, grow_work, &g);
    for (size_t i = 0; i < ur_pool_threads(d->learner->compute.pool); i++) {
        if (d->errors[i].status == UR_OK) continue;
        *error = d->errors[i];
        return error->status;
    }
    return UR_OK;
}

static ur_status search(ur_decoding *d, const ur_batch *batch, ur_error *error)
{
    ur_kept_rows_forget(&d->kept); /* the weights may have changed */
    for (size_t b = 0; b < d->lanes; b++) ur_beam_begin(d->beams[b], d->settings.first);
    collect(d);
    UR_TRY(begin(d, batch, error));
    for (size_t t = 1; d->now.count; t++) {
        UR_TRY(grow(d, error));
        collect(d);
        const ur_value last = d->values[d->line];
        if (d->now.count) UR_TRY(step_decoder(d, &d->step[t % 2], &last, &d->now, error));
    }
    for (size_t b = 0; b < d->lanes; b++) ur_beam_end(d->beams[b]);
    return UR_OK;
}

ur_status ur_decode(ur_decoding *d, const ur_batch *batch, ur_error *error)
{
    size_t lanes = batch->input[0].lanes;
    d->lanes = 0;
    if (!lanes) return ur_fail(error, UR_ERR_USAGE, "a batch needs at least one lane");
    UR_TRY(make_searches(d, lanes, error));
    d->lanes = lanes;
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = search(d, batch, error);
    ur_float_mode_leave(mode);
    if (status != UR_OK) d->lanes = 0;
    return status;
}

size_t ur_decoding_count(const ur_decoding *d, size_t lane)
{
    return lane < d->lanes ? ur_beam_count(d->beams[lane]) : 0;
}

ur_hypothesis ur_decoding_text(const ur_decoding *d, size_t lane, size_t i)
{
    return lane < d->lanes ? ur_beam_hypothesis(d->beams[lane], i) : (ur_hypothesis){0};
}

/* ---- attention ---------------------------------------------------------------------------------------------------- */

/* Writes the text once more, by itself, starting from the first step, which all lanes took together. */
static ur_status write_again(ur_decoding *d, size_t lane, const ur_hypothesis *text, size_t steps, ur_error *error)
{
    size_t from = lane;
    int32_t lane_of = (int32_t)lane, id;
    rows one = {.count = 1, .from = &from, .lane_of = &lane_of, .ids = &id};
    ur_value last = d->begun;
    for (size_t t = 0; t < text->length; t++) {
        memcpy(d->looked + t * steps, last.looked->value + from * last.looked->row, steps * sizeof *d->looked);
        if (t + 1 == text->length) break;
        id = text->ids[t];
        UR_TRY(step_decoder(d, &d->step[t % 2], &last, &one, error));
        last = d->values[d->line];
        from = 0;
    }
    return UR_OK;
}

ur_status ur_decoding_looked(ur_decoding *d, size_t lane, size_t i, const ur_real **shares, size_t *steps,
                             ur_error *error)
{
    const ur_hypothesis text = ur_decoding_text(d, lane, i);
    if (lane >= d->lanes || !text.ids) return ur_fail(error, UR_ERR_USAGE, "there is no such text");
    if (!d->begun.looked)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "\"%.200s\" attends to no line", d->learner->model->net);
    *steps = d->begun.looked->width;
    ur_real *looked = realloc(d->looked, (text.length * *steps + 1) * sizeof *looked);
    if (!looked) return ur_fail_memory(error, "what a decoder looked at");
    *shares = d->looked = looked;
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = write_again(d, lane, &text, *steps, error);
    ur_float_mode_leave(mode);
    return status;
}
