/* A failing allocator at every call of judging, answering and looking into a translation: each gives an error with a message, and nothing
 * leaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/failing_memory.h"

#include "../base/scratch.h"

#include "data/tokens.h"
#include "support/ok.h"
#include "support/run.h"
#include "support/small_tasks.h"
#include "unroll_generate.h"
#include "unroll_inspect.h"
#include "unroll_train.h"

#ifdef FAILING_MEMORY_REAL

static scratch place;
static ur_model *model;
static ur_settings *judged;

static ur_status drop(void *context, const char *bytes, size_t size, ur_error *error)
{
    (void)context, (void)bytes, (void)size, (void)error;
    return UR_OK;
}

static ur_status answer(const char *line, bool json, ur_error *error)
{
    static const char *const lines[] = {"abc", "", "fedcba"};
    const ur_sink sink = {drop, NULL};
    ur_settings *how;
    ur_answerer *answerer = NULL;
    ur_status status = ur_settings_of_model(&how, model, error);
    if (status == UR_OK) status = ur_settings_read(how, line, error);
    if (status == UR_OK) status = ur_answerer_create(&answerer, model, how, json, error);
    for (size_t i = 0; status == UR_OK && i < 3; i++)
        status = ur_answer(answerer, lines[i], strlen(lines[i]), &sink, error);
    if (status == UR_OK) status = ur_answer(answerer, NULL, 0, &sink, error);
    ur_answerer_free(answerer);
    ur_settings_free(how);
    return status;
}

static ur_status answer_text(ur_error *error) { return answer("--beam 1 --max-length 5", false, error); }

static ur_status answer_json(ur_error *error)
{
    return answer("--beam 2 --n-best 2 --max-length 4 --at-once 2 --attention", true, error);
}

static ur_status learn_pieces(ur_error *error)
{
    static const char *const texts[] = {"banana bandana", "한국 한국어", "ananas"};
    ur_vocabulary *v = NULL;
    ur_ids ids = {0};
    ur_written written = {0};
    ur_status status = UR_OK;
    for (int i = 0; i < 3 && status == UR_OK; i++)
        status = ur_tokens_count(&v, "bpe", texts[i], strlen(texts[i]), &ids, error);
    if (status == UR_OK) status = ur_tokens_settle(&v, "bpe", 300, 2, error);
    if (status == UR_OK) status = ur_tokens_read(v, texts[0], strlen(texts[0]), &ids, error);
    if (status == UR_OK) status = ur_tokens_write(v, ids.id, ids.count, &written, error);
    ur_vocabulary_free(v);
    ur_ids_free(&ids);
    ur_written_free(&written);
    return status;
}

static ur_status inspect(ur_error *error)
{
    char *json = NULL;
    ur_status status = ur_inspect_forcing(model, judged, 2, &json, error);
    free(json);
    return status;
}

static ur_status judge(ur_error *error)
{
    char *json = NULL;
    ur_status status = ur_judge(model, judged, &json, error);
    free(json);
    return status;
}

/* Returns how many calls there were. */
static long try_call(ur_status (*work)(ur_error *error), long n, bool again, bool *failed)
{
    ur_error error = {0};
    long before = atomic_load(&memory_live);
    memory_arm(n, false);
    ur_status status = work(&error);
    long calls = memory_disarm(), after = atomic_load(&memory_live);
    if (status != UR_OK && (status != error.status || !error.text[0])) fail_msg("call %ld: no message", n);
    if (n && after != before && !again) return try_call(work, n, true, failed); /* what the C library keeps */
    if (n && after != before) fail_msg("call %ld: %ld blocks leak (%s)", n, after - before, error.text);
    *failed = status != UR_OK;
    return calls;
}

static void check(ur_status (*work)(ur_error *error))
{
    bool failed;
    long errors = 0, n = 1;
    for (int i = 0; i < 2; i++) try_call(work, 0, false, &failed); /* what the C library keeps */
    assert_false(failed);
    for (; try_call(work, n, false, &failed) >= n; n++) errors += failed;
    assert_true(errors > 10);
}

static void every_call_may_fail(void **state)
{
    (void)state;
    check(learn_pieces);
    check(answer_text);
    check(answer_json);
    check(judge);
    check(inspect);
}

static int set_up(void **state)
{
    (void)state;
    ur_settings *settings;
    ur_trainer *t;
    ur_error error;
    strcpy(place.root, "/dev/shm/unroll-test-XXXXXX"); /* nothing of the disk is tested */
    assert_non_null(mkdtemp(place.root));
    settings = small_task("translate", place.root);
    set_more(settings, "--steps 1 --threads 1");
    set_one(settings, "output", in_scratch(&place, "run"));
    ok(ur_trainer_create(&t, settings, &error), &error);
    ok(train_to_end(t, &error), &error);
    ur_trainer_free(t);
    ur_settings_free(settings);
    ok(ur_model_load(&model, in_scratch(&place, "run/model.safetensors"), NULL, &error), &error);
    ok(ur_settings_of_model(&judged, model, &error), &error);
    ok(ur_settings_add_data(judged, in_scratch(&place, "data.translate"), &error), &error);
    set_more(judged, "--threads 1 --beam 1 --max-length 4");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
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
