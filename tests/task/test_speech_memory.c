/*
 * Lets every call of the allocator fail, one after another, while a speech model is evaluated and answers: alone, with
 * a language model, and with a decoder that attends to the recording. The last is also trained and inspected. Each
 * failure gives an error with a message, and nothing leaks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/every_call.h"

#include "unroll_inspect.h"

#ifdef FAILING_MEMORY_REAL

#define DECODER "--decoder attention --embed 3 --max-length 4"

static scratch place;
static ur_model *model;
static ur_settings *plain, *searching, *judged;
static ur_model *attending;
static ur_settings *learning, *looking, *looked;

static ur_status stream(ur_model *with, const ur_settings *how, ur_error *error)
{
    const ur_sink sink = {drop, NULL};
    ur_answerer *answerer;
    ur_status status = ur_answerer_create(&answerer, with, how, true, error);
    for (int i = 0; status == UR_OK && i < 300; i++)
        status = ur_answer(answerer, i / 5 % 2 ? "\0\x30" : "\0\xd0", 2, &sink, error);
    if (status == UR_OK) status = ur_answer(answerer, NULL, 0, &sink, error);
    ur_answerer_free(answerer);
    return status;
}

static ur_status hear(ur_model *with, const ur_settings *how, ur_error *error)
{
    const ur_sink sink = {drop, NULL};
    ur_answerer *answerer;
    ur_status status = ur_answerer_create(&answerer, with, how, true, error);
    if (status == UR_OK) status = ur_answer_file(answerer, in_scratch(&place, "spoken2.wav"), &sink, error);
    ur_answerer_free(answerer);
    return status;
}

static ur_status answer_stream(ur_error *error) { return stream(model, plain, error); }
static ur_status answer_file(ur_error *error) { return hear(model, searching, error); }
static ur_status judge(ur_error *error) { return judge_model(model, judged, error); }

static ur_status answer_stream_looking(ur_error *error) { return stream(attending, looking, error); }
static ur_status answer_file_looking(ur_error *error) { return hear(attending, looking, error); }
static ur_status judge_looking(ur_error *error) { return judge_model(attending, looked, error); }

static ur_status learn(ur_error *error)
{
    ur_trainer *trainer;
    ur_event event = {.kind = UR_EVENT_STEP};
    ur_status status = ur_trainer_create(&trainer, learning, error);
    while (status == UR_OK && event.kind != UR_EVENT_END) status = ur_train_next(trainer, &event, error);
    ur_trainer_free(trainer);
    return status;
}

static ur_status inspect(ur_error *error)
{
    char *json = NULL;
    ur_status status = ur_inspect_forcing(attending, looked, 2, &json, error);
    free(json);
    return status;
}

static void every_call_may_fail(void **state)
{
    (void)state;
    memory_try_every_call(answer_stream);
    memory_try_every_call(answer_file);
    memory_try_every_call(judge);
}

static void every_call_may_fail_with_a_decoder(void **state)
{
    (void)state;
    memory_try_every_call(learn);
    memory_try_every_call(answer_stream_looking);
    memory_try_every_call(answer_file_looking);
    memory_try_every_call(judge_looking);
    memory_try_every_call(inspect);
}

static int set_up(void **state)
{
    (void)state;
    make_memory_scratch(&place);
    train_small(&place, "lm", "--token char", "lm");
    train_small(&place, "speech", DECODER, "run");
    attending = load_small(&place);
    looking = settings_of(attending);
    set_more(looking, "--beam 2 --max-length 4 --attention");
    looked = judging_of(attending, &place, "data.speech");
    set_more(looked, "--beam 1 --max-length 4");
    learning = small_task("speech", place.root);
    set_more(learning, "--steps 1 --eval-every 1 --save-every 1 --overwrite " DECODER);
    set_one(learning, "output", in_scratch(&place, "learning"));
    train_small(&place, "speech", "--look back --overwrite", "run");
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
    ur_settings_free(learning);
    ur_settings_free(looking);
    ur_settings_free(looked);
    ur_model_free(model);
    ur_model_free(attending);
    remove_scratch(&place);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_call_may_fail),
                                       cmocka_unit_test(every_call_may_fail_with_a_decoder)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

#else
int main(void) { return memory_skips(); }
#endif
