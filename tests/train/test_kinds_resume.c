/*
 * Every kind of layer in layer.inc and every loss in loss.inc; a new one is tested without a change here. A training
 * that was stopped and resumed ends with the same bits as one that was not stopped. A full disk is an error. The task
 * can train any network: it gives random batches, each determined by its number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../model/kind_lines.h"

#include "../model/loss_lines.h"
#include "support/full_disk.h"
#include "support/place.h"
#include "train/trainer.h"

enum { LANES = 3, STEPS = 4, SYMBOLS = 5 };

static const ur_loss *aimed; /* NULL: the loss that fits the network */

typedef struct any_data {
    const ur_model *model;
    ur_trial *trial; /* the last batch */
} any_data;

static ur_status open_any(void *data, const ur_settings *settings, const ur_model *from, ur_error *error)
{
    (void)data, (void)settings, (void)from, (void)error;
    return UR_OK;
}

static void close_any(void *data) { ur_trial_free(((any_data *)data)->trial); }

static ur_status choose_any(const void *data, ur_settings *settings, ur_error *error)
{
    (void)data;
    UR_TRY(ur_settings_prefer(settings, "batch", "3", error));
    return ur_settings_prefer(settings, "lr", "0.05", error);
}

static const char *counts_any(const void *data)
{
    (void)data;
    return "number";
}

static void describe_any(const void *data, char *text, size_t size)
{
    (void)data;
    snprintf(text, size, "random numbers");
}

static uint64_t hash_any(const void *data, ur_part part)
{
    (void)data;
    return part == UR_PART_TRAIN;
}

static ur_status network_any(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error)
{
    (void)data, (void)settings, (void)error;
    request->sizes =
        (ur_sizes){.symbols = SYMBOLS, .rows = KIND_ROWS, .columns = KIND_COLUMNS, .channels = KIND_CHANNELS};
    return UR_OK;
}

static ur_status record_any(void *data, ur_model *model, ur_error *error)
{
    (void)error;
    ((any_data *)data)->model = model;
    return UR_OK;
}

static ur_status prepare_any(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                             ur_error *error)
{
    (void)data, (void)settings, (void)learning, (void)first_loss, (void)error;
    return UR_OK;
}

static uint64_t batches_any(const void *data, ur_part part, uint64_t epoch)
{
    (void)data, (void)epoch;
    return part == UR_PART_TRAIN ? 3 : part == UR_PART_VALIDATION;
}

static ur_status batch_any(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                           ur_error *error)
{
    any_data *d = data;
    (void)epoch;
    ur_trial_free(d->trial);
    UR_TRY(ur_trial_create(&d->trial, d->model, LANES, STEPS, 10 * (uint64_t)part + number, error));
    batch->network = batch_for(d->trial, aimed);
    batch->fresh = true;
    return UR_OK;
}

static const ur_task any_task = {
    .name = "any",
    .counts = counts_any,
    .settings = &(const ur_setting_table){0},
    .data_size = sizeof(any_data),
    .metric = {{"loss", false}},
    .open = open_any,
    .close = close_any,
    .choose = choose_any,
    .describe = describe_any,
    .hash = hash_any,
    .network = network_any,
    .record = record_any,
    .prepare = prepare_any,
    .batches = batches_any,
    .batch = batch_any,
};

static void mix(uint64_t *hash, const void *bytes, size_t size)
{
    const unsigned char *b = bytes;
    for (size_t i = 0; i < size; i++) *hash = (*hash ^ b[i]) * UINT64_C(1099511628211);
}

/* Hashes the weights at the end, and the optimiser's memory. */
static uint64_t hash_of(const ur_trainer *t)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    const ur_optimizer_state *o = &t->learner->optimizer;
    mix(&hash, t->model->values, t->model->numbers * sizeof(real));
    mix(&hash, t->average, t->model->numbers * sizeof(real));
    mix(&hash, o->first, t->model->numbers * sizeof(real));
    mix(&hash, o->second, t->model->numbers * sizeof(real));
    return hash;
}

static ur_settings *settings_for(const char *line)
{
    ur_settings *settings;
    ur_error error;
    ok(ur_settings_make(&settings, &any_task, &error), &error);
    set_one(settings, "net", line);
    set_more(settings, "--threads 1 --optimizer adam --schedule constant --average 0.9 --no-events --eval-every 2");
    return settings;
}

/* run: the run folder, or NULL to write nothing. */
static uint64_t train(const char *line, const char *run, const char *more)
{
    ur_settings *settings = settings_for(line);
    ur_trainer *trainer;
    ur_error error;
    if (run) set_one(settings, "output", in_scratch(&place, run));
    set_more(settings, "%s", more);
    ok(ur_trainer_create(&trainer, settings, &error), &error);
    ok(train_to_end(trainer, &error), &error);
    uint64_t hash = hash_of(trainer);
    ur_trainer_free(trainer);
    ur_settings_free(settings);
    return hash;
}

static void check_disk(const char *line)
{
    ur_settings *settings = settings_for(line);
    char folder[512];
    strcpy(folder, in_scratch(&place, "full"));
    check_full_disk(settings, folder);
    remove_tree(folder, 0);
    ur_settings_free(settings);
}

static void check_line(const char *line, const ur_layer_kind *kind)
{
    (void)kind;
    uint64_t whole = train(line, NULL, "--steps 4"), early = train(line, "run", "--overwrite --steps 2");
    if (train(line, "run", "--resume --steps 4") != whole)
        fail_msg("\"%s\"%s%s: resumed, it is another", line, aimed ? ", " : "",
                 aimed ? ur_loss_at((size_t)*aimed)->word : "");
    assert_true(early != whole);
    check_disk(line);
}

static void test_every_kind(void **state)
{
    (void)state;
    check_each(check_alone, check_line);
}

static void check_loss(const char *line, ur_loss loss)
{
    aimed = &loss;
    check_line(line, NULL);
    aimed = NULL;
}

static void test_every_loss(void **state)
{
    (void)state;
    check_losses(check_loss);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_every_kind, set_up, tear_down),
                                       cmocka_unit_test_setup_teardown(test_every_loss, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
