/*
 * A task for tests, which shows that a task may run its network step by step: copying letters with an encoder and a
 * decoder. In training the decoder is fed its own most probable letter with probability `own`, and the right letter
 * otherwise (scheduled sampling, Bengio et al. 2015). The coin depends only on the seed, the update and the place, so a
 * resumed run gives the same bits. In an evaluation the decoder is fed its own letters.
 */
#ifndef UR_TEST_COPY_TOY_H
#define UR_TEST_COPY_TOY_H

#include "base/random.h"
#include "train/trainer.h"

#include <stdlib.h>
#include <string.h>

enum { COPY_LENGTH = 4, COPY_LETTERS = 4, COPY_BEGIN = COPY_LETTERS, COPY_LANES = 16, COPY_ENCODER = 0, COPY_DECODER };

typedef struct copy_settings {
    double own;
} copy_settings;

typedef struct copy_data {
    double own;
    int32_t letters[COPY_LENGTH * COPY_LANES]; /* (T, B) letters to read, and to write */
    int32_t fed[COPY_LENGTH * COPY_LANES];     /* inputs of the decoder; kept until the tape has gone back */
    int32_t said[COPY_LENGTH * COPY_LANES];    /* the decoder's most probable letters */
} copy_data;

typedef struct copy_tally {
    size_t right, count;
} copy_tally;

static const ur_setting COPY_ROWS[] = {{"Toy", "own", "P", UR_SETTING_NUMBER, offsetof(copy_settings, own), .most = 1,
                                        .initial = "0.25", .decides = true,
                                        .help = "how often the decoder is fed its own letter"}};
static const ur_setting_table COPY_TABLE = UR_SETTING_TABLE(COPY_ROWS);

static ur_status copy_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error)
{
    (void)from, (void)error;
    ((copy_data *)data)->own = ((const copy_settings *)settings->own)->own;
    return UR_OK;
}

static void copy_close(void *data) { (void)data; }

static ur_status copy_choose(const void *data, ur_settings *settings, ur_error *error)
{
    (void)data;
    static const char *const RECIPE[][2] = {
        {"net", "encoder: onehot > gru 24; decoder: onehot > gru 24 from encoder > dense"},
        {"batch", "16"},
        {"lr", "0.01"},
        {"steps", "600"}};
    for (size_t i = 0; i < sizeof RECIPE / sizeof *RECIPE; i++)
        UR_TRY(ur_settings_prefer(settings, RECIPE[i][0], RECIPE[i][1], error));
    return UR_OK;
}

static const char *copy_counts(const void *data)
{
    (void)data;
    return "letter";
}

static void copy_describe(const void *data, char *text, size_t size)
{
    (void)data;
    strncpy(text, "letters to copy", size);
}

static uint64_t copy_hash(const void *data, ur_part part)
{
    (void)data;
    return part == UR_PART_TRAIN;
}

static ur_status copy_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    (void)data, (void)settings, (void)error;
    request->sizes = (ur_sizes){.symbols = COPY_LETTERS + 1, .outputs = COPY_LETTERS};
    return UR_OK;
}

static ur_status copy_record(void *data, ur_model *model, ur_error *error)
{
    (void)data, (void)model, (void)error;
    return UR_OK;
}

static ur_status copy_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                              ur_error *error)
{
    (void)data, (void)settings, (void)learning, (void)first_loss, (void)error;
    return UR_OK;
}

static uint64_t copy_batches(const void *data, ur_part part, uint64_t epoch)
{
    (void)data, (void)epoch;
    return part == UR_PART_TRAIN ? UINT64_MAX : part == UR_PART_VALIDATION ? 16 : 0;
}

static ur_status copy_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                            ur_error *error)
{
    copy_data *d = data;
    uint64_t first = (part == UR_PART_TRAIN ? 0 : UINT64_C(1) << 40) + number * (COPY_LENGTH * COPY_LANES);
    (void)epoch, (void)error;
    for (size_t i = 0; i < COPY_LENGTH * COPY_LANES; i++)
        d->letters[i] = (int32_t)(ur_random_uniform(7, UR_USE_TEST, first + i) * COPY_LETTERS);
    batch->network = (ur_batch){.input = {{.steps = COPY_LENGTH, .lanes = COPY_LANES, .ids = d->letters}}};
    batch->fresh = true;
    return UR_OK;
}

static int32_t copy_likeliest(const ur_tensor *y, size_t lane)
{
    const real *row = y->value + lane * y->row;
    int32_t best = 0;
    for (int32_t i = 1; i < COPY_LETTERS; i++)
        if (row[i] > row[best]) best = i;
    return best;
}

static bool copy_feeds_own(const copy_data *d, const ur_pass *pass, size_t place)
{
    if (!pass->training) return true;
    return ur_random_uniform(pass->tape->seed, UR_USE_TEST + 1, pass->tape->step << 32 | place) < d->own;
}

/* Finds the decoder's letters at step t, and what it is fed at the next step. */
static void copy_feed(copy_data *d, const ur_pass *pass, size_t t)
{
    for (size_t b = 0; b < COPY_LANES; b++) {
        size_t place = t * COPY_LANES + b;
        d->said[place] = copy_likeliest(pass->output[COPY_DECODER].y, b);
        if (t + 1 == COPY_LENGTH) continue;
        d->fed[place + COPY_LANES] = copy_feeds_own(d, pass, place) ? d->said[place] : d->letters[place];
    }
}

static ur_status copy_forward(void *data, ur_pass *pass, const ur_task_batch *batch, ur_window_result *sums,
                              ur_error *error)
{
    copy_data *d = data;
    ur_value *out = pass->output;
    sums->count = COPY_LENGTH * COPY_LANES;
    for (size_t b = 0; b < COPY_LANES; b++) d->fed[b] = COPY_BEGIN;
    ur_line_run(pass->model, pass->tape, COPY_ENCODER, &(ur_line_call){.in = batch->network.input[0]}, out);
    for (size_t t = 0; t < COPY_LENGTH; t++) {
        double sum = 0;
        const ur_line_call call = {.in = {.steps = 1, .lanes = COPY_LANES, .ids = d->fed + t * COPY_LANES},
                                   .states = t ? &out[COPY_DECODER].states : NULL};
        if (!ur_line_step(pass->model, pass->tape, COPY_DECODER, &call, out)) break;
        ur_softmax_loss(pass->tape, out[COPY_DECODER].y, d->letters + t * COPY_LANES, 1.0 / (double)sums->count, &sum);
        sums->sum += sum;
        copy_feed(d, pass, t);
    }
    sums->loss = sums->sum / (double)sums->count;
    return ur_tape_status(pass->tape, error);
}

static ur_status copy_add(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error)
{
    const copy_data *d = data;
    copy_tally *all = tally;
    (void)batch, (void)out, (void)error;
    for (size_t b = 0; b < COPY_LANES; b++) {
        size_t right = 0;
        for (size_t i = b; i < COPY_LENGTH * COPY_LANES; i += COPY_LANES) right += d->said[i] == d->letters[i];
        all->right += right == COPY_LENGTH;
        all->count++;
    }
    return UR_OK;
}

static ur_status copy_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                             struct json_t *more, ur_error *error)
{
    const copy_tally *sum = tally;
    (void)data, (void)more, (void)error;
    metric[0] = (double)sum->right / (double)sum->count;
    metric[1] = all->sum / (double)all->count;
    return UR_OK;
}

static const ur_task copy_task = {
    .name = "copy",
    .counts = copy_counts,
    .settings = &COPY_TABLE,
    .settings_size = sizeof(copy_settings),
    .data_size = sizeof(copy_data),
    .tally_size = sizeof(copy_tally),
    .metric = {{"exact", true}, {"loss", false}},
    .open = copy_open,
    .close = copy_close,
    .choose = copy_choose,
    .describe = copy_describe,
    .hash = copy_hash,
    .network = copy_network,
    .record = copy_record,
    .prepare = copy_prepare,
    .batches = copy_batches,
    .batch = copy_batch,
    .forward = copy_forward,
    .tally = copy_add,
    .finish = copy_finish,
};

#endif
