/*
 * Teacher forcing against free running: the same sentences with the true tokens fed and with the decoder's own. A token that it
 * has got wrong is fed on in the one way and put right in the other, so the distance between the two is what an error does to
 * the steps behind it.
 */
#include "base/float_mode.h"
#include "base/utf8.h"
#include "base/watch.h"
#include "format/json_text.h"
#include "task/translate/translate.h"
#include "unroll_inspect.h"

#include <stdlib.h>
#include <string.h>

enum { FORCED, OWN, WAYS };

/* One step of all sentences. */
typedef struct step {
    size_t tokens, wrong[WAYS];
    double loss[WAYS];
} step;

typedef struct forcing {
    ur_translate *c;
    ur_learner *learner;
    size_t way, lanes;
    int32_t *said[WAYS]; /* (T, B): the likeliest tokens */
    size_t places;       /* for which there is room in each */
    step *steps;
    size_t count, room;
    size_t sentences, examples, every; /* examples wanted; each so many sentences one */
    json_t *list;                      /* of examples */
} forcing;

/* ---- Both ways ----------------------------------------------------------------------------------------------------- */

static ur_status make_room(forcing *f, size_t steps, ur_error *error)
{
    size_t places = steps * f->lanes;
    for (size_t way = 0; way < WAYS && places > f->places; way++) {
        int32_t *grown = realloc(f->said[way], places * sizeof *grown);
        if (!grown) return ur_fail_memory(error, "a batch");
        f->said[way] = grown;
    }
    if (places > f->places) f->places = places;
    if (steps <= f->room) return UR_OK;
    step *grown = realloc(f->steps, 2 * steps * sizeof *grown);
    if (!grown) return ur_fail_memory(error, "the steps");
    f->steps = grown;
    for (; f->room < 2 * steps; f->room++) f->steps[f->room] = (step){0};
    return UR_OK;
}

static int32_t find_likeliest(const ur_tensor *y, size_t lane)
{
    const real *row = y->value + lane * y->row;
    int32_t best = 0;
    for (size_t i = 1; i < y->width; i++)
        if (row[i] > row[best]) best = (int32_t)i;
    return best;
}

static void look(void *context, size_t t, const ur_tensor *y, double loss)
{
    forcing *f = context;
    step *s = &f->steps[t];
    s->loss[f->way] += loss;
    if (t + 1 > f->count) f->count = t + 1;
    for (size_t b = 0; b < f->lanes; b++) {
        size_t place = t * f->lanes + b;
        int32_t wanted = f->c->target[place], said = find_likeliest(y, b);
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
    memset(values, 0, sizeof values);
    ur_tape_begin(&tape, &f->learner->compute, &f->learner->arena, false);
    f->way = way;
    ur_status status = ur_translate_follow(f->c, &pass, batch, way == FORCED, look, f, error);
    ur_arena_reset(&f->learner->arena);
    return status;
}

/* ---- Examples ------------------------------------------------------------------------------------------------------ */

/* The tokens of lane b, as many as are wanted. */
static json_t *tokens_json(const forcing *f, const int32_t *ids, size_t b, size_t count)
{
    const ur_vocabulary *v = f->c->side[UR_TARGET].vocabulary;
    json_t *list = json_array();
    int failed = list == NULL;
    for (size_t t = 0; t < count && !failed; t++) {
        int32_t id = ids[t * f->lanes + b];
        size_t length, clean;
        const char *text = ur_vocabulary_text(v, id, &length);
        char *copy = ur_utf8_clean(text ? text : "\xEF\xBF\xBD", id == UR_TOKEN_END ? 0 : text ? length : 3, &clean);
        failed = !copy || json_array_append_new(list, json_stringn(copy, clean));
        free(copy);
    }
    if (!failed) return list;
    json_decref(list);
    return NULL;
}

static size_t find_first_wrong(const forcing *f, size_t b, size_t count)
{
    for (size_t t = 0; t < count; t++)
        if (f->said[OWN][t * f->lanes + b] != f->c->target[t * f->lanes + b]) return t + 1;
    return 0;
}

static ur_status add_example(forcing *f, size_t b, ur_error *error)
{
    ur_translate *c = f->c;
    const ur_translate_part *p = &c->part[UR_PART_TEST];
    size_t count = (size_t)c->side[UR_TARGET].lengths[b];
    UR_TRY(ur_pairs_read(p->set, p->pair[c->at.place[b]], &c->pair, error));
    json_t *one = json_object();
    ur_field source = c->pair.text[UR_SOURCE];
    int failed = json_object_set_new(one, "source", json_stringn(source.text, source.length));
    failed |= json_object_set_new(one, "wanted", tokens_json(f, c->target, b, count));
    failed |= json_object_set_new(one, "forced", tokens_json(f, f->said[FORCED], b, count));
    failed |= json_object_set_new(one, "own", tokens_json(f, f->said[OWN], b, count));
    failed |= json_object_set_new(one, "goes_wrong", json_integer((json_int_t)find_first_wrong(f, b, count)));
    failed |= json_array_append_new(f->list, one);
    return failed ? ur_fail_memory(error, "an example") : UR_OK;
}

/* ---- All batches --------------------------------------------------------------------------------------------------- */

static ur_status run_batch(forcing *f, uint64_t number, ur_error *error)
{
    ur_task_batch batch = {0};
    UR_TRY(ur_translate_batch(f->c, UR_PART_TEST, 0, number, &batch, error));
    f->lanes = f->c->at.lanes;
    UR_TRY(make_room(f, batch.network.input[f->learner->model->line_count - 1].steps, error));
    for (size_t way = 0; way < WAYS; way++) UR_TRY(run_way(f, &batch.network, way, error));
    for (size_t b = 0; b < f->lanes; b++, f->sentences++)
        if (f->sentences % f->every == f->every / 2 && json_array_size(f->list) < f->examples)
            UR_TRY(add_example(f, b, error));
    return UR_OK;
}

static ur_status run_batches(forcing *f, const ur_settings *settings, const ur_model *model, ur_error *error)
{
    ur_learning learning = settings->run.learning;
    double ignored;
    UR_TRY(ur_translate_open(f->c, settings, model, error));
    UR_TRY(ur_translate_prepare(f->c, settings, &learning, &ignored, error));
    uint64_t count = ur_translate_batches(f->c, UR_PART_TEST, 0);
    if (!count) return ur_fail(error, UR_ERR_USAGE, "no data; give the source and the target, or a table");
    f->every = f->c->part[UR_PART_TEST].count / (f->examples ? f->examples : 1);
    if (!f->every) f->every = 1;
    for (uint64_t i = 0; i < count; i++) {
        UR_TRY(run_batch(f, i, error));
        UR_TRY(ur_watch(&settings->run.watcher, "decoding", (double)(i + 1), (double)count, error));
    }
    return UR_OK;
}

/* ---- In numbers ---------------------------------------------------------------------------------------------------- */

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
    f->c = calloc(1, sizeof *f->c);
    f->list = json_array();
    if (!f->c || !f->list) return ur_fail_memory(error, "the sentences");
    UR_TRY(ur_learner_create_judge(&f->learner, model, settings->run.learning.threads, error));
    UR_TRY(run_batches(f, settings, model, error));
    return tell(f, json, error);
}

ur_status ur_inspect_forcing(ur_model *model, const ur_settings *settings, size_t examples, char **json,
                             ur_error *error)
{
    forcing f = {.examples = examples};
    *json = NULL;
    if (settings->task != &ur_task_translate)
        return ur_fail(error, UR_ERR_UNSUPPORTED,
                       "a model of the task %s has no decoder; train one with unroll train translate",
                       settings->task->name);
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = inspect(&f, settings, model, json, error);
    ur_float_mode_leave(mode);
    if (f.c) ur_translate_close(f.c);
    ur_learner_free(f.learner);
    free(f.c);
    for (size_t way = 0; way < WAYS; way++) free(f.said[way]);
    free(f.steps);
    json_decref(f.list);
    return status;
}
