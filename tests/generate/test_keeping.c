/* A session that was saved, in a file or in memory, or copied, goes on as if nothing had been; other states are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/place.h"

#include "small_models.h"

static void take_up(ur_session **session, const ur_model *model, int way)
{
    ur_error error;
    unsigned char bytes[2048];
    ur_session *next = new_session(model);
    char *path = in_scratch(&place, "state");
    if (way == 0 || way == 3) ok(ur_session_copy(next, *session, &error), &error);
    if (way == 1) {
        ok(ur_session_save(*session, path, &error), &error);
        ok(ur_session_load(next, path, &error), &error);
    } else if (way > 1) { /* 3: of the copy */
        size_t size = ur_session_size(*session);
        assert_true(size <= sizeof bytes);
        ok(ur_session_save_memory(way == 3 ? next : *session, bytes, size, &error), &error);
        ok(ur_session_load_memory(next, bytes, size, &error), &error);
        assert_int_equal(ur_session_load_memory(next, bytes, size - 1, &error), UR_ERR_FORMAT);
    }
    ur_session_free(*session);
    *session = next;
}

/* In the middle of characters too, and with a look ahead before. */
static void goes_on(void **state)
{
    (void)state;
    ur_model *const models[] = {small_chars(), small_bytes(), small_words()};
    const ur_sampling how = {.temperature = 1.3, .top_p = 1, .never = -1, .seed = 77};
    ur_error error;
    for (int m = 0; m < 3; m++)
        for (int way = 0; way < 4; way++) {
            collected whole = {.size = 0}, parts = {.size = 0};
            ur_session *one = new_session(models[m]), *cut = new_session(models[m]);
            ur_session_set_sampling(one, &how);
            ur_session_set_sampling(cut, &how);
            ok(ur_session_read(one, "a b", 3, &error), &error);
            ok(ur_session_read(cut, "a b", 3, &error), &error);
            write_into(one, &(ur_writing){.tokens = 90}, &whole);
            for (size_t done = 0, part = 0; done < 90; done += part) {
                size_t count;
                ur_choice choice;
                part = (done % 4) + 1 > 90 - done ? 90 - done : (done % 4) + 1;
                write_into(cut, &(ur_writing){.tokens = part}, &parts);
                if (done % 3 == 0) ok(ur_session_predict(cut, &choice, 1, &count, &error), &error);
                take_up(&cut, models[m], way);
                ur_sampling now = ur_session_sampling(cut);
                assert_int_equal(now.seed, 77);
                now.temperature = how.temperature;
                ur_session_set_sampling(cut, &now);
            }
            assert_string_equal(parts.text, whole.text);
            ur_session_free(one);
            ur_session_free(cut);
        }
    for (int m = 0; m < 3; m++) ur_model_free(models[m]);
}

/* A word that may go on is taken as ended when it is kept. */
static void waiting_text_is_kept(void **state)
{
    (void)state;
    ur_model *model = small_words();
    ur_error error;
    ur_session *kept = new_session(model), *straight = new_session(model);
    ok(ur_session_read(kept, "a ab", 4, &error), &error);
    ok(ur_session_read(straight, "a ab", 4, &error), &error);
    take_up(&kept, model, 2);
    same_next(kept, straight, ur_model_outputs(model));
    ok(ur_session_read(straight, "\xC3", 1, &error), &error);
    assert_int_equal(ur_session_save(straight, in_scratch(&place, "none"), &error), UR_ERR_DATA);
    ur_session_free(kept);
    ur_session_free(straight);
    ur_model_free(model);
}

/* A state that was changed in any byte, or belongs elsewhere, is refused and changes nothing. */
static void refuses_states(void **state)
{
    (void)state;
    ur_model *model = small_chars(), *other = small_model(SMALL_NET, "char", CHARS, CHAR_COUNT, 0.3);
    ur_session *session = new_session(model), *check = new_session(model), *foreign = new_session(other);
    unsigned char bytes[2048];
    ur_error error;
    size_t size = ur_session_size(session);
    ok(ur_session_read(session, "abab", 4, &error), &error);
    ok(ur_session_read(check, "ba", 2, &error), &error);
    ok(ur_session_copy(foreign, foreign, &error), &error);
    ok(ur_session_save_memory(session, bytes, size, &error), &error);
    assert_int_equal(ur_session_save_memory(session, bytes, size + 1, &error), UR_ERR_USAGE);
    assert_int_equal(ur_session_copy(foreign, session, &error), UR_ERR_USAGE);
    assert_int_equal(ur_session_load_memory(foreign, bytes, size, &error), UR_ERR_DATA);
    assert_string_equal(error.text, "a state of the same network with other weights; use the model that made it");
    ok(ur_session_read(session, "a", 1, &error), &error);
    ok(ur_session_copy(session, check, &error), &error);
    for (size_t i = 0; i < size; i++) {
        bytes[i] ^= 0x10;
        ur_status status = ur_session_load_memory(session, bytes, size, &error);
        assert_true(status == UR_ERR_FORMAT || status == UR_ERR_DATA);
        bytes[i] ^= 0x10;
    }
    same_next(session, check, ur_model_outputs(model));
    ok(ur_session_load_memory(session, bytes, size, &error), &error);
    ur_session_reset(check);
    ok(ur_session_read(check, "abab", 4, &error), &error);
    same_next(session, check, ur_model_outputs(model));
    ur_session_free(session);
    ur_session_free(check);
    ur_session_free(foreign);
    ur_model_free(model);
    ur_model_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_on),
        cmocka_unit_test(waiting_text_is_kept),
        cmocka_unit_test(refuses_states),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
