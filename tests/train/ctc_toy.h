/*
 * A task for tests, which shows that a task may have targets with their own lengths and its own loss: short labels
 * under CTC (Graves et al. 2006), by brute force over all alignments. Each lane reads noisy letters. The label is their
 * sequence without repeats, of 1 or 2 letters, and does not state at which steps the letters are.
 */
#ifndef UR_TEST_CTC_TOY_H
#define UR_TEST_CTC_TOY_H

#include "base/random.h"
#include "train/trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CTC_STEPS = 5,
    CTC_LETTERS = 3,
    CTC_CLASSES = CTC_LETTERS + 1,
    CTC_BLANK = CTC_LETTERS,
    CTC_LABEL = 2,
    CTC_LANES = 8
};

typedef struct ctc_settings {
    size_t unused;
} ctc_settings;

typedef struct ctc_data {
    int32_t ids[CTC_STEPS * CTC_LANES];    /* (T, B) */
    int32_t labels[CTC_LABEL * CTC_LANES]; /* (2, B) */
    int32_t lengths[CTC_LANES];            /* lengths of the labels */
} ctc_data;

typedef struct ctc_tally {
    size_t right, count;
} ctc_tally;

static const ur_setting CTC_ROWS[] = {
    {"Toy", "nothing", "N", UR_SETTING_SIZE, offsetof(ctc_settings, unused), .help = "has no effect"}};
static const ur_setting_table CTC_TABLE = UR_SETTING_TABLE(CTC_ROWS);

static ur_status ctc_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error)
{
    (void)data, (void)settings, (void)from, (void)error;
    return UR_OK;
}

static void ctc_close(void *data) { (void)data; }

static ur_status ctc_choose(const void *data, ur_settings *settings, ur_error *error)
{
    (void)data;
    static const char *const RECIPE[][2] = {
        {"net", "embed 8 > gru 16 > dense"}, {"batch", "8"}, {"lr", "0.01"}, {"steps", "400"}};
    for (size_t i = 0; i < sizeof RECIPE / sizeof *RECIPE; i++)
        UR_TRY(ur_settings_prefer(settings, RECIPE[i][0], RECIPE[i][1], error));
    return UR_OK;
}

static const char *ctc_counts(const void *data)
{
    (void)data;
    return "label";
}

static void ctc_describe(const void *data, char *text, size_t size)
{
    (void)data;
    strncpy(text, "short labels", size);
}

static uint64_t ctc_hash(const void *data, ur_part part)
{
    (void)data;
    return part == UR_PART_TRAIN;
}

static ur_status ctc_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    (void)data, (void)settings, (void)error;
    request->sizes = (ur_sizes){.symbols = CTC_LETTERS, .outputs = CTC_CLASSES};
    return UR_OK;
}

static ur_status ctc_record(void *data, ur_model *model, ur_error *error)
{
    (void)data, (void)model, (void)error;
    return UR_OK;
}

static ur_status ctc_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                             ur_error *error)
{
    (void)data, (void)settings, (void)learning, (void)first_loss, (void)error;
    return UR_OK;
}

static uint64_t ctc_batches(const void *data, ur_part part, uint64_t epoch)
{
    (void)data, (void)epoch;
    return part == UR_PART_TRAIN ? UINT64_MAX : part == UR_PART_VALIDATION ? 16 : 0;
}

static size_t ctc_draw(uint64_t number, uint32_t use, size_t below)
{
    return (size_t)(ur_random_uniform(7, use, number) * (double)below);
}

/* Makes one or two runs of letters. The step at which the second begins is drawn. */
static void ctc_fill_lane(ctc_data *d, size_t lane, uint64_t number)
{
    int32_t first = (int32_t)ctc_draw(number, 1, CTC_LETTERS);
    int32_t second = (int32_t)((size_t)first + 1 + ctc_draw(number, 2, CTC_LETTERS - 1)) % CTC_LETTERS;
    size_t change = 1 + ctc_draw(number, 3, CTC_STEPS);
    for (size_t t = 0; t < CTC_STEPS; t++) d->ids[t * CTC_LANES + lane] = t < change ? first : second;
    d->lengths[lane] = change < CTC_STEPS ? 2 : 1;
    d->labels[lane] = first;
    d->labels[CTC_LANES + lane] = second;
}

static ur_status ctc_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                           ur_error *error)
{
    ctc_data *d = data;
    (void)epoch, (void)error;
    for (size_t b = 0; b < CTC_LANES; b++)
        ctc_fill_lane(d, b, (part == UR_PART_TRAIN ? 0 : UINT64_C(1) << 40) + number * CTC_LANES + b);
    batch->network = (ur_batch){.input = {{.steps = CTC_STEPS, .lanes = CTC_LANES, .ids = d->ids}}};
    batch->fresh = true;
    return UR_OK;
}

/* Whether a path of classes gives the label of a lane: repeats count once, blanks do not count. */
static bool ctc_says(const size_t *path, const ctc_data *d, size_t lane)
{
    size_t length = 0;
    for (size_t t = 0; t < CTC_STEPS; t++) {
        if (path[t] == CTC_BLANK || (t > 0 && path[t] == path[t - 1])) continue;
        if (length == (size_t)d->lengths[lane] || (size_t)d->labels[length * CTC_LANES + lane] != path[t]) return false;
        length++;
    }
    return length == (size_t)d->lengths[lane];
}

static void ctc_softmax(const real *logits, double p[CTC_CLASSES])
{
    double sum = 0;
    for (size_t i = 0; i < CTC_CLASSES; i++) sum += p[i] = exp((double)logits[i]);
    for (size_t i = 0; i < CTC_CLASSES; i++) p[i] /= sum;
}

/*
 * Returns −log Σ Π p, summed over the paths that give the label. Its gradient is p − the share of those paths that go
 * through each class.
 */
static double ctc_lane_loss(const ur_tensor *y, real *gradient, const ctc_data *d, size_t lane)
{
    double p[CTC_STEPS][CTC_CLASSES], through[CTC_STEPS][CTC_CLASSES] = {{0}}, all = 0;
    size_t paths = 1;
    for (size_t t = 0; t < CTC_STEPS; t++, paths *= CTC_CLASSES)
        ctc_softmax(y->value + (t * CTC_LANES + lane) * y->row, p[t]);
    for (size_t n = 0; n < paths; n++) {
        size_t path[CTC_STEPS], rest = n;
        double product = 1;
        for (size_t t = 0; t < CTC_STEPS; t++, rest /= CTC_CLASSES) product *= p[t][path[t] = rest % CTC_CLASSES];
        if (!ctc_says(path, d, lane)) continue;
        all += product;
        for (size_t t = 0; t < CTC_STEPS; t++) through[t][path[t]] += product;
    }
    for (size_t t = 0; gradient && t < CTC_STEPS; t++)
        for (size_t i = 0; i < CTC_CLASSES; i++)
            gradient[(t * CTC_LANES + lane) * y->row + i] += (real)((p[t][i] - through[t][i] / all) / CTC_LANES);
    return -log(all);
}

static ur_status ctc_forward(void *data, ur_pass *pass, const ur_task_batch *batch, ur_window_result *sums,
                             ur_error *error)
{
    (void)error;
    ur_tensor *y = ur_network_run(pass->model, pass->tape, &batch->network, NULL);
    real *gradient = y && pass->training ? ur_gradient(pass->tape, y) : NULL;
    if (!y || (pass->training && !gradient)) return ur_tape_status(pass->tape, error);
    for (size_t b = 0; b < CTC_LANES; b++) sums->sum += ctc_lane_loss(y, gradient, data, b);
    sums->count = CTC_LANES;
    sums->loss = sums->sum / CTC_LANES;
    pass->output[0].y = y;
    return UR_OK;
}

/* Scores the path of the most probable class of each step. */
static ur_status ctc_add(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error)
{
    ctc_tally *all = tally;
    (void)batch, (void)error;
    for (size_t b = 0; b < CTC_LANES; b++) {
        size_t path[CTC_STEPS];
        for (size_t t = 0; t < CTC_STEPS; t++) {
            const real *row = out[0].y->value + (t * CTC_LANES + b) * out[0].y->row;
            path[t] = 0;
            for (size_t i = 1; i < CTC_CLASSES; i++)
                if (row[i] > row[path[t]]) path[t] = i;
        }
        all->right += ctc_says(path, data, b);
        all->count++;
    }
    return UR_OK;
}

static ur_status ctc_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                            struct json_t *more, ur_error *error)
{
    const ctc_tally *sum = tally;
    (void)data, (void)more, (void)error;
    metric[0] = (double)sum->right / (double)sum->count;
    metric[1] = all->sum / (double)all->count;
    return UR_OK;
}

static const ur_task ctc_task = {
    .name = "ctc",
    .counts = ctc_counts,
    .settings = &CTC_TABLE,
    .settings_size = sizeof(ctc_settings),
    .data_size = sizeof(ctc_data),
    .tally_size = sizeof(ctc_tally),
    .metric = {{"exact", true}, {"loss", false}},
    .open = ctc_open,
    .close = ctc_close,
    .choose = ctc_choose,
    .describe = ctc_describe,
    .hash = ctc_hash,
    .network = ctc_network,
    .record = ctc_record,
    .prepare = ctc_prepare,
    .batches = ctc_batches,
    .batch = ctc_batch,
    .forward = ctc_forward,
    .tally = ctc_add,
    .finish = ctc_finish,
};

#endif
