/*
 * Lets every call of the allocator in a piece of work fail, one after another. Each failure gives an error with a
 * message, or does not change the result, and nothing leaks. Everything is done twice: with one failing call, and with
 * all calls failing from there on. This header includes failing_memory.h, whose rules apply: include it in one source
 * file of a test program.
 */
#ifndef UR_TEST_MEMORY_ATTEMPTS_H
#define UR_TEST_MEMORY_ATTEMPTS_H

#include "../base/scratch.h"
#include "support/failing_memory.h"

#include "unroll_train.h"

#ifdef FAILING_MEMORY_REAL

#include "base/file.h"
#include "base/folder.h"

#include <stdint.h>

/*
 * A piece of work to try. `work` undoes all that it did, however it ends, and puts its result into `result`. `before`
 * and `after` are called while no call fails.
 */
typedef struct attempt {
    const char *name;
    void (*before)(void);
    ur_status (*work)(uint64_t *result, ur_error *error);
    void (*after)(void);
} attempt;

static scratch place;
static char text_path[512], model_path[512], run_path[512];
static ur_bytes model_bytes;

static void mix(uint64_t *result, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) *result = (*result ^ ((const unsigned char *)bytes)[i]) * 0x100000001B3u;
}

static long run_once(const attempt *a, long n, bool on, ur_status *status, uint64_t *result)
{
    ur_error error = {0};
    *result = 0xCBF29CE484222325u;
    if (a->before) a->before();
    long before = atomic_load(&memory_live);
    memory_arm(n, on);
    *status = a->work(result, &error);
    long calls = memory_disarm(), after = atomic_load(&memory_live);
    if (*status != UR_OK && (error.status != *status || !error.text[0]))
        fail_msg("%s, call %ld: status %d without a message", a->name, n, (int)*status);
    if (*status != UR_OK && (!n || calls < n)) fail_msg("%s, no call failed: %s", a->name, error.text);
    if (after != before && n) fail_msg("%s, call %ld: %ld blocks leak (%s)", a->name, n, after - before, error.text);
    if (a->after) a->after();
    return calls;
}

static void try_every_call(const attempt *a, bool on)
{
    ur_status status;
    uint64_t expected, result;
    long calls = 0, stride = 1, tried = 0, survived = 0;
    for (int i = 0; i < 2; i++)
        calls = run_once(a, 0, false, &status, &expected); /* lets the C library allocate what it keeps */
    for (long n = 1;; n += stride) {
        stride = on && n > 100 ? 5 : 1; /* single failures have already tried the later calls */
        if (n <= calls && !memory_worth_trying(n)) continue;
        if (run_once(a, n, on, &status, &result) < n) break;
        if (status == UR_OK && result != expected) fail_msg("%s, call %ld fails: another result", a->name, n);
        survived += status == UR_OK;
        tried++;
    }
    print_message("%s: %ld of %ld calls failed%s; it went on without in %ld cases\n", a->name, tried, calls,
                  on ? " and all after them" : "", survived);
    assert_true(tried > 0 && survived < tried);
}

static void try_attempt(void **state)
{
    const attempt *a = *state;
    try_every_call(a, false);
    try_every_call(a, true);
}

enum { ATTEMPTS_MOST = 16 };

/* Makes a test of each attempt and runs them. */
static int try_attempts(attempt *attempts, size_t count, CMFixtureFunction set_up, CMFixtureFunction tear_down)
{
    struct CMUnitTest tests[ATTEMPTS_MOST];
    assert_true(count <= ATTEMPTS_MOST);
    for (size_t i = 0; i < count; i++)
        tests[i] =
            (struct CMUnitTest){.name = attempts[i].name, .test_func = try_attempt, .initial_state = &attempts[i]};
    return _cmocka_run_group_tests("attempts", tests, count, set_up, tear_down);
}

/* ---- A trained model --------------------------------------------------------------------------------------------- */

/* Trains with `settings`, and frees them. */
static ur_status train(ur_settings *settings, uint64_t *result, ur_error *error)
{
    ur_trainer *trainer;
    ur_event event = {.kind = UR_EVENT_STEP};
    ur_status status = ur_trainer_create(&trainer, settings, error);
    ur_settings_free(settings);
    while (status == UR_OK && event.kind != UR_EVENT_END) {
        const char *text;
        size_t length;
        status = ur_train_next(trainer, &event, error);
        if (status == UR_OK && event.kind == UR_EVENT_SAMPLE)
            status = ur_trainer_sample(trainer, &text, &length, error);
    }
    if (status == UR_OK) mix(result, &event.best, sizeof event.best);
    ur_trainer_free(trainer);
    return status;
}

#define SMALL                                                                                                          \
    "--batch 2 --bptt 6 --bptt-step 4 --average 0.9 --eval-every 2 --save-every 2 --threads 1 --sample-length 3 "
#define SMALL_NET "--net 'embed 4 > lstm 5 > dense' "

static ur_status open_settings(ur_settings **settings, const char *path, const char *line, const char *run,
                               ur_error *error)
{
    ur_status status = ur_settings_create(settings, "lm", error);
    if (status == UR_OK) status = ur_settings_add_data(*settings, path, error);
    if (status == UR_OK) status = ur_settings_read(*settings, line, error);
    if (status == UR_OK && run) status = ur_settings_set(*settings, "output", run, error);
    if (status == UR_OK) return UR_OK;
    ur_settings_free(*settings);
    return status;
}

static char *in_run(const char *name)
{
    static char path[600];
    snprintf(path, sizeof path, "%s/%s", run_path, name);
    return path;
}

static void write_bytes(const char *path, const ur_bytes *bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes->data, 1, bytes->size, file), bytes->size);
    assert_int_equal(fclose(file), 0);
}

static void read_bytes(const char *path, ur_bytes *bytes)
{
    ur_error error;
    ur_bytes_free(bytes);
    if (ur_file_read(path, bytes, &error) != UR_OK) fail_msg("%s", error.text);
}

static void clear_run(void)
{
    if (ur_path_is_folder(run_path)) remove_tree(run_path, 1);
}

static void write_text(void)
{
    FILE *file = fopen(text_path, "w");
    assert_non_null(file);
    for (int i = 0; i < 40; i++) fprintf(file, "%s %s.\n", i % 3 ? "a cat" : "two dogs", i % 2 ? "ran" : "sat");
    assert_int_equal(fclose(file), 0);
}

/* Makes the scratch folder in memory if possible: thousands of checkpoints are written, and each of them is synced. */
static void make_fast_scratch(void)
{
    strcpy(place.root, "/dev/shm/unroll-test-XXXXXX");
    if (!mkdtemp(place.root)) make_scratch(&place);
}

/* Makes a trained model of text_path. */
static void make_model(void)
{
    uint64_t ignored = 0;
    ur_error error;
    ur_settings *training;
    make_fast_scratch();
    strcpy(text_path, in_scratch(&place, "text.txt"));
    strcpy(model_path, in_scratch(&place, "model.safetensors"));
    strcpy(run_path, in_scratch(&place, "run"));
    write_text();
    if (open_settings(&training, text_path, SMALL SMALL_NET "--steps 4", run_path, &error) != UR_OK ||
        train(training, &ignored, &error) != UR_OK)
        fail_msg("%s", error.text);
    read_bytes(in_run("model.safetensors"), &model_bytes);
    write_bytes(model_path, &model_bytes);
    clear_run();
}

static void remove_model(void)
{
    ur_bytes_free(&model_bytes);
    remove_scratch(&place);
}

#endif
#endif
