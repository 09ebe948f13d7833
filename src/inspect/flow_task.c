/* A flow of gradients from the labels of a task's examples. Examples are followed one at a time: each is read from its
 * beginning, and its last K + 1 steps are followed back. See flow.h. */
#include "inspect/flow.h"

#include "layer/loss.h"

#include <stdlib.h>

typedef struct examples {
    ur_task_data data;
    ur_settings settings; /* the task's settings, with a batch size of one */
    size_t each;          /* steps of every example if the task has a loop of its own, else 0 */
    size_t least;         /* least number of steps of an example that can be followed */
    size_t met, wanted, followed;
} examples;

/* A function that is called for the example in lane b. */
typedef ur_status each_example(void *context, const ur_task_batch *batch, size_t b, size_t steps, ur_error *error);

/* Finds the number of steps of a task's own loop by running it on an example. */
static ur_status count_loop(examples *e, const ur_model *model, ur_error *error)
{
    ur_task_batch batch;
    ur_probe *probe;
    UR_TRY(ur_probe_create(&probe, model, 1, error));
    ur_status status = ur_task_data_batch(&e->data, 0, &batch, error);
    if (status == UR_OK) status = ur_probe_task_batch(probe, &e->data, &batch, error);
    for (size_t layer = 0; status == UR_OK && layer < ur_probe_layers(model); layer++) {
        size_t steps = ur_probe_steps(probe, layer, 0);
        if (steps > e->each) e->each = steps;
    }
    ur_probe_free(probe);
    return status;
}

static ur_status open_task(examples *e, const ur_model *model, const ur_settings *settings, ur_error *error)
{
    e->settings = *settings;
    e->settings.run.batch = 1; /* so that words are spelled for each sentence by itself */
    UR_TRY(ur_task_data_open(&e->data, model, &e->settings, error));
    return settings->task->loops ? count_loop(e, model, error) : UR_OK;
}

/* The examples' steps, as the line with labels reads them. */
static const ur_sequences *steps_of(const ur_batch *batch) { return &batch->input[batch->target[0].line]; }

static size_t count_steps(const examples *e, const ur_sequences *in, size_t b)
{
    return e->each ? e->each : in->lengths ? (size_t)in->lengths[b] : in->steps;
}

static ur_status visit_examples(examples *e, each_example *visit, void *context, ur_error *error)
{
    ur_task_batch batch;
    for (uint64_t i = 0; i < e->data.batches; i++) {
        UR_TRY(ur_task_data_batch(&e->data, i, &batch, error));
        const ur_sequences *in = steps_of(&batch.network);
        for (size_t b = 0; b < in->lanes; b++) UR_TRY(visit(context, &batch, b, count_steps(e, in, b), error));
    }
    return UR_OK;
}

/* ---- How far back to go ---------------------------------------------------------------------------------------- */

typedef struct longest {
    size_t *steps; /* steps of the longest examples, longest first; capacity `most` */
    size_t count, most, examples;
} longest;

static ur_status note_length(void *context, const ur_task_batch *batch, size_t b, size_t steps, ur_error *error)
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
    ur_task_data_close(&e.data);
    free(l.steps);
    return status;
}

/* ---- Following ---------------------------------------------------------------------------------------------------- */

typedef struct following {
    ur_flow *flow;
    examples *e;
    bool whole; /* the network is run as a whole; else step by step */
    size_t longest;
    int32_t *ids;
    size_t room;
} following;

static ur_status count_example(void *context, const ur_task_batch *batch, size_t b, size_t steps, ur_error *error)
{
    following *f = context;
    (void)batch, (void)b, (void)error;
    f->e->met += steps >= f->e->least;
    if (steps > f->longest) f->longest = steps;
    return UR_OK;
}

/* Whether a target is a label: one of several, or yes or no. */
static bool has_label(const ur_model *m, const ur_target *t)
{
    return t->ids || (ur_loss_at((size_t)t->loss)->logits && m->lines[t->line].width == 1);
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

/* Follows an example if it is long enough and chosen. Examples are chosen evenly: number i is one if ⌊i·wanted/all⌋
 * grows after it. */
static ur_status follow_example(void *context, const ur_task_batch *batch, size_t b, size_t steps, ur_error *error)
{
    following *f = context;
    examples *e = f->e;
    const ur_sequences *in = steps_of(&batch->network);
    UR_TRY(ur_flow_check_target(&batch->network, error));
    if (steps < e->least) return UR_OK;
    size_t number = e->followed++;
    if (e->met > e->wanted && number * e->wanted / e->met == (number + 1) * e->wanted / e->met) return UR_OK;
    if (e->each) return ur_flow_loop(f->flow, &e->data, batch, error);
    if (f->whole || !has_label(f->flow->model, &batch->network.target[0]))
        return ur_flow_batch(f->flow, &batch->network, error);
    UR_TRY(grow_ids(f, steps, error));
    for (size_t t = 0; t < steps; t++) f->ids[t] = in->ids[t * in->lanes + b];
    int32_t label = label_of(&batch->network, b);
    return ur_flow_lanes(f->flow, f->ids, &label, steps - e->least, 1, error);
}

static ur_status follow(following *f, const ur_settings *settings, ur_error *error)
{
    UR_TRY(open_task(f->e, f->flow->model, settings, error));
    UR_TRY(visit_examples(f->e, count_example, f, error));
    if (!f->e->met)
        return ur_fail(error, UR_ERR_DATA, "no example has %zu steps, the longest has %zu; give a smaller `back`",
                       f->e->least, f->longest);
    return visit_examples(f->e, follow_example, f, error);
}

ur_status ur_flow_task(ur_flow *flow, const ur_settings *settings, ur_error *error)
{
    examples e = {.least = flow->settings.steps + 1, .wanted = places_of(flow->settings.places)};
    following f = {.flow = flow, .e = &e};
    f.whole = flow->last == flow->model->layer_count || ur_flow_check_ids(flow->model, NULL) != UR_OK;
    ur_status status = follow(&f, settings, error);
    ur_task_data_close(&e.data);
    free(f.ids);
    return status;
}
