/*
 * Lets every call of the allocator fail, one after another, in sessions, completions, searches and state files. Each
 * failure gives an error with a message, or changes nothing in the result, and nothing leaks. Reading and writing
 * tokens takes no memory at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"
#include "support/failing_memory.h"

#include "unroll_generate.h"

#ifdef FAILING_MEMORY_REAL

#include "small_models.h"

static scratch place;
static char state_path[512];
static ur_model *model;

typedef struct attempt {
    const char *name;
    ur_status (*work)(ur_session *session, collected *result, ur_error *error);
} attempt;

static ur_status write_text(ur_session *session, collected *result, ur_error *error)
{
    static const char *const stop[] = {"\355\225\234b", "..."};
    const ur_writing writing = {.tokens = 40, .stop = stop, .stop_count = 2};
    return ur_session_write(session, &writing, &(ur_sink){collect, result}, error);
}

static ur_status complete_word(ur_session *session, collected *result, ur_error *error)
{
    ur_completion words[3];
    size_t count;
    ur_status status = ur_session_complete(session, " a", 2, words, 3, &count, error);
    for (size_t i = 0; status == UR_OK && i < count; i++)
        status = collect(result, words[i].text, words[i].length, error);
    return status;
}

static ur_status search(ur_session *session, collected *result, ur_error *error)
{
    ur_beam *beam;
    ur_status status =
        ur_beam_create(&beam, &(ur_beam_settings){.width = 3, .length = 6, .end = 2}, CHAR_COUNT + 1, error);
    if (status == UR_OK) status = ur_session_search(session, beam, error);
    for (size_t i = 0; status == UR_OK && i < ur_beam_count(beam); i++) {
        const ur_hypothesis h = ur_beam_hypothesis(beam, i);
        status = collect(result, (const char *)h.ids, h.length * sizeof *h.ids, error);
    }
    ur_beam_free(beam);
    return status;
}

static ur_status keep(ur_session *session, collected *result, ur_error *error)
{
    ur_status status = ur_session_save(session, state_path, error);
    if (status == UR_OK) status = ur_session_load(session, state_path, error);
    return status == UR_OK ? write_text(session, result, error) : status;
}

static ur_status whole(const attempt *a, collected *result, ur_error *error)
{
    ur_session *session;
    ur_status status = ur_session_create(&session, model, error);
    if (status == UR_OK) status = ur_session_read(session, "ab a.", 5, error);
    if (status == UR_OK) status = a->work(session, result, error);
    ur_session_free(session);
    return status;
}

static long run_once(const attempt *a, long n, bool on, ur_status *status, collected *result)
{
    ur_error error = {.text = ""};
    *result = (collected){.size = 0};
    long before = atomic_load(&memory_live);
    memory_arm(n, on);
    *status = whole(a, result, &error);
    long calls = memory_disarm(), after = atomic_load(&memory_live);
    if (after != before) fail_msg("%s, call %ld: %ld blocks leak", a->name, n, after - before);
    if (*status != UR_OK && (*status != UR_ERR_MEMORY || !strstr(error.text, "memory")))
        fail_msg("%s, call %ld: status %d, '%s'", a->name, n, (int)*status, error.text);
    return calls;
}

static void try_attempt(void **state)
{
    const attempt *a = *state;
    ur_status status;
    collected expected, result;
    long failed = 0;
    for (int i = 0; i < 2; i++)
        run_once(a, 0, false, &status, &expected); /* lets the C library allocate what it keeps */
    assert_int_equal(status, UR_OK);
    assert_true(expected.size > 5);
    for (int on = 0; on < 2; on++)
        for (long n = 1; run_once(a, n, on, &status, &result) >= n; n++) {
            failed += status != UR_OK;
            if (status != UR_OK) continue;
            assert_int_equal(result.size, expected.size);
            assert_memory_equal(result.text, expected.text, expected.size);
        }
    assert_true(failed > 8);
}

/* After its creation and the beginning of a writing, a session allocates no memory. */
static void tokens_take_no_memory(void **state)
{
    (void)state;
    static const char *const stop[] = {"never there"};
    ur_session *session;
    ur_error error;
    const char *text;
    size_t size, count, total = 0;
    ur_choice choices[4];
    const ur_real *p;
    ok(ur_session_create(&session, model, &error), &error);
    ok(ur_session_begin(session, &(ur_writing){.tokens = 300, .stop = stop, .stop_count = 1}, &error), &error);
    memory_arm(1, true);
    while (ur_session_next(session, &text, &size, &error) == UR_OK && text) total += size;
    ur_status read = ur_session_read(session, "ab a.ab a.", 10, &error);
    ur_status predicted = ur_session_predict(session, choices, 4, &count, &error);
    ur_status looked = ur_session_probabilities(session, &p, &error);
    assert_int_equal(memory_disarm(), 0);
    assert_true(total >= 300 && read == UR_OK && predicted == UR_OK && looked == UR_OK);
    ur_session_free(session);
}

static int set_up(void **state)
{
    (void)state;
    make_scratch(&place);
    strcpy(state_path, in_scratch(&place, "state"));
    model = small_chars();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ur_model_free(model);
    remove_scratch(&place);
    return 0;
}

int main(void)
{
    static attempt attempts[] = {
        {"write", write_text}, {"complete", complete_word}, {"search", search}, {"keep", keep}};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(try_attempt, &attempts[0]),
        cmocka_unit_test_prestate(try_attempt, &attempts[1]),
        cmocka_unit_test_prestate(try_attempt, &attempts[2]),
        cmocka_unit_test_prestate(try_attempt, &attempts[3]),
        cmocka_unit_test(tokens_take_no_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

#else
int main(void) { return memory_skips(); }
#endif
