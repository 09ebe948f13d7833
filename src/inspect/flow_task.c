/* A flow of gradients from the labels of a task's examples, one at a time: each is read from its beginning, and its last K + 1
 * steps are followed back. See flow.h. */
#include "inspect/flow.h"

#include "train/task.h"

#include <stdlib.h>

typedef struct examples {
    const ur_task *task;
    ur_task_batch batch;  /* at hand */
    ur_settings settings; /* with batches of one */
    void *data;
    uint64_t batches;
    size_t least; /* steps that an example must have */
    size_t met, wanted, followed;
} examples;

/* What is done with the example in lane b. */
typedef ur_status each_example(void *context, const ur_batch *batch, size_t b, size_t steps, ur_error *error);

static ur_status open_task(examples *e, const ur_model *model, const ur_settings *settings, ur_error *error)
{
    ur_learning learning = settings->run.learning;
    double ignored;
    e->task = settings->task;
    e->settings = *settings;
    e->settings.run.batch = 1; /* words that sentences share are spelled for each */
    if (e->task->carries)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "the batches of the task %s are not read here", e->task->name);
    e->data = calloc(1, e->task->data_size + 1);
    if (!e->data) return ur_fail_memory(error, "the data");
    UR_TRY(e->task->open(e->data, &e->settings, model, error));
    UR_TRY(e->task->prepare(e->data, &e->settings, &learning, &ignored, error));
    e->batches = e->task->batches(e->data, UR_PART_TEST, 0);
    return UR_OK;
}

static void close_task(examples *e)
{
    if (e->data) e->task->close(e->data);
    free(e->data);
}

/* The line whose answers have labels reads the examples' steps. */
static const ur_sequences *steps_of(const ur_batch *batch) { return &batch->input[batch->target[0].line]; }

static ur_status visit_examples(examples *e, each_example *visit, void *context, ur_error *error)
{
    for (uint64_t i = 0; i < e->batches; i++) {
        const ur_batch *batch = &e->batch.network;
        e->batch = (ur_task_batch){.fresh = false};
        UR_TRY(e->task->batch(e->data, UR_PART_TEST, 0, i, &e->batch, error));
        const ur_sequences *in = steps_of(batch);
        for (size_t b = 0; b < in->lanes; b++)
            UR_TRY(visit(context, batch, b, in->lengths ? (size_t)in->lengths[b] : in->steps, error));
    }
    return UR_OK;
}

/* ---- How far back ------------------------------------------------------------------------------------------------- */

typedef struct longest {
    size_t *steps; /* of the longest ones, most first; room for `most` */
    size_t count, most, examples;
} longest;

static ur_status note_length(void *context, const ur_batch *batch, size_t b, size_t steps, ur_error *error)
{
    longest *l = context;
    (void)batch, (void)b, (void)error;
    l->examples++;
    size_t at = l->count < l->most ? l->count++ : l->most - 1;
    if (l->count == l->most && at == l->most - 1 && l->steps[at] >= steps) return UR_OK;
    while (at > 0 && l->steps[at - 1] < steps) {
        l->steps[at] = l->steps[at - 1];
        at--;
    }
    l->steps[at] = steps;
    return UR_OK;
}

static size_t places_of(size_t places) { return places ? places : UR_FLOW_PLACES; }

ur_status ur_flow_task_steps(const ur_model *model, const ur_settings *settings, size_t places, size_t *steps,
                             ur_error *error)
{
    examples e = {0};
    longest l = {.most = places_of(places)};
    l.steps = calloc(l.most, sizeof *l.steps);
    ur_status status = l.steps ? open_task(&e, model, settings, error) : ur_fail_memory(error, "the examples");
    if (status == UR_OK) status = visit_examples(&e, note_length, &l, error);
    *steps = status == UR_OK && l.count && l.steps[l.count - 1] > 1 ? l.steps[l.count - 1] - 1 : 1;
    close_task(&e);
    free(l.steps);
    return status;
}

/* ---- Following ---------------------------------------------------------------------------------------------------- */

typedef struct following {
    ur_flow *flow;
    examples *e;
    bool whole; /* the network is run as a whole, else a step at a time */
    size_t longest;
    int32_t *ids;
    size_t room;
} following;

static ur_status count_example(void *context, const ur_batch *batch, size_t b, size_t steps, ur_error *error)
{
    following *f = context;
    (void)batch, (void)b, (void)error;
    f->e->met += steps >= f->e->least;
    if (steps > f->longest) f->longest = steps;
    return UR_OK;
}

static int32_t label_of(const ur_batch *batch, size_t b)
{
    const ur_target *t = &batch->target[0];
    return t->ids ? t->ids[b] : (int32_t)(t->values[b] > (ur_real)0.5);
}

static ur_status grow_ids(following *f, size_t steps, ur_error *error)
{
    if (steps <= f->room) return UR_OK;
    int32_t *grown = realloc(f->ids, steps * sizeof *grown);
    if (!grown) return ur_fail_memory(error, "an example");
    f->ids = grown;
    f->room = steps;
    return UR_OK;
}

/* Evenly over those that are long enough: number i is taken where ⌊i·wanted/all⌋ grows. */
static ur_status follow_example(void *context, const ur_batch *batch, size_t b, size_t steps, ur_error *error)
{
    following *f = context;
    examples *e = f->e;
    const ur_sequences *in = steps_of(batch);
    if (batch->target_count) UR_TRY(ur_flow_check_target(f->flow->model, &batch->target[0], error));
    if (steps < e->least) return UR_OK;
    size_t number = e->followed++;
    if (e->met > e->wanted && number * e->wanted / e->met == (number + 1) * e->wanted / e->met) return UR_OK;
    if (!batch->target_count) return ur_flow_loss(f->flow, e->task, e->data, &e->batch, error);
    if (f->whole) return ur_flow_batch(f->flow, batch, error);
    UR_TRY(grow_ids(f, steps, error));
    for (size_t t = 0; t < steps; t++) f->ids[t] = in->ids[t * in->lanes + b];
    int32_t label = label_of(batch, b);
    return ur_flow_lanes(f->flow, f->ids, &label, steps - e->least, 1, error);
}

static ur_status follow(following *f, const ur_settings *settings, ur_error *error)
{
    UR_TRY(open_task(f->e, f->flow->model, settings, error));
    UR_TRY(visit_examples(f->e, count_example, f, error));
    if (!f->e->met)
        return ur_fail(error, UR_ERR_DATA, "no example has %zu steps, the longest has %zu: give fewer `back`",
                       f->e->least, f->longest);
    return visit_examples(f->e, follow_example, f, error);
}

ur_status ur_flow_task(ur_flow *flow, const ur_settings *settings, ur_error *error)
{
    examples e = {.least = flow->settings.steps + 1, .wanted = places_of(flow->settings.places)};
    following f = {.flow = flow, .e = &e};
    f.whole = flow->last == flow->model->layer_count || ur_flow_check_ids(flow->model, NULL) != UR_OK;
    ur_status status = follow(&f, settings, error);
    close_task(&e);
    free(f.ids);
    return status;
}
