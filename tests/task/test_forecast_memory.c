/* A failing allocator at every call of judging and answering with a forecast: each gives an error with a message, and nothing
 * leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/failing_memory.h"

#include "base/error.h"
#include "support/ok.h"
#include "unroll_generate.h"
#include "unroll_train.h"

#include <stdio.h>

#ifdef FAILING_MEMORY_REAL

enum { CONTEXT = 24 };

static ur_model *model;
static ur_settings *trained, *judged;
static char table[1024];

static ur_status drop(void *context, const char *bytes, size_t size, ur_error *error)
{
    (void)context, (void)bytes, (void)size, (void)error;
    return UR_OK;
}

static ur_status answer_rows(ur_answerer *answerer, ur_error *error)
{
    const ur_sink sink = {drop, NULL};
    UR_TRY(ur_answer(answerer, "date,load,heat,flow", 19, &sink, error));
    for (int i = 0; i < CONTEXT; i++) {
        char row[64];
        int length = snprintf(row, sizeof row, "2020-01-01 %02d:00:00,%d,%d,%d", i, 9 + i % 5, -i % 4, 100 + i);
        UR_TRY(ur_answer(answerer, row, (size_t)length, &sink, error));
    }
    return ur_answer(answerer, NULL, 0, &sink, error);
}

static ur_status answer(bool json, ur_error *error)
{
    ur_answerer *answerer;
    ur_status status = ur_answerer_create(&answerer, model, trained, json, error);
    if (status == UR_OK) status = answer_rows(answerer, error);
    ur_answerer_free(answerer);
    return status;
}

static ur_status answer_csv(ur_error *error) { return answer(false, error); }
static ur_status answer_json(ur_error *error) { return answer(true, error); }

static ur_status judge(ur_error *error)
{
    char *json = NULL;
    ur_status status = ur_judge(model, judged, &json, error);
    free(json);
    return status;
}

/* Returns how many calls there were. */
static long try_call(ur_status (*work)(ur_error *error), long n, bool *failed)
{
    ur_error error = {0};
    long before = atomic_load(&memory_live);
    memory_arm(n, false);
    ur_status status = work(&error);
    long calls = memory_disarm(), after = atomic_load(&memory_live);
    if (status != UR_OK && (status != error.status || !error.text[0])) fail_msg("call %ld: no message", n);
    if (n && after != before) fail_msg("call %ld: %ld blocks leak (%s)", n, after - before, error.text);
    *failed = status != UR_OK;
    return calls;
}

static void check(ur_status (*work)(ur_error *error))
{
    bool failed;
    long errors = 0, n = 1;
    for (int i = 0; i < 2; i++) try_call(work, 0, &failed); /* what the C library keeps */
    assert_false(failed);
    for (; try_call(work, n, &failed) >= n; n++) errors += failed;
    assert_true(errors > 10);
}

static const char *golden_path(const char *name)
{
    const char *folder = getenv("UNROLL_GOLDEN");
    assert_true(snprintf(table, sizeof table, "%s/%s", folder ? folder : "tests/golden", name) < (int)sizeof table);
    return table;
}

static void check_model(const char *name)
{
    ur_error error;
    ok(ur_model_load(&model, golden_path(name), NULL, &error), &error);
    ok(ur_settings_of_model(&trained, model, &error), &error);
    ok(ur_settings_of_model(&judged, model, &error), &error);
    ok(ur_settings_add_data(judged, golden_path("forecast.csv"), &error), &error);
    ok(ur_settings_set(judged, "threads", "1", &error), &error);
    check(answer_csv);
    check(answer_json);
    check(judge);
    ur_settings_free(trained);
    ur_settings_free(judged);
    ur_model_free(model);
}

static void every_call_may_fail(void **state)
{
    (void)state;
    check_model("forecast-direct.safetensors");
    check_model("forecast-step.safetensors");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_call_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else
int main(void) { return 77; }
#endif
