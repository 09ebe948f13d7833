/*
 * Lets every call of the allocator fail, one after another, while a translation is evaluated, answered and inspected.
 * Each failure gives an error with a message, and nothing leaks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/every_call.h"

#include "data/tokens.h"
#include "unroll_inspect.h"

#ifdef FAILING_MEMORY_REAL

static scratch place;
static ur_model *model;
static ur_settings *judged;

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

static ur_status judge(ur_error *error) { return judge_model(model, judged, error); }

static void every_call_may_fail(void **state)
{
    (void)state;
    memory_try_every_call(learn_pieces);
    memory_try_every_call(answer_text);
    memory_try_every_call(answer_json);
    memory_try_every_call(judge);
    memory_try_every_call(inspect);
}

static int set_up(void **state)
{
    (void)state;
    make_memory_scratch(&place);
    train_small(&place, "translate", "", "run");
    model = load_small(&place);
    judged = judging_of(model, &place, "data.translate");
    set_more(judged, "--beam 1 --max-length 4");
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
int main(void) { return memory_skips(); }
#endif
