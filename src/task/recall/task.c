/*
 * The recall tasks as a task. Its examples never end; they are made when they are asked for. A batch is a window of one
 * example per lane. States carry over from window to window, and windows in which no answer is due are only read.
 */
#include "task/recall/recall.h"

#include "train/net_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { HELD_OUT = 256 };                              /* number of examples that a score is based on */
static const uint64_t HELD_FIRST = UINT64_C(1) << 62; /* first number of these examples; training examples begin at 0 */

#define S(field) offsetof(ur_recall_settings, field)

static const ur_setting ROWS[] = {
    {"What is to be remembered", "kind", "copy|adding|who", UR_SETTING_CHOICE, S(kind), .initial = "copy",
     .decides = true,
     .help = "copy: repeat two letters; adding: add the two marked numbers; who: name who began the story"},
    {NULL, "gap", "N", UR_SETTING_SIZE, S(gap), .least = 1, .most = UR_RECALL_GAP_MOST, .initial = "20",
     .decides = true, .reads = true, .help = "steps from what is to be remembered to the answer"},
    {NULL, "bptt", "N", UR_SETTING_SIZE, S(window), .least = 1, .most = 1048576, .unset = "the whole example",
     .decides = true, .help = "length of a window of truncated backpropagation through time; states are carried on"},
};

static const ur_setting_table TABLE = UR_SETTING_TABLE(ROWS);

/* ---- Settings ----------------------------------------------------------------------------------------------------- */

static ur_status check_gap(const ur_recall_kind *kind, size_t gap, ur_error *error)
{
    if (gap >= kind->facts.least_gap && gap <= UR_RECALL_GAP_MOST) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "gap %zu: the task %s has gaps from %zu to %d", gap, kind->facts.name,
                   kind->facts.least_gap, UR_RECALL_GAP_MOST);
}

static ur_status open_data(void *data, const ur_settings *settings, const ur_model *from, ur_error *error)
{
    ur_recall_data *d = data;
    const ur_recall_settings *s = settings->own;
    (void)from;
    d->kind = ur_recall_find((ur_recall_task)s->kind);
    d->gap = s->gap;
    d->window = s->window;
    d->seed = settings->run.learning.seed;
    if (settings->data.count)
        return ur_fail(error, UR_ERR_USAGE, "%s: the recall tasks generate their examples", settings->data.text[0]);
    return check_gap(d->kind, d->gap, error);
}

static void close_data(void *data)
{
    ur_recall_data *d = data;
    ur_examples_free(&d->examples);
}

static const ur_own_default DEFAULTS[] = {
    {"cell", "lstm"},      {"hidden", "32"},     {"dropout", "0"},       {"batch", "32"},     {"optimizer", "adam"},
    {"weight-decay", "0"}, {"eval-every", "50"}, {"schedule", "linear"}, {"lr-floor", "0.1"}, {NULL, NULL}};

bool ur_recall_is_gated(const char *cell) { return strcmp(cell, "rnn") != 0; }

double ur_recall_rate(const char *cell)
{
    return ur_recall_is_gated(cell) ? UR_RECALL_RATE_GATED : UR_RECALL_RATE_PLAIN;
}

static ur_status choose(const void *data, ur_settings *settings, ur_error *error)
{
    const ur_recall_data *d = data;
    const char *cell = settings->run.cell;
    UR_TRY(ur_settings_prefer_number(settings, "lr", ur_recall_rate(cell), error));
    if (ur_recall_is_gated(cell) && d->gap > 1 && !settings->run.net)
        UR_TRY(ur_settings_prefer_number(settings, "remember", (double)d->gap, error));
    if (ur_run_is_endless(&settings->run)) settings->run.steps = UR_RECALL_STEPS;
    return ur_settings_prefer(settings, "layers", "1", error);
}

static const char *counts(const void *data)
{
    (void)data;
    return "answer";
}

static void describe(const void *data, char *text, size_t size)
{
    const ur_recall_data *d = data;
    snprintf(text, size, "%s over %zu steps, new examples at each update; %d of them to validate on",
             d->kind->facts.name, d->gap, HELD_OUT);
}

static uint64_t hash(const void *data, ur_part part)
{
    (void)data;
    return part == UR_PART_TRAIN ? 1 : 0; /* the settings determine all examples */
}

static ur_status network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    const ur_recall_kind *kind = ((const ur_recall_data *)data)->kind;
    request->sizes = (ur_sizes){.symbols = kind->symbols, .features = kind->features, .outputs = kind->outputs};
    if (*request->line) return UR_OK;
    ur_net_writing w = ur_net_begin(request->line);
    if (kind->symbols) ur_net_put(&w, "onehot");
    ur_net_put_run(&w, &settings->run, false);
    ur_net_put(&w, "dense");
    return ur_net_end(&w, error);
}

static ur_status record(void *data, ur_model *model, ur_error *error)
{
    (void)data, (void)model, (void)error;
    return UR_OK;
}

static ur_status prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                         ur_error *error)
{
    ur_recall_data *d = data;
    (void)first_loss;
    (void)learning;
    d->held = UINT64_MAX;
    return ur_examples_create(&d->examples, d->kind, d->gap, settings->run.batch, error);
}

/* ---- Batches ------------------------------------------------------------------------------------------------------ */

/* The number of windows in an example. The first may be shorter; the last is full. */
static uint64_t count_windows(const ur_recall_data *d)
{
    return d->window ? (d->examples.steps + d->window - 1) / d->window : 1;
}

static uint64_t batches(const void *data, ur_part part, uint64_t epoch)
{
    const ur_recall_data *d = data;
    (void)epoch;
    if (part == UR_PART_TRAIN) return UINT64_MAX;
    return (HELD_OUT + d->examples.lanes - 1) / d->examples.lanes;
}

static void fill_from(ur_recall_data *d, uint64_t first)
{
    if (d->held != first) ur_examples_fill(&d->examples, d->kind, d->gap, d->seed, first);
    d->held = first;
}

static bool any_due(const ur_examples *e, size_t begin, size_t steps)
{
    for (size_t t = begin; t < begin + steps; t++)
        for (size_t lane = 0; lane < e->lanes; lane++)
            if (ur_examples_due(e, t, lane)) return true;
    return false;
}

static ur_status take_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                            ur_error *error)
{
    ur_recall_data *d = data;
    uint64_t windows = part == UR_PART_TRAIN ? count_windows(d) : 1, window = number % windows;
    size_t steps = d->examples.steps, full = windows > 1 ? d->window : steps,
           first = steps - (size_t)(windows - 1) * full;
    size_t begin = window ? first + (size_t)(window - 1) * full : 0;
    (void)epoch, (void)error;
    fill_from(d, (part == UR_PART_TRAIN ? 0 : HELD_FIRST) + number / windows * d->examples.lanes);
    batch->network = ur_examples_piece(&d->examples, d->kind, begin, window ? full : first);
    batch->fresh = window == 0;
    batch->silent = !any_due(&d->examples, begin, window ? full : first);
    return UR_OK;
}

/* ---- Scoring ------------------------------------------------------------------------------------------------------ */

typedef struct ur_marks {
    double good; /* number of right answers, or sum of the squared errors */
    size_t count;
} ur_marks;

static bool is_right(const ur_real *answer, size_t outputs, int32_t target)
{
    for (size_t i = 0; i < outputs; i++)
        if (!(answer[i] <= answer[target])) return false; /* NaN is never right */
    return true;
}

static ur_status tally(void *data, const ur_task_batch *batch, const ur_value *out, void *tally_, ur_error *error)
{
    const ur_recall_data *d = data;
    const ur_examples *e = &d->examples;
    ur_marks *m = tally_;
    (void)batch, (void)error;
    for (size_t i = 0; i < e->steps * e->lanes; i++) {
        const real *answer = out[0].y->value + i * out[0].y->row;
        if (!ur_examples_due(e, i / e->lanes, i % e->lanes)) continue;
        m->count++;
        double wrong = e->target_values ? (double)(answer[0] - e->target_values[i]) : 0;
        m->good += e->target_values ? wrong * wrong : is_right(answer, d->kind->outputs, e->targets[i]);
    }
    return UR_OK;
}

/* The score is the accuracy, or 1 − mean squared error / variance. The sum of two uniform numbers has the variance
 * 1/6. */
static ur_status finish(const void *data, const void *tally_, const ur_window_result *all, double *metric,
                        struct json_t *more, ur_error *error)
{
    const ur_recall_data *d = data;
    const ur_marks *m = tally_;
    double mean = m->good / (double)m->count;
    (void)all, (void)more, (void)error;
    metric[0] = d->kind->symbols ? mean : 1 - mean * 6;
    return UR_OK;
}

const ur_task ur_task_recall = {
    .name = "recall",
    .counts = counts,
    .use = "unroll inspect gates looks into it",
    .settings = &TABLE,
    .defaults = DEFAULTS,
    .settings_size = sizeof(ur_recall_settings),
    .data_size = sizeof(ur_recall_data),
    .tally_size = sizeof(ur_marks),
    .carries = true,
    .metric = {{"score", true}},
    .open = open_data,
    .close = close_data,
    .choose = choose,
    .describe = describe,
    .hash = hash,
    .network = network,
    .record = record,
    .prepare = prepare,
    .batches = batches,
    .batch = take_batch,
    .tally = tally,
    .finish = finish,
};
