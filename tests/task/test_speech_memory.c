/* A failing allocator at every call of judging and answering with a model for speech, as it is and with a language model's say:
 * each gives an error with a message, and nothing leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/every_call.h"

#ifdef FAILING_MEMORY_REAL

static scratch place;
static ur_model *model;
static ur_settings *plain, *searching, *judged;

static ur_status answer_stream(ur_error *error)
{
    const ur_sink sink = {drop, NULL};
    ur_answerer *answerer;
    ur_status status = ur_answerer_create(&answerer, model, plain, true, error);
    for (int i = 0; status == UR_OK && i < 300; i++)
        status = ur_answer(answerer, i / 5 % 2 ? "\0\x30" : "\0\xd0", 2, &sink, error);
    if (status == UR_OK) status = ur_answer(answerer, NULL, 0, &sink, error);
    ur_answerer_free(answerer);
    return status;
}

static ur_status answer_file(ur_error *error)
{
    const ur_sink sink = {drop, NULL};
    ur_answerer *answerer;
    ur_status status = ur_answerer_create(&answerer, model, searching, true, error);
    if (status == UR_OK) status = ur_answer_file(answerer, in_scratch(&place, "spoken2.wav"), &sink, error);
    ur_answerer_free(answerer);
    return status;
}

static ur_status judge(ur_error *error) { return judge_model(model, judged, error); }

static void every_call_may_fail(void **state)
{
    (void)state;
    memory_try_every_call(answer_stream);
    memory_try_every_call(answer_file);
    memory_try_every_call(judge);
}

static int set_up(void **state)
{
    (void)state;
    make_memory_scratch(&place);
    train_small(&place, "lm", "--token char", "lm");
    train_small(&place, "speech", "--look back", "run");
    model = load_small(&place);
    plain = settings_of(model);
    searching = settings_of(model);
    set_more(searching, "--beam 3");
    set_one(searching, "lm", in_scratch(&place, "lm"));
    judged = judging_of(model, &place, "data.speech");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ur_settings_free(plain);
    ur_settings_free(searching);
    ur_settings_free(judged);
    ur_model_free(model);
    remove_scratch(&place);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(every_call_may_fail, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else
int main(void) { return 77; }
#endif
