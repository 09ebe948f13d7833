/*
 * Cells of a model for another task than language modelling. Its own data are read batch by batch, each from zero
 * states. Sequences alternate: one half of them chooses the cells, the other half scores them. The values of cells
 * whose line does not read the labelled steps (such as a word's spelling) count as constant.
 */
#include "inspect/cells_truth.h"

#include "base/error.h"
#include "base/float_mode.h"
#include "base/watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    UR_TASK_CHUNK = 2048,         /* places that are tallied at once */
    UR_TASK_SAMPLE_PLACES = 8192, /* approximate number of places in the sample */
};

typedef struct ur_task_cells {
    const ur_settings *settings;
    const ur_cell_search *search;
    ur_cells *cells;
    ur_model *model;
    ur_learner *learner;
    ur_truth_reader truth;
    ur_task_batch batch;
    const ur_window **window; /* window of each layer for the current batch, or NULL if its steps are not the labelled
                               * ones */
    size_t total;             /* number of cells */
    uint64_t places, sequences;
    ur_status status; /* status of what was done while looking at a batch */
    ur_error *error;
    /* The next chunk for the tally. */
    ur_tally *tally;
    float *truths;
    unsigned char *half;
    real *values; /* (places, total) */
    ur_tally_layer *layers;
    size_t layer_count, filled;
    /* The sample: every `stride`-th batch. */
    uint64_t stride;
    ur_cell_holding *watching;
    size_t at, text_room;
    ur_probing held;
} ur_task_cells;

/* ---- Where a cell's numbers are -------------------------------------------------------------------------------- */

static bool reads_steps(const ur_batch *batch, size_t line)
{
    const ur_sequences *a = &batch->input[line], *b = &batch->input[batch->target[0].line];
    return a->ids == b->ids && a->values == b->values && a->lengths == b->lengths;
}

static size_t line_of(const ur_model *m, size_t layer)
{
    size_t line = 0;
    const char *name = ur_probe_line(m, layer);
    while (line + 1 < m->line_count && m->spec.lines[line].name != name) line++;
    return line;
}

static void find_windows(ur_task_cells *t, const ur_probing *seen)
{
    const ur_batch *batch = &t->batch.network;
    const ur_sequences *in = &batch->input[batch->target[0].line];
    for (size_t l = 0; l < t->layer_count; l++) {
        size_t first = 0;
        const ur_window *w = ur_probe_window(seen, ur_probe_layer_of(t->model, l), &first);
        bool same = w && reads_steps(batch, line_of(t->model, l)) && w->steps == in->steps && w->lanes == in->lanes;
        t->window[l] = same ? w : NULL;
    }
}

static bool goes_back(const ur_model *m, size_t layer)
{
    const ur_layer *this = ur_probe_layer_of(m, layer), *before = layer ? ur_probe_layer_of(m, layer - 1) : NULL;
    return before && before->reverse == this;
}

static size_t step_of(const ur_task_cells *t, size_t layer, size_t step)
{
    return goes_back(t->model, layer) ? t->truth.steps - 1 - step : step;
}

/* ---- The scores ---------------------------------------------------------------------------------------------------- */

static ur_status tally_chunk(ur_task_cells *t)
{
    ur_tally_chunk chunk = {UR_TASK_CHUNK, t->half, t->truths, t->layers, t->layer_count};
    memset(t->half + t->filled, UR_TALLY_SKIP, UR_TASK_CHUNK - t->filled);
    t->filled = 0;
    return ur_tally_add(t->tally, &chunk, t->learner->pool, t->error);
}

static void copy_cells(ur_task_cells *t, size_t step, size_t lane, real *to)
{
    for (size_t l = 0; l < t->layer_count; to += t->layers[l++].units) {
        const ur_window *w = t->window[l];
        if (!w) continue;
        size_t place = (step_of(t, l, step) + 1) * w->lanes + lane, row = ur_padded(w->layer->units);
        memcpy(to, w->state[w->layer->cell->states - 1] + place * row, w->layer->units * sizeof *to);
    }
}

static ur_status tally_lane(ur_task_cells *t, size_t lane)
{
    for (size_t step = 0; step < t->truth.steps; step++) {
        t->half[t->filled] = t->sequences % 2;
        ur_truth_next(&t->truth, step, t->truths + t->filled, UR_TASK_CHUNK);
        copy_cells(t, step, lane, t->values + t->filled * t->total);
        if (++t->filled == UR_TASK_CHUNK) UR_TRY(tally_chunk(t));
    }
    t->sequences++;
    t->places += t->truth.steps;
    return UR_OK;
}

/* ---- The sample ---------------------------------------------------------------------------------------------------- */

static ur_status add_text(ur_task_cells *t, const char *text, size_t length)
{
    ur_cells *c = t->cells;
    size_t used = c->end[t->at];
    if (used + length > t->text_room) {
        size_t room = 2 * (used + length) + 4096;
        char *grown = realloc(c->text, room);
        if (!grown) return ur_fail_memory(t->error, "the sample");
        c->text = grown;
        t->text_room = room;
    }
    memcpy(c->text + used, text, length);
    c->end[t->at] += (uint32_t)length;
    return UR_OK;
}

/* Stores the text of a step: a word. If steps are no text, it is a mark, and each run of equal labels begins with the
 * label. */
static ur_status keep_text(ur_task_cells *t, size_t step)
{
    const ur_truth_reader *r = &t->truth;
    size_t begin = step && r->text ? r->end[step - 1] : 0;
    int32_t label = ur_truth_label(r, step);
    const char *name = label >= 0 ? ur_model_label(t->model, (size_t)label) : "?";
    t->cells->end[t->at] = t->at ? t->cells->end[t->at - 1] : 0;
    if (!step && t->at) UR_TRY(add_text(t, "\n", 1));
    if (r->text) return add_text(t, r->text + begin, r->end[step] - begin);
    if (!step || label != ur_truth_label(r, step - 1)) {
        if (step) UR_TRY(add_text(t, " ", 1));
        UR_TRY(add_text(t, name ? name : "?", strlen(name ? name : "?")));
        UR_TRY(add_text(t, " ", 1));
    }
    return add_text(t, "\xE2\x96\xAA", 3);
}

static void tell_place(ur_task_cells *t, size_t step, size_t lane)
{
    for (size_t p = 0; p <= t->cells->predicates; p++) {
        size_t layer = t->cells->watch[p].layer;
        const ur_window *w = t->cells->watched[p] ? t->window[layer] : NULL;
        if (w) ur_cells_watch(t->watching, w, p, t->at, step_of(t, layer, step), lane);
    }
}

static ur_status watch_lane(ur_task_cells *t, size_t lane)
{
    for (size_t step = 0; step < t->truth.steps; step++) {
        ur_truth_next(&t->truth, step, t->cells->truth + t->at, t->cells->steps);
        UR_TRY(keep_text(t, step));
        tell_place(t, step, lane);
        t->at++;
    }
    return UR_OK;
}

/* ---- Batches ------------------------------------------------------------------------------------------------------- */

static ur_status look_at_lanes(ur_task_cells *t, const ur_probing *seen)
{
    const ur_target *target = &t->batch.network.target[0];
    const ur_tensor *out = t->learner->output[target->line].y;
    UR_TRY(ur_truth_check(&t->truth, &t->batch.network, out, t->error));
    find_windows(t, seen);
    for (size_t lane = 0; lane < out->lanes; lane++) {
        UR_TRY(ur_truth_lane(&t->truth, &t->batch, lane, out->steps, t->error));
        UR_TRY(t->tally ? tally_lane(t, lane) : watch_lane(t, lane));
    }
    return UR_OK;
}

static void look(void *context, const ur_probing *seen)
{
    ur_task_cells *t = context;
    t->status = look_at_lanes(t, seen);
}

static ur_status read_batch(ur_task_cells *t, uint64_t number)
{
    t->batch = (ur_task_batch){0};
    return t->truth.task->batch(t->truth.data, UR_PART_TEST, 0, number, &t->batch, t->error);
}

/* Runs every `stride`-th batch, and adds up the losses. */
static ur_status run_batches(ur_task_cells *t, uint64_t stride, ur_window_result *all)
{
    uint64_t count = t->truth.task->batches(t->truth.data, UR_PART_TEST, 0);
    for (uint64_t i = (count - 1) % stride / 2; i < count; i += stride) {
        ur_window_result r;
        UR_TRY(read_batch(t, i));
        UR_TRY(ur_learner_forward(t->learner, &t->batch.network, &(ur_carry){0}, &r, t->error));
        UR_TRY(t->status);
        all->sum += r.sum;
        all->count += r.count;
        UR_TRY(ur_watch(&t->search->reading.watcher, "running the network", (double)(i + 1), (double)count, t->error));
    }
    return UR_OK;
}

/* ---- Reading for the scores ------------------------------------------------------------------------------------ */

static ur_status make_chunk(ur_task_cells *t, ur_error *error)
{
    bool counts[UR_PREDICATES_MOST];
    real *at = t->values = calloc((size_t)UR_TASK_CHUNK * t->total, sizeof *t->values);
    t->truths = calloc((size_t)UR_TASK_CHUNK * t->truth.count, sizeof *t->truths);
    t->half = calloc(UR_TASK_CHUNK, 1);
    t->layers = calloc(t->layer_count, sizeof *t->layers);
    if (!t->values || !t->truths || !t->half || !t->layers) return ur_fail_memory(error, "the data");
    for (size_t l = 0; l < t->layer_count; at += t->layers[l++].units) {
        t->layers[l] = (ur_tally_layer){.value = at, .row = t->total};
        ur_probe_layer(t->model, l, &t->layers[l].units, NULL);
    }
    for (size_t i = 0; i < t->truth.count; i++) counts[i] = t->cells->predicate[i].number;
    return ur_tally_create(&t->tally, t->total, counts, t->truth.count, UR_TASK_CHUNK, error);
}

static void free_chunk(ur_task_cells *t)
{
    ur_tally_free(t->tally);
    t->tally = NULL;
    free(t->values);
    free(t->truths);
    free(t->half);
    free(t->layers);
    t->values = NULL, t->truths = NULL, t->half = NULL, t->layers = NULL;
}

static ur_status tally_all(ur_task_cells *t, ur_model *model, uint64_t stride, ur_error *error)
{
    ur_window_result ignored = {0};
    t->model = model;
    t->filled = 0;
    t->places = t->sequences = 0;
    UR_TRY(make_chunk(t, error));
    UR_TRY(ur_learner_create_judge(&t->learner, model, t->settings->run.learning.threads, error));
    t->learner->look = look;
    t->learner->look_context = t;
    UR_TRY(run_batches(t, stride, &ignored));
    return tally_chunk(t);
}

/* Computes the scores of the model, or of a network with random weights (`control`). */
static ur_status score(ur_task_cells *t, ur_model *model, uint64_t stride, bool control, ur_error *error)
{
    ur_status status = tally_all(t, model, stride, error);
    if (status == UR_OK) (control ? ur_cells_conclude_control : ur_cells_conclude)(t->cells, model, t->tally);
    ur_learner_free(t->learner);
    t->learner = NULL;
    free_chunk(t);
    return status;
}

static ur_status score_control(ur_task_cells *t, ur_error *error)
{
    ur_model *random, *model = t->model;
    UR_TRY(ur_cells_make_random(&random, model, error));
    ur_status status = score(t, random, 1 + t->places / UR_CONTROL_TOKENS, true, error);
    t->model = model;
    ur_cells_free_random(random);
    return status;
}

/* ---- The sample, run once for each cell that is held ----------------------------------------------------------- */

static ur_status make_sample(ur_task_cells *t, ur_error *error)
{
    ur_cells *c = t->cells;
    uint64_t count = t->truth.task->batches(t->truth.data, UR_PART_TEST, 0);
    size_t wanted = t->search->sample ? t->search->sample : UR_TASK_SAMPLE_PLACES;
    t->stride = 1 + t->places / wanted;
    if (t->stride > count) t->stride = count;
    for (uint64_t i = (count - 1) % t->stride / 2; i < count; i += t->stride) {
        UR_TRY(read_batch(t, i));
        const ur_batch *batch = &t->batch.network;
        for (size_t b = 0; b < batch->input[batch->target[0].line].lanes; b++) c->steps += ur_truth_steps(batch, b);
    }
    c->lanes = 1;
    c->end = calloc(c->steps, sizeof *c->end);
    c->truth = calloc(c->steps, c->predicates * sizeof *c->truth);
    c->values = calloc(c->steps, (c->predicates + 1) * sizeof *c->values);
    return c->end && c->truth && c->values ? UR_OK : ur_fail_memory(error, "the sample");
}

static ur_status run_sample(void *context, ur_cell_holding *watching, double *loss, ur_error *error)
{
    ur_task_cells *t = context;
    ur_window_result all = {0};
    (void)error;
    t->watching = watching;
    t->at = 0;
    t->learner->look = watching ? look : NULL;
    UR_TRY(run_batches(t, t->stride, &all));
    *loss = all.count ? all.sum / (double)all.count : NAN;
    return UR_OK;
}

static ur_status hold_unit(void *context, ur_cell_place place, const ur_real *means, ur_error *error)
{
    ur_task_cells *t = context;
    for (size_t s = 0; s < UR_STATES_MAX; s++)
        if (!isfinite((double)means[s])) return ur_fail(error, UR_ERR_NUMERIC, "a mean is not finite");
    t->held = (ur_probing){.layer = place.layer, .unit = place.unit, .held = true};
    memcpy(t->held.value, means, sizeof t->held.value);
    t->learner->held = &t->held;
    return UR_OK;
}

static ur_status hold_all(ur_task_cells *t, ur_error *error)
{
    const ur_cell_runs runs = {t, run_sample, hold_unit};
    UR_TRY(make_sample(t, error));
    UR_TRY(ur_learner_create_judge(&t->learner, t->model, t->settings->run.learning.threads, error));
    t->learner->look_context = t;
    ur_status status = ur_cells_hold(t->cells, &runs, error);
    ur_learner_free(t->learner);
    t->learner = NULL;
    return status;
}

/* ---- The whole search ------------------------------------------------------------------------------------------ */

static ur_status search_data(ur_task_cells *t, ur_error *error)
{
    const ur_task *task = t->truth.task;
    ur_learning learning = t->settings->run.learning;
    double ignored;
    UR_TRY(ur_truth_open(&t->truth, t->cells, t->model, t->search, error));
    UR_TRY(task->open(t->truth.data, t->settings, t->model, error));
    UR_TRY(task->prepare(t->truth.data, t->settings, &learning, &ignored, error));
    if (!task->batches(t->truth.data, UR_PART_TEST, 0)) return ur_fail(error, UR_ERR_DATA, "the data are empty");
    UR_TRY(score(t, t->model, 1, false, error));
    t->cells->watched[t->cells->predicates] = t->search->follow;
    t->cells->watch[t->cells->predicates] = (ur_cell_place){t->search->layer, t->search->unit};
    UR_TRY(hold_all(t, error));
    return score_control(t, error);
}

static ur_status search_task(ur_task_cells *t, ur_error *error)
{
    ur_float_mode mode = ur_float_mode_enter();
    t->truth.data = calloc(1, t->truth.task->data_size + 1);
    t->window = calloc(t->layer_count, sizeof *t->window);
    ur_status status = t->truth.data && t->window ? search_data(t, error) : ur_fail_memory(error, "the data");
    if (t->truth.data) t->truth.task->close(t->truth.data);
    free(t->truth.data);
    free((void *)t->window);
    ur_truth_close(&t->truth);
    ur_float_mode_leave(mode);
    return status;
}

ur_status ur_cells_find_of_task(ur_cells **cells, ur_model *model, const ur_settings *settings,
                                const ur_cell_search *search, ur_error *error)
{
    *cells = NULL;
    UR_TRY(ur_cells_check(model, search, error));
    ur_task_cells t = {.settings = settings,
                       .search = search,
                       .model = model,
                       .truth.task = settings->task,
                       .total = ur_cell_total(model),
                       .layer_count = ur_probe_layers(model),
                       .error = error};
    t.cells = *cells = calloc(1, sizeof **cells);
    if (!*cells) return ur_fail_memory(error, "the search for cells");
    ur_status status = search_task(&t, error);
    if (status == UR_OK) return UR_OK;
    ur_cells_free(*cells);
    *cells = NULL;
    return status;
}
