/* Tasks that are in no program. They show that a task's table holds what tasks need: each of them learns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"
#include "copy_toy.h"
#include "ctc_toy.h"

#include "base/file.h"
#include "support/ok.h"
#include "support/run.h"
#include "unroll_inspect.h"

static ur_settings *settings_of(const ur_task *task)
{
    ur_settings *settings;
    ur_error error;
    ok(ur_settings_make(&settings, task, &error), &error);
    set_more(settings, "--threads 1 --eval-every 100");
    return settings;
}

/* An evaluation has measured the gates of every recurrent layer, also of one that was stepped. */
static void check_gates(const ur_trainer *trainer)
{
    ur_gate_share share;
    size_t i = 0;
    for (; ur_trainer_gate(trainer, i, &share); i++)
        assert_true(share.open >= 0 && share.shut >= 0 && share.open + share.shut > 0 && share.open + share.shut <= 1);
    assert_true(i > 0);
}

/* Trains to the end. Returns the last event; *first is the first loss. */
static ur_event train(ur_settings *settings, double *first)
{
    ur_trainer *trainer;
    ur_event event = {.kind = UR_EVENT_STEP};
    ur_error error;
    ok(ur_trainer_create(&trainer, settings, &error), &error);
    ur_settings_free(settings);
    while (event.kind != UR_EVENT_END) {
        ok(ur_train_next(trainer, &event, &error), &error);
        if (event.kind == UR_EVENT_STEP && event.step == 1) *first = event.loss;
    }
    if (event.step >= 100) check_gates(trainer);
    ur_trainer_free(trainer);
    return event;
}

static void check_learns(const ur_task *task)
{
    double first = 0;
    ur_event end = train(settings_of(task), &first);
    print_message("%s: loss %.3f, then %.3f; exact %.3f\n", task->name, first, end.loss, end.best);
    assert_true(end.loss < first / 5 && end.best > 0.95);
}

static void labels_without_places_are_learnt(void **state)
{
    (void)state;
    check_learns(&ctc_task);
}

static void a_decoder_that_is_stepped_learns(void **state)
{
    (void)state;
    check_learns(&copy_task);
}

static void copy_steps(scratch *place, const char *run, const char *more)
{
    ur_settings *settings = settings_of(&copy_task);
    double first;
    set_one(settings, "output", in_scratch(place, run));
    set_more(settings, "--resume --schedule constant --save-every 7 --eval-every 7 %s", more);
    train(settings, &first);
}

static ur_bytes weights_of(scratch *place, const char *name)
{
    ur_bytes bytes;
    ur_error error;
    ok(ur_file_read(in_scratch(place, name), &bytes, &error), &error);
    return bytes;
}

/* The coin at an update does not depend on where the run began. */
static void a_decoder_that_is_stepped_resumes(void **state)
{
    (void)state;
    scratch place;
    make_scratch(&place);
    copy_steps(&place, "parts", "--steps 21");
    copy_steps(&place, "parts", "--steps 42");
    copy_steps(&place, "whole", "--steps 42");
    copy_steps(&place, "never", "--steps 42 --own 0");
    ur_bytes parts = weights_of(&place, "parts/last.safetensors"), whole = weights_of(&place, "whole/last.safetensors");
    ur_bytes never = weights_of(&place, "never/last.safetensors");
    assert_int_equal(parts.size, whole.size);
    assert_memory_equal(parts.data, whole.data, whole.size);
    size_t weights = whole.size / 2; /* after the record, in which the two files differ */
    assert_memory_not_equal(never.data + never.size - weights, whole.data + whole.size - weights, weights);
    ur_bytes_free(&parts);
    ur_bytes_free(&whole);
    ur_bytes_free(&never);
    remove_scratch(&place);
}

/* A task that answers nothing needs no more than its row: no list names it. */
static void a_task_without_items_says_what_else_to_use(void **state)
{
    ur_settings *settings = settings_of(&copy_task);
    ur_error error;
    (void)state;
    assert_int_equal(ur_saliency_check(settings, &error), UR_ERR_UNSUPPORTED);
    assert_string_equal(error.text, "there is no saliency for the task copy; unroll inspect gradient shows how far "
                                    "back it looks");
    ur_settings_free(settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_without_places_are_learnt),
        cmocka_unit_test(a_decoder_that_is_stepped_learns),
        cmocka_unit_test(a_decoder_that_is_stepped_resumes),
        cmocka_unit_test(a_task_without_items_says_what_else_to_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
