/*
 * Lets every call of the allocator fail, one after another, in a small run of every task with a run folder. Each
 * failure gives an error with a message, and nothing leaks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/failing_memory.h"

#include "../base/scratch.h"

#include "support/run.h"
#include "support/small_tasks.h"

#ifdef FAILING_MEMORY_REAL

static scratch place;

static ur_status run_task(const ur_settings *settings, ur_error *error)
{
    ur_trainer *trainer;
    ur_event event = {.kind = UR_EVENT_STEP};
    const char *text;
    size_t length;
    ur_status status = ur_trainer_create(&trainer, settings, error);
    while (status == UR_OK && event.kind != UR_EVENT_END) {
        status = ur_train_next(trainer, &event, error);
        if (status == UR_OK && event.kind == UR_EVENT_SAMPLE)
            status = ur_trainer_sample(trainer, &text, &length, error);
    }
    ur_trainer_free(trainer);
    return status;
}

/* Returns the number of calls. *survived: the work went on without the failing call. */
static long try_call(const ur_settings *settings, long n, bool *survived, bool again)
{
    ur_error error = {0};
    long before = atomic_load(&memory_live);
    memory_arm(n, false);
    ur_status status = run_task(settings, &error);
    long calls = memory_disarm(), after = atomic_load(&memory_live);
    if (status != UR_OK && (status != error.status || !error.text[0])) fail_msg("call %ld: no message", n);
    if (n && after != before && !again) return try_call(settings, n, survived, true); /* kept by the C library? */
    if (n && after != before) fail_msg("call %ld: %ld blocks leak (%s)", n, after - before, error.text);
    if (status != UR_OK && calls < n) fail_msg("call %ld did not fail: %s", n, error.text);
    *survived = status == UR_OK;
    return calls;
}

/* Some thousand runs are made, so these tasks get smaller settings that still use all that is their own. */
static const char *const LESS[][2] = {
    {"tag", "--also xpos --batch 8 --token-dropout 0.2 --net 'chars: embed 3 > rnn 4 bi > last; words: embed 5 > "
            "join chars > lstm 6; also: join words > dense; join words > dense'"},
    {"caption", "--batch 4 --token-dropout 0.2 --net 'image: conv 3 2x2 relu > places; decoder: embed 4 > lstm 5 from "
                "image > attend image additive > dropout 0.2 > dense'"},
    {"draw", "--hidden 5 --batch 3 --strokes 2 --latent 2 --read-size 2 --write-size 2 --binarise resample"},
};

static ur_settings *make_settings(const char *task)
{
    for (size_t i = 0; i < sizeof LESS / sizeof *LESS; i++)
        if (strcmp(task, LESS[i][0]) == 0) return small_task_as(task, place.root, LESS[i][1]);
    return small_task(task, place.root);
}

static void every_call_may_fail(void **state)
{
    bool survived;
    long failed = 0, n = 1;
    ur_settings *settings = make_settings(*state);
    set_more(settings, "--steps 2 --eval-every 2 --save-every 2 --overwrite");
    set_one(settings, "output", in_scratch(&place, "run"));
    for (int i = 0; i < 2; i++) try_call(settings, 0, &survived, false); /* lets the C library allocate what it keeps */
    assert_true(survived);
    for (; try_call(settings, n, &survived, false) >= n; n++) failed += !survived;
    print_message("%s: %ld of %ld failing calls are errors\n", (char *)*state, failed, n - 1);
    assert_true(failed > 10);
    ur_settings_free(settings);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(place.root, "/dev/shm/unroll-test-XXXXXX"); /* in memory, because nothing of the disk is tested */
    assert_non_null(mkdtemp(place.root));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_scratch(&place);
    return 0;
}

/* With a name as argument, only that task is tested. */
int main(int argc, char **argv)
{
    enum { MOST = 32 };
    struct CMUnitTest tests[MOST];
    char names[MOST][32];
    size_t count = 0;
    for (size_t i = 0; ur_task_name(i); i++) {
        if (argc > 1 && strcmp(argv[1], ur_task_name(i)) != 0) continue;
        assert_true(count < MOST);
        snprintf(names[count], sizeof names[count], "%s", ur_task_name(i));
        tests[count] = (struct CMUnitTest){names[count], every_call_may_fail, set_up, tear_down, names[count]};
        count++;
    }
    return _cmocka_run_group_tests("every task", tests, count, NULL, NULL);
}

#else
int main(void) { return memory_skips(); }
#endif
