/*
 * Lets every call of the allocator fail, one after another, while a tagger is evaluated and answers. Each failure gives
 * an error with a message, and nothing leaks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/every_call.h"

#ifdef FAILING_MEMORY_REAL

static scratch place;
static ur_model *model;
static ur_settings *trained, *judged;

static const char *const TEXT[] = {"A dog sees (the cat)...", ""};
static const char *const CONLLU[] = {"# text", "1\tA\t_\tD\t_\t_\t_\t_\t_\t_", "2\tdog\t_\tN\t_\t_\t_\t_\t_\t_", ""};

static ur_status answer(const char *const *lines, size_t count, bool json, ur_error *error)
{
    const ur_sink sink = {drop, NULL};
    ur_answerer *answerer;
    ur_status status = ur_answerer_create(&answerer, model, trained, json, error);
    for (size_t i = 0; status == UR_OK && i < count; i++)
        status = ur_answer(answerer, lines[i], strlen(lines[i]), &sink, error);
    if (status == UR_OK) status = ur_answer(answerer, NULL, 0, &sink, error);
    ur_answerer_free(answerer);
    return status;
}

static ur_status answer_text(ur_error *error) { return answer(TEXT, 2, true, error); }
static ur_status answer_conllu(ur_error *error) { return answer(CONLLU, 4, false, error); }

static ur_status judge(ur_error *error) { return judge_model(model, judged, error); }

static void every_call_may_fail(void **state)
{
    (void)state;
    memory_try_every_call(answer_text);
    memory_try_every_call(answer_conllu);
    memory_try_every_call(judge);
}

static int set_up(void **state)
{
    (void)state;
    make_memory_scratch(&place);
    train_small(&place, "tag", "", "run");
    model = load_small(&place);
    trained = settings_of(model);
    judged = judging_of(model, &place, "data.tag");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ur_settings_free(trained);
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
int main(void) { return memory_skips(); }
#endif
