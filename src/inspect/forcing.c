/*
 * Teacher forcing against free running: the same sentences with the true tokens fed and with the decoder's own tokens
 * fed. A wrong token is fed on in free running and corrected in teacher forcing, so the difference between the two is
 * the effect of an error on the steps after it.
 */
#include "task/forcing.h"
#include "base/float_mode.h"
#include "base/utf8.h"
#include "base/watch.h"
#include "format/json_text.h"
#include "task/looked.h"
#include "train/task.h"
#include "unroll_inspect.h"

#include <stdlib.h>
#include <string.h>

enum { FORCED, OWN, WAYS };

/* Counts for one step of all sentences. */
typedef struct step {
    size_t tokens, wrong[WAYS];
    double loss[WAYS];
} step;

typedef struct forcing {
    const ur_task *task;
    void *data;
    ur_learner *learner;
    size_t way, lanes;
    const int32_t *wanted; /* (T, B) target tokens, −1 for none */
    int32_t *said[WAYS];   /* (T, B) the most probable tokens */
    int32_t *fed;          /* buffer for the tokens that the decoder is fed */
    size_t places;         /* capacity of each of these */
    step *steps;
    size_t count, room;
    size_t sentences, examples; /* examples: number to show, spread evenly over the batches */
    uint64_t batch, batches;
    json_t *list; /* the examples */
} forcing;

/* ---- Both ways ----------------------------------------------------------------------------------------------------- */

static ur_status grow(int32_t **memory, size_t places, ur_error *error)
{
    int32_t *grown = realloc(*memory, places * sizeof *grown);
    if (!grown) return ur_fail_memory(error, "a batch");
    *memory = grown;
    return UR_OK;
}

static ur_status make_room(forcing *f, size_t steps, ur_error *error)
{
    size_t places = steps * f->lanes;
    for (size_t way = 0; way < WAYS && places > f->places; way++) UR_TRY(grow(&f->said[way], places, error));
    if (places > f->places) UR_TRY(grow(&f->fed, places, error));
    if (places > f->places) f->places = places;
    if (steps <= f->room) return UR_OK;
    step *grown = realloc(f->steps, 2 * steps * sizeof *grown);
    if (!grown) return ur_fail_memory(error, "the steps");
    f->steps = grown;
    for (; f->room < 2 * steps; f->room++) f->steps[f->room] = (step){0};
    return UR_OK;
}

static void look(void *context, size_t t, const ur_tensor *y, double loss)
{
    forcing *f = context;
    step *s = &f->steps[t];
    s->loss[f->way] += loss;
    if (t + 1 > f->count) f->count = t + 1;
    for (size_t b = 0; b < f->lanes; b++) {
        size_t place = t * f->lanes + b;
        int32_t wanted = f->wanted[place], said = ur_likeliest(y, b);
        f->said[f->way][place] = said;
        if (wanted < 0) continue;
        s->tokens += f->way == FORCED;
        s->wrong[f->way] += said != wanted;
    }
}

static ur_status run_way(forcing *f, const ur_batch *batch, size_t way, ur_error *error)
{
    ur_tape tape;
    ur_value values[UR_LINES_MAX];
    ur_pass pass = {.model = f->learner->model, .tape = &tape, .output = values};
    const ur_forcing how = {
        .pass = &pass, .batch = batch, .share = way == FORCED, .said = f->fed, .look = look, .context = f};
    double sum = 0;
    memset(values, 0, sizeof values);
    ur_tape_begin(&tape, &f->learner->compute, &f->learner->arena, false);
    f->way = way;
    if (ur_forcing_read(&how)) ur_forcing_steps(&how, 1, &sum);
    ur_arena_reset(&f->learner->arena);
    return ur_tape_status(&tape, error);
}

/* ---- Examples ------------------------------------------------------------------------------------------------------ */

/* The first `count` tokens of lane b. */
static json_t *tokens_json(const forcing *f, const int32_t *ids, size_t b, size_t count)
{
    return ur_tokens_json(f->task->token_text, f->data, ids + b, count, f->lanes);
}

static size_t find_first_wrong(const forcing *f, size_t b, size_t count)
{
    for (size_t t = 0; t < count; t++)
        if (f->said[OWN][t * f->lanes + b] != f->wanted[t * f->lanes + b]) return t + 1;
    return 0;
}

static ur_status add_example(forcing *f, size_t b, size_t count, ur_error *error)
{
    const char *source;
    size_t length, clean;
    UR_TRY(f->task->source_text(f->data, b, &source, &length, error));
    json_t *one = json_object();
    char *copy = ur_utf8_clean(source, length, &clean);
    int failed = !copy || json_object_set_new(one, "source", json_stringn(copy, clean));
    free(copy);
    failed |= json_object_set_new(one, "wanted", tokens_json(f, f->wanted, b, count));
    failed |= json_object_set_new(one, "forced", tokens_json(f, f->said[FORCED], b, count));
    failed |= json_object_set_new(one, "own", tokens_json(f, f->said[OWN], b, count));
    failed |= json_object_set_new(one, "goes_wrong", json_integer((json_int_t)find_first_wrong(f, b, count)));
    failed |= json_array_append_new(f->list, one);
    return failed ? ur_fail_memory(error, "an example") : UR_OK;
}

/* ---- All batches --------------------------------------------------------------------------------------------------- */

/* Whether the next example is due at lane b. */
static bool is_example(const forcing *f, size_t b)
{
    size_t shown = json_array_size(f->list);
    double here = (double)f->batch + (double)(b + 1) / (double)f->lanes;
    return shown < f->examples && here > ((double)shown + 0.5) * (double)f->batches / (double)f->examples;
}

static ur_status run_batch(forcing *f, ur_error *error)
{
    ur_task_batch batch = {0};
    UR_TRY(f->task->batch(f->data, UR_PART_TEST, 0, f->batch, &batch, error));
    const ur_sequences *in = &batch.network.input[f->learner->model->line_count - 1];
    f->lanes = in->lanes;
    f->wanted = batch.network.target[0].ids;
    UR_TRY(make_room(f, in->steps, error));
    for (size_t way = 0; way < WAYS; way++) UR_TRY(run_way(f, &batch.network, way, error));
    f->sentences += f->lanes;
    for (size_t b = 0; b < f->lanes; b++)
        if (is_example(f, b)) UR_TRY(add_example(f, b, (size_t)in->lengths[b], error));
    return UR_OK;
}

static ur_status run_batches(forcing *f, const ur_settings *settings, const ur_model *model, ur_error *error)
{
    ur_learning learning = settings->run.learning;
    double ignored;
    UR_TRY(f->task->open(f->data, settings, model, error));
    UR_TRY(f->task->prepare(f->data, settings, &learning, &ignored, error));
    f->batches = f->task->batches(f->data, UR_PART_TEST, 0);
    if (!f->batches) return ur_fail(error, UR_ERR_USAGE, "no data; give what unroll eval takes for this model");
    for (; f->batch < f->batches; f->batch++) {
        UR_TRY(run_batch(f, error));
        UR_TRY(ur_watch(&settings->run.watcher, "decoding", (double)(f->batch + 1), (double)f->batches, error));
    }
    return UR_OK;
}

/* ---- Results --------------------------------------------------------------------------------------------------- */

static int put_shares(json_t *object, const step *s)
{
    double tokens = (double)(s->tokens ? s->tokens : 1);
    int failed = json_object_set_new(object, "tokens", json_integer((json_int_t)s->tokens));
    failed |= json_object_set_new(object, "loss", json_real(s->loss[FORCED] / tokens));
    failed |= json_object_set_new(object, "own_loss", json_real(s->loss[OWN] / tokens));
    failed |= json_object_set_new(object, "wrong", json_real((double)s->wrong[FORCED] / tokens));
    return failed | json_object_set_new(object, "own_wrong", json_real((double)s->wrong[OWN] / tokens));
}

static ur_status tell(forcing *f, char **text, ur_error *error)
{
    json_t *object = json_object(), *steps = json_array();
    step all = {0};
    int failed = json_object_set_new(object, "sentences", json_integer((json_int_t)f->sentences));
    for (size_t t = 0; t < f->count; t++) {
        const step *s = &f->steps[t];
        json_t *one = json_object();
        failed |= json_object_set_new(one, "step", json_integer((json_int_t)t + 1)) | put_shares(one, s);
        failed |= json_array_append_new(steps, one);
        all.tokens += s->tokens;
        for (size_t way = 0; way < WAYS; way++) {
            all.wrong[way] += s->wrong[way];
            all.loss[way] += s->loss[way];
        }
    }
    failed |= put_shares(object, &all) | json_object_set_new(object, "steps", steps);
    failed |= json_object_set(object, "examples", f->list);
    ur_status status = failed ? ur_fail_memory(error, "the result") : ur_json_write(object, text, error);
    json_decref(object);
    return status;
}

static ur_status inspect(forcing *f, const ur_settings *settings, ur_model *model, char **json, ur_error *error)
{
    f->data = calloc(1, f->task->data_size + 1);
    f->list = json_array();
    if (!f->data || !f->list) return ur_fail_memory(error, "the sentences");
    UR_TRY(ur_learner_create_judge(&f->learner, model, settings->run.learning.threads, error));
    UR_TRY(run_batches(f, settings, model, error));
    return tell(f, json, error);
}

static bool has_decoder(const ur_task *task, const ur_model *m)
{
    return task->token_text && m->line_count > 1 && m->lines[m->line_count - 1].symbols;
}

ur_status ur_inspect_forcing(ur_model *model, const ur_settings *settings, size_t examples, char **json,
                             ur_error *error)
{
    forcing f = {.task = settings->task, .examples = examples};
    *json = NULL;
    if (!has_decoder(f.task, model))
        return ur_fail(
            error, UR_ERR_UNSUPPORTED,
            "this model of the task %s has no decoder; unroll help inspect forcing says which models have one",
            f.task->name);
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = inspect(&f, settings, model, json, error);
    ur_float_mode_leave(mode);
    if (f.data) f.task->close(f.data);
    ur_learner_free(f.learner);
    free(f.data);
    for (size_t way = 0; way < WAYS; way++) free(f.said[way]);
    free(f.fed);
    free(f.steps);
    json_decref(f.list);
    return status;
}
