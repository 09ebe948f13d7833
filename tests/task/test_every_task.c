/*
 * Rules for every task, found by its row in task.inc: a batch that is asked for again is the same, threads change no
 * bit, a run that is stopped and resumed ends like one that was not stopped, a full disk is an error, and the line of
 * settings holds all settings.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/file.h"
#include "cell/cell.h"
#include "support/full_disk.h"
#include "support/place.h"
#include "support/run.h"
#include "support/small_tasks.h"
#include "train/trainer.h"

#include <jansson.h>
#include <math.h>
#include <stdint.h>

static ur_trainer *open_trainer(const ur_settings *settings)
{
    ur_trainer *trainer;
    ur_error error;
    if (ur_trainer_create(&trainer, settings, &error) != UR_OK) fail_msg("%s", error.text);
    return trainer;
}

static void mix(uint64_t *hash, const void *bytes, size_t size)
{
    const unsigned char *b = bytes;
    for (size_t i = 0; b && i < size; i++) *hash = (*hash ^ b[i]) * UINT64_C(1099511628211);
}

/* ---- Batches ------------------------------------------------------------------------------------------------------- */

static size_t width_of(const ur_model *model, size_t line) { return model->lines[line].width; }

static uint64_t hash_batch(const ur_trainer *t, ur_part part, uint64_t number)
{
    ur_task_batch batch = {0};
    ur_error error;
    uint64_t hash = UINT64_C(14695981039346656037);
    if (t->task->batch(t->data, part, 0, number, &batch, &error) != UR_OK) fail_msg("%s", error.text);
    for (size_t i = 0; i < t->model->line_count; i++) {
        const ur_sequences *in = &batch.network.input[i];
        size_t places = in->steps * in->lanes;
        mix(&hash, &places, sizeof places);
        if (in->ids) mix(&hash, in->ids, places * sizeof *in->ids);
        if (in->values) mix(&hash, in->values, places * t->model->lines[i].features * sizeof *in->values);
        if (in->lengths) mix(&hash, in->lengths, in->lanes * sizeof *in->lengths);
    }
    for (size_t i = 0; i < batch.network.target_count; i++) {
        const ur_target *target = &batch.network.target[i];
        const ur_sequences *in = &batch.network.input[target->line];
        size_t steps = t->model->lines[target->line].last ? 1 : in->steps;
        size_t places = (target->steps ? target->steps : steps) * in->lanes;
        if (target->lengths) mix(&hash, target->lengths, in->lanes * sizeof *target->lengths);
        if (target->ids) mix(&hash, target->ids, places * sizeof *target->ids);
        if (target->values) mix(&hash, target->values, places * width_of(t->model, target->line) * sizeof(ur_real));
    }
    return hash;
}

static void check_batches(ur_trainer *t, ur_part part)
{
    uint64_t count = t->task->batches(t->data, part, 0), hashes[8], different = 0;
    if (count > 8) count = 8;
    for (uint64_t i = 0; i < count; i++) hashes[i] = hash_batch(t, part, i);
    for (uint64_t i = 1; i < count; i++) different += hashes[i] != hashes[0];
    assert_true(count < 2 || different > 0);
    for (uint64_t i = count; i-- > 0;) assert_true(hash_batch(t, part, i) == hashes[i]);
}

static void batches_are_known_by_number(void **state)
{
    ur_settings *settings = small_task(*state, place.root);
    ur_trainer *t = open_trainer(settings);
    assert_true(t->task->batches(t->data, UR_PART_TRAIN, 0) > 0);
    assert_true(t->task->batches(t->data, UR_PART_VALIDATION, 0) > 0);
    check_batches(t, UR_PART_TRAIN);
    check_batches(t, UR_PART_VALIDATION);
    ur_trainer_free(t);
    ur_settings_free(settings);
}

/* ---- Runs ---------------------------------------------------------------------------------------------------------- */

static uint64_t hash_run(const ur_settings *settings)
{
    ur_trainer *t = open_trainer(settings);
    ur_error error;
    uint64_t hash = UINT64_C(14695981039346656037);
    if (train_to_end(t, &error) != UR_OK) fail_msg("%s", error.text);
    mix(&hash, t->model->values, t->model->numbers * sizeof(real));
    mix(&hash, t->at.metric, sizeof t->at.metric[0]);
    ur_trainer_free(t);
    return hash;
}

static void threads_change_nothing(void **state)
{
    ur_settings *settings = small_task(*state, place.root);
    uint64_t one = hash_run(settings);
    for (int threads = 2; threads < 4; threads++) {
        set_more(settings, "--threads %d", threads);
        assert_true(hash_run(settings) == one);
    }
    set_more(settings, "--seed 2");
    assert_true(hash_run(settings) != one);
    ur_settings_free(settings);
}

/* A new cell of cell.inc is tested without a change here. */
static void every_cell_learns(void **state)
{
    const ur_cell *cell;
    uint64_t before = 0;
    for (size_t i = 0; (cell = ur_cell_at(i, 0)) != NULL; i++) {
        ur_settings *settings = small_task(*state, place.root);
        set_more(settings, "--cell %s --steps 3", cell->name);
        uint64_t hash = hash_run(settings);
        assert_true(hash != before);
        before = hash;
        ur_settings_free(settings);
    }
}

static ur_bytes read_run(const char *run, const char *name)
{
    char path[512];
    ur_bytes bytes;
    ur_error error;
    assert_true(snprintf(path, sizeof path, "%s/%s", in_scratch(&place, run), name) < (int)sizeof path);
    if (ur_file_read(path, &bytes, &error) != UR_OK) fail_msg("%s", error.text);
    return bytes;
}

static void assert_same_file(const char *name)
{
    ur_bytes a = read_run("whole", name), b = read_run("parts", name);
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.data, b.data, a.size);
    ur_bytes_free(&a);
    ur_bytes_free(&b);
}

/* As if --steps had not been given: the checkpoint knows where the run ends. */
static void forget_end(ur_settings *settings)
{
    const ur_setting *row;
    for (size_t i = 0; (row = ur_settings_row(settings, i)); i++)
        if (strcmp(row->name, "steps") == 0) settings->given[i] = UR_GIVEN_OPEN;
    settings->run.steps = 0;
}

/* Stops after every third event, and resumes. */
static void run_in_parts(ur_settings *settings)
{
    ur_event event = {.reason = "interrupted"};
    ur_error error;
    set_more(settings, "--resume");
    for (int parts = 0; !event.reason || strcmp(event.reason, "interrupted") == 0; parts++) {
        ur_trainer *t = open_trainer(settings);
        assert_true(parts < 100);
        for (int i = 0; i == 0 || event.kind != UR_EVENT_END; i++) {
            if (i == 3) ur_trainer_stop(t);
            if (ur_train_next(t, &event, &error) != UR_OK) fail_msg("%s", error.text);
        }
        ur_trainer_free(t);
        forget_end(settings);
    }
}

static void parts_are_the_whole(void **state)
{
    ur_settings *settings = small_task(*state, place.root);
    set_one(settings, "output", in_scratch(&place, "whole"));
    hash_run(settings);
    set_one(settings, "output", in_scratch(&place, "parts"));
    run_in_parts(settings);
    assert_same_file("model.safetensors");
    assert_same_file("last.safetensors");
    ur_settings_free(settings);
}

static void a_full_disk_is_an_error(void **state)
{
    ur_settings *settings = small_task(*state, place.root);
    char folder[512];
    strcpy(folder, in_scratch(&place, "run"));
    check_full_disk(settings, folder);
    ur_settings_free(settings);
}

/* ---- Settings ------------------------------------------------------------------------------------------------------ */

static void the_line_stands_for_all(void **state)
{
    ur_settings *settings = small_task(*state, place.root), *again;
    ur_trainer *t = open_trainer(settings);
    ur_error error;
    char *line;
    assert_int_equal(ur_settings_create(&again, *state, &error), UR_OK);
    if (ur_settings_read(again, ur_trainer_settings(t), &error) != UR_OK) fail_msg("%s", error.text);
    assert_int_equal(ur_settings_line(again, &line, &error), UR_OK);
    assert_string_equal(line, ur_trainer_settings(t));
    if (ur_settings_compare(again, line, "here", &error) != UR_OK) fail_msg("%s", error.text);
    free(line);
    ur_settings_free(again);
    again = small_task_as(*state, place.root, ""); /* as if typed again: a training on the same data */
    if (ur_settings_read(again, ur_trainer_settings(t), &error) != UR_OK) fail_msg("%s", error.text);
    ur_trainer_free(open_trainer(again));
    ur_settings_free(again);
    ur_trainer_free(t);
    ur_settings_free(settings);
}

/* A training uses each default that help and manual show. A value that is chosen by the data is not shown as a default. */
static void defaults_are_what_is_taken(void **state)
{
    ur_settings *settings = small_task(*state, place.root), *fresh;
    ur_trainer *t = open_trainer(settings);
    ur_error error;
    const ur_setting *row;
    size_t same = 0;
    assert_int_equal(ur_settings_create(&fresh, *state, &error), UR_OK);
    for (size_t i = 0; (row = ur_settings_row(fresh, i)); i++) {
        char told[UR_SETTING_VALUE_MAX], taken[UR_SETTING_VALUE_MAX];
        if (ur_settings_given(settings, row->name) || ur_setting_empty(row, ur_settings_values(fresh, i))) continue;
        if (row->help && strstr(row->help, "ay be chosen together")) continue;
        ur_setting_text(row, ur_settings_values(fresh, i), told);
        ur_setting_text(row, ur_settings_values(t->settings, i), taken);
        if (strcmp(told, taken) != 0)
            fail_msg("--%s: %s is shown as the default, but %s is used", row->name, told, taken);
        same++;
    }
    assert_true(same > 10);
    ur_settings_free(fresh);
    ur_trainer_free(t);
    ur_settings_free(settings);
}

/* A plan describes the data in words. */
static void the_plan_is_told(void **state)
{
    ur_settings *settings = small_task(*state, place.root);
    ur_trainer *t = open_trainer(settings);
    ur_plan plan = ur_trainer_plan(t);
    assert_string_equal(plan.task, *state);
    assert_true(plan.answers == !t->task->use && ur_task_use(plan.task));
    assert_true(plan.answers == (ur_task_answers(plan.task) != UR_ANSWER_NONE));
    assert_true(strlen(plan.data) > 10 && strlen(plan.counts) > 2 && strlen(plan.metric) > 2);
    ur_trainer_free(t);
    ur_settings_free(settings);
}

/* unroll check runs the network on such a trial. */
static void the_network_takes_a_trial(void **state)
{
    ur_settings *settings = small_task(*state, place.root);
    ur_trainer *t = open_trainer(settings);
    ur_trial *trial;
    ur_error error;
    double loss = 0;
    if (ur_trial_create(&trial, t->model, 3, 6, 1, &error) != UR_OK ||
        ur_evaluate(t->learner, ur_trial_batch(trial), &loss, &error) != UR_OK)
        fail_msg("%s", error.text);
    assert_true(isfinite(loss) && loss > 0);
    ur_trial_free(trial);
    ur_trainer_free(t);
    ur_settings_free(settings);
}

/* If one of a model's labels is not a text, the message gives its number, counted from 1. Frames and speech give no
 * number. */
static void labels_of_a_model_are_texts(void **state)
{
    bool numbered = strcmp(*state, "frames") != 0 && strcmp(*state, "speech") != 0;
    const char *expected = numbered ? "the model's label 2 is no" : "the model's record does not say what its ";
    ur_settings *settings = small_task(*state, place.root);
    ur_trainer *t = open_trainer(settings);
    ur_error error = {0};
    if (json_array_set_new(json_object_get(t->model->record, "labels"), 1, json_integer(7)) == 0) {
        void *data = calloc(1, t->task->data_size);
        assert_non_null(data);
        assert_int_not_equal(t->task->open(data, settings, t->model, &error), UR_OK);
        if (!strstr(error.text, expected)) fail_msg("\"%s\" does not say \"%s\"", error.text, expected);
        t->task->close(data);
        free(data);
    }
    ur_trainer_free(t);
    ur_settings_free(settings);
}

int main(void)
{
    static const struct CMUnitTest each[] = {
        cmocka_unit_test(batches_are_known_by_number), cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(every_cell_learns),           cmocka_unit_test(parts_are_the_whole),
        cmocka_unit_test(a_full_disk_is_an_error),     cmocka_unit_test(the_line_stands_for_all),
        cmocka_unit_test(defaults_are_what_is_taken),  cmocka_unit_test(the_plan_is_told),
        cmocka_unit_test(labels_of_a_model_are_texts), cmocka_unit_test(the_network_takes_a_trial)};
    enum { EACH = sizeof each / sizeof *each, MOST = 32 };
    struct CMUnitTest tests[EACH * MOST];
    char names[EACH * MOST][64], tasks[MOST][32];
    size_t count = 0;
    for (size_t i = 0; ur_task_name(i); i++) {
        assert_true(i < MOST);
        snprintf(tasks[i], sizeof tasks[i], "%s", ur_task_name(i));
        for (size_t k = 0; k < EACH; k++, count++) {
            snprintf(names[count], sizeof names[count], "%s: %s", tasks[i], each[k].name);
            tests[count] = (struct CMUnitTest){names[count], each[k].test_func, set_up, tear_down, tasks[i]};
        }
    }
    return _cmocka_run_group_tests("every task", tests, count, NULL, NULL);
}
