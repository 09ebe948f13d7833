/*
 * Lets every call of the allocator fail, one after another, while a forecast is evaluated, answered and inspected. Each
 * failure gives an error with a message, and nothing leaks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/every_call.h"

#include "base/error.h"

#ifdef FAILING_MEMORY_REAL

static scratch place;
static ur_model *model;
static ur_settings *trained, *judged;

static ur_status answer_file(ur_answerer *answerer, ur_error *error)
{
    const ur_sink sink = {drop, NULL};
    FILE *file = fopen(in_scratch(&place, "data.forecast"), "r");
    ur_status status = file ? UR_OK : ur_fail_memory(error, "the table");
    char line[128];
    while (status == UR_OK && fgets(line, sizeof line, file))
        status = ur_answer(answerer, line, strcspn(line, "\n"), &sink, error);
    if (file) fclose(file);
    return status == UR_OK ? ur_answer(answerer, NULL, 0, &sink, error) : status;
}

static ur_status answer(bool json, ur_error *error)
{
    ur_answerer *answerer;
    ur_status status = ur_answerer_create(&answerer, model, trained, json, error);
    if (status == UR_OK) status = answer_file(answerer, error);
    ur_answerer_free(answerer);
    return status;
}

static ur_status answer_csv(ur_error *error) { return answer(false, error); }
static ur_status answer_json(ur_error *error) { return answer(true, error); }

static ur_status look(ur_error *error)
{
    ur_item seen;
    ur_answerer *answerer;
    ur_status status = ur_answerer_create(&answerer, model, trained, false, error);
    for (int i = 0; status == UR_OK && i < 2; i++)
        status = ur_answerer_look(answerer, in_scratch(&place, "data.forecast"), 0, 0, &seen, error);
    ur_answerer_free(answerer);
    return status;
}

static ur_status judge(ur_error *error) { return judge_model(model, judged, error); }

static void check_way(const char *options)
{
    make_memory_scratch(&place);
    train_small(&place, "forecast", options, "run");
    model = load_small(&place);
    trained = settings_of(model);
    judged = judging_of(model, &place, "data.forecast");
    memory_try_every_call(answer_csv);
    memory_try_every_call(answer_json);
    memory_try_every_call(look);
    memory_try_every_call(judge);
    ur_settings_free(trained);
    ur_settings_free(judged);
    ur_model_free(model);
    remove_scratch(&place);
}

static void every_call_may_fail(void **state)
{
    (void)state;
    check_way("");
    check_way("--how step");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_call_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else
int main(void) { return memory_skips(); }
#endif
