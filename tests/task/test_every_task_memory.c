/*
 * Lets every call of the allocator fail, one after another, in a small run of every task with a run folder. Each
 * failure gives an error with a message, and nothing leaks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/every_call.h"

#ifdef FAILING_MEMORY_REAL

static scratch place;
static ur_settings *settings; /* of the task that is tested */

static ur_status run_task(ur_error *error)
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
    settings = make_settings(*state);
    set_more(settings, "--steps 2 --eval-every 2 --save-every 2 --overwrite");
    set_one(settings, "output", in_scratch(&place, "run"));
    memory_try_every_call(run_task);
    ur_settings_free(settings);
}

static int set_up(void **state)
{
    (void)state;
    make_memory_scratch(&place);
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
