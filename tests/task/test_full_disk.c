/*
 * A full disk while the library saves, played by a limit on the size of files. The error names the file and the reason,
 * the old file stays, and no half-written file is next to it. Once there is space, everything goes on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/disk.h"
#include "support/place.h"
#include "support/run.h"

#include <stdbool.h>

static char *read_text(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    struct stat about;
    if (!file || fstat(fileno(file), &about) != 0) fail_msg("%s is not there", path);
    char *bytes = calloc((size_t)about.st_size + 1, 1);
    assert_non_null(bytes);
    *size = fread(bytes, 1, (size_t)about.st_size, file);
    fclose(file);
    return bytes;
}

static void assert_refused(ur_status status, const ur_error *error, const char *path)
{
    assert_int_equal(status, UR_ERR_IO);
    if (strncmp(error->text, path, strlen(path)) != 0) fail_msg("does not name %s: %s", path, error->text);
    if (!strstr(error->text, ": cannot write: File too large; ")) fail_msg("does not name the reason: %s", error->text);
}

static void make(ur_model **model, const char *net)
{
    ur_error error;
    ur_sizes sizes = {.symbols = 30, .outputs = 30};
    if (ur_model_create(model, net, &sizes, 1, 0, NULL, &error) != UR_OK) fail_msg("%s", error.text);
}

/* The larger model does not fit. The limits on file sizes stop its header, its middle and its last bytes. */
static void model_is_not_saved(void **state)
{
    (void)state;
    ur_model *old, *model;
    ur_error error = {0};
    size_t size, whole;
    make(&old, "embed 4 > rnn 8 > dense");
    make(&model, "embed 60 > lstm 90 > dense");
    char *large = strdup(in_scratch(&place, "large.safetensors")), *path = strdup(in_scratch(&place, "a.safetensors"));
    assert_int_equal(ur_model_save(old, path, &error), UR_OK);
    char *before = read_text(path, &size);
    assert_int_equal(ur_model_save(model, large, &error), UR_OK);
    free(read_text(large, &whole));
    const size_t limits[] = {100, whole / 2, whole - 1};
    for (size_t i = 0; i < 3; i++) {
        limit_files(limits[i]);
        assert_refused(ur_model_save(model, path, &error), &error, path);
        limit_files(0);
        size_t now;
        char *after = read_text(path, &now);
        assert_int_equal(now, size);
        assert_memory_equal(before, after, size);
        assert_int_equal(entries_in(place.root), 2);
        free(after);
    }
    assert_int_equal(ur_model_save(model, path, &error), UR_OK);
    ur_model_free(old);
    ur_model_free(model);
    free(before);
    free(large);
    free(path);
}

static ur_status run_to_end(ur_trainer *trainer, ur_error *error)
{
    ur_event event = {.kind = UR_EVENT_STEP};
    ur_status status = UR_OK;
    while (status == UR_OK && event.kind != UR_EVENT_END) status = ur_train_next(trainer, &event, error);
    return status;
}

static ur_status train(const char *run, uint64_t steps, size_t limit, ur_error *error)
{
    ur_trainer *trainer;
    /* An event file would fail first: see tests/cli/full_disk.sh. */
    ur_settings *training =
        lm_settings(in_scratch(&place, "text.txt"),
                    "--net 'onehot > gru 12 > dense' --batch 2 --bptt 8 --val-fraction 0 --schedule "
                    "constant --save-every 3 --no-events --resume");
    set_more(training, "--steps %llu", (unsigned long long)steps);
    set_one(training, "output", run);
    if (ur_trainer_create(&trainer, training, error) != UR_OK) fail_msg("%s", error->text);
    ur_settings_free(training);
    limit_files(limit);
    ur_status status = run_to_end(trainer, error);
    limit_files(0);
    ur_trainer_free(trainer);
    return status;
}

static void write_text(void)
{
    FILE *file = fopen(in_scratch(&place, "text.txt"), "w");
    assert_non_null(file);
    for (int i = 0; i < 90; i++) fprintf(file, "line %d of a text %d\n", i * i, i);
    assert_int_equal(fclose(file), 0);
}

/*
 * Three steps are saved, then there is no space for a checkpoint. The same call once more ends like a run without
 * trouble.
 */
static void training_is_not_saved(void **state)
{
    (void)state;
    ur_error error = {0};
    size_t sizes[3];
    write_text();
    char *run = strdup(in_scratch(&place, "run")), *whole = strdup(in_scratch(&place, "whole"));
    char *last = strdup(in_scratch(&place, "run/last.safetensors"));
    char *model = strdup(in_scratch(&place, "run/model.safetensors"));
    if (train(run, 3, 0, &error) != UR_OK) fail_msg("%s", error.text);
    char *before = read_text(last, &sizes[0]);
    assert_refused(train(run, 9, 2048, &error), &error, model); /* the model is smaller, and is written first */
    char *after = read_text(last, &sizes[1]);
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(before, after, sizes[0]);
    assert_refused(train(run, 9, sizes[0] - 1, &error), &error, last);
    assert_int_equal(entries_in(run), 3);
    free(after);
    if (train(run, 9, 0, &error) != UR_OK || train(whole, 9, 0, &error) != UR_OK) fail_msg("%s", error.text);
    char *expected = read_text(in_scratch(&place, "whole/last.safetensors"), &sizes[0]);
    after = read_text(last, &sizes[1]);
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(expected, after, sizes[0]);
    char *all[] = {run, whole, last, model, before, after, expected};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(model_is_not_saved, set_up, tear_down),
                                       cmocka_unit_test_setup_teardown(training_is_not_saved, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
