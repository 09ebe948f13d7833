/*
 * Lets every call of the allocator in a piece of work fail, one after another. Each failure must give an error with a
 * message, and nothing may leak. Also makes a small trained model to work with, in a folder in memory. This header
 * includes failing_memory.h, whose rules apply: include it in one source file of a test program.
 */
#ifndef UR_TEST_EVERY_CALL_H
#define UR_TEST_EVERY_CALL_H

#include "support/failing_memory.h"

#include "base/scratch.h"
#include "support/ok.h"
#include "support/run.h"
#include "support/small_tasks.h"
#include "unroll_generate.h"
#include "unroll_train.h"

#ifdef FAILING_MEMORY_REAL

typedef ur_status memory_work(ur_error *error);

/* Runs the work with call `n` failing, or with none failing if `n` is 0. Returns the number of blocks that stay. */
static long memory_run(memory_work *work, long n, long *calls, ur_error *error)
{
    *error = (ur_error){0};
    long before = atomic_load(&memory_live);
    memory_arm(n, false);
    ur_status status = work(error);
    *calls = memory_disarm();
    if (status != UR_OK && (status != error->status || !error->text[0])) fail_msg("call %ld: no message", n);
    if (status != UR_OK && *calls < n) fail_msg("call %ld did not fail: %s", n, error->text);
    if (status == UR_OK) *error = (ur_error){0};
    return atomic_load(&memory_live) - before;
}

/*
 * Lets call `n` fail, and returns the number of calls. Blocks that stay may be kept by the C library, which allocates
 * them once, at the first error of a kind. So the work is run again: a leak of ours shows again, unless the work takes
 * another path. On the same path it makes the same error, and as many calls less as there are blocks that were kept.
 */
static long memory_try(memory_work *work, long n, bool *failed)
{
    ur_error error, again;
    long calls, calls_again, stay = memory_run(work, n, &calls, &error);
    if (stay != 0 && (memory_run(work, n, &calls_again, &again) != 0 || calls_again != calls - stay ||
                      strcmp(again.text, error.text) != 0))
        fail_msg("call %ld: %ld blocks leak (%s)", n, stay, error.text);
    *failed = error.status != UR_OK;
    return calls;
}

static inline void memory_try_every_call(memory_work *work)
{
    bool failed;
    ur_error error;
    long errors = 0, tried = 0, n = 1, calls;
    for (int i = 0; i < 2; i++) memory_run(work, 0, &calls, &error); /* lets the C library allocate what it keeps */
    ok(error.status, &error);
    for (;; n++) {
        if (n <= calls && !memory_worth_trying(n)) continue;
        if (memory_try(work, n, &failed) < n) break;
        errors += failed;
        tried++;
    }
    print_message("%ld of %ld failing calls are errors\n", errors, tried);
    assert_true(errors > 10);
}

/* For tests that test nothing of the disk. */
static inline void make_memory_scratch(scratch *place)
{
    strcpy(place->root, "/dev/shm/unroll-test-XXXXXX");
    assert_non_null(mkdtemp(place->root));
}

/* Trains a small task for one update, into the folder `run` of `place`. `place` also holds the task's data. */
static inline void train_small(scratch *place, const char *task, const char *options, const char *run)
{
    ur_error error;
    ur_trainer *t;
    ur_settings *settings = small_task(task, place->root);
    set_more(settings, "--steps 1 --threads 1 %s", options);
    set_one(settings, "output", in_scratch(place, run));
    ok(ur_trainer_create(&t, settings, &error), &error);
    ok(train_to_end(t, &error), &error);
    ur_trainer_free(t);
    ur_settings_free(settings);
}

/* Loads the model from the folder `run`. */
static inline ur_model *load_small(scratch *place)
{
    ur_model *model;
    ur_error error;
    ok(ur_model_load(&model, in_scratch(place, "run/model.safetensors"), NULL, &error), &error);
    return model;
}

/* Returns the settings that the model was trained with. */
static inline ur_settings *settings_of(const ur_model *model)
{
    ur_settings *settings;
    ur_error error;
    ok(ur_settings_of_model(&settings, model, &error), &error);
    return settings;
}

/* Returns the same settings with one thread and the file `data` of `place`, for ur_judge. */
static inline ur_settings *judging_of(const ur_model *model, scratch *place, const char *data)
{
    ur_error error;
    ur_settings *settings = settings_of(model);
    ok(ur_settings_add_data(settings, in_scratch(place, data), &error), &error);
    set_more(settings, "--threads 1");
    return settings;
}

static inline ur_status judge_model(ur_model *model, const ur_settings *judged, ur_error *error)
{
    char *json = NULL;
    ur_status status = ur_judge(model, judged, &json, error);
    free(json);
    return status;
}

/* A sink's write function that drops everything. */
static inline ur_status drop(void *context, const char *bytes, size_t size, ur_error *error)
{
    (void)context, (void)bytes, (void)size, (void)error;
    return UR_OK;
}

#endif
#endif
