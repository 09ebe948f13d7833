/* Writing text: stop texts across tokens, valid UTF-8, sinks that refuse, and a caller that stops early. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "small_models.h"

#include "base/utf8.h"
#include "generate/output.h"
#include "generate/words.h"

/* ---- Stop texts -------------------------------------------------------------------------------------------------- */

/*
 * Returns by definition where the text ends: where the stop text begins that is complete first. Of several that are
 * complete with the same byte, the longest counts.
 */
static size_t expected_end(const char *text, size_t size, const char *const *stop, size_t count)
{
    for (size_t end = 1; end <= size; end++) {
        size_t longest = 0;
        for (size_t i = 0; i < count; i++) {
            size_t length = strlen(stop[i]);
            if (length <= end && memcmp(text + end - length, stop[i], length) == 0 && length > longest)
                longest = length;
        }
        if (longest) return end - longest;
    }
    return size;
}

/* Every text of ten letters a and b, cut into random pieces, against stop texts with common beginnings. */
static void stops_by_definition(void **state)
{
    (void)state;
    static const char *const sets[][3] = {{"ab", NULL, NULL},      {"aab", "aba", NULL}, {"abab", "ba", NULL},
                                          {"bbabb", "abba", "aa"}, {"b", "ab", NULL},    {"aaab", "aaa", "bab"},
                                          {"ab", "b", NULL}};
    ur_error error;
    const ur_begun none = {.count = 0};
    for (size_t set = 0; set < sizeof sets / sizeof *sets; set++)
        for (unsigned bits = 0; bits < 1u << 10; bits++) {
            size_t count = sets[set][2] ? 3 : sets[set][1] ? 2 : 1, size = 10, got = 0;
            char text[10], out[64];
            for (size_t i = 0; i < size; i++) text[i] = bits >> i & 1 ? 'b' : 'a';
            ur_output output = {.size = 0};
            const ur_writing writing = {.stop = sets[set], .stop_count = count};
            ok(ur_output_begin(&output, &writing, &none, &error), &error);
            bool met = false;
            for (size_t at = 0, piece; at < size && !met; at += piece) {
                piece = 1 + random_below(bits, at, 3);
                if (piece > size - at) piece = size - at;
                output.size = 0;
                met = ur_output_add(&output, text + at, piece);
                if (!met && at + piece == size) ur_output_end(&output);
                memcpy(out + got, output.text, output.size);
                got += output.size;
            }
            size_t expected = expected_end(text, size, sets[set], count);
            assert_int_equal(got, expected);
            assert_memory_equal(out, text, expected);
            assert_int_equal(met, expected < size);
            ur_output_free(&output);
        }
}

/*
 * From a model: the output is the text without the stop text. Text that was held back is written once it is no stop
 * text.
 */
static void stops_in_a_session(void **state)
{
    (void)state;
    ur_model *const models[] = {small_chars(), small_bytes(), small_words()};
    static const char *const stop[] = {"ab", "b.", "\355\225\234a"};
    size_t stopped = 0;
    for (int m = 0; m < 3; m++)
        for (uint64_t seed = 0; seed < 40; seed++) {
            collected whole = {.size = 0}, cut = {.size = 0};
            ur_sampling how = ur_sampling_default();
            how.seed = seed;
            ur_session *a = new_session(models[m]), *b = new_session(models[m]);
            ur_session_set_sampling(a, &how);
            ur_session_set_sampling(b, &how);
            write_into(a, &(ur_writing){.tokens = 60}, &whole);
            write_into(b, &(ur_writing){.tokens = 60, .stop = stop, .stop_count = 3}, &cut);
            size_t expected = expected_end(whole.text, whole.size, stop, 3);
            assert_int_equal(cut.size, expected);
            assert_memory_equal(cut.text, whole.text, expected);
            assert_int_equal(ur_session_ending(b), expected < whole.size ? UR_ENDED_STOP : UR_ENDED_TOKENS);
            stopped += ur_session_ending(b) == UR_ENDED_STOP;
            ur_session_free(a);
            ur_session_free(b);
        }
    assert_true(stopped > 20 && stopped < 120);
    for (int m = 0; m < 3; m++) ur_model_free(models[m]);
}

static void empty_stop_is_refused(void **state)
{
    (void)state;
    ur_model *model = small_chars();
    ur_session *session = new_session(model);
    static const char *const stop[] = {"a", ""};
    ur_error error;
    const ur_writing writing = {.tokens = 3, .stop = stop, .stop_count = 2};
    assert_int_equal(ur_session_write(session, &writing, NULL, &error), UR_ERR_USAGE);
    ur_session_free(session);
    ur_model_free(model);
}

/* ---- UTF-8 ------------------------------------------------------------------------------------------------------- */

static void assert_utf8(const char *text, size_t size)
{
    for (size_t i = 0; i < size;) {
        uint32_t code;
        int length = ur_utf8_decode((const unsigned char *)text + i, size - i, &code);
        assert_true(length > 0);
        i += (size_t)length;
    }
}

/* Repairs all bytes at once, up to an incomplete character at the end. */
static void repair(collected *clean, const collected *raw)
{
    for (size_t i = 0; i < raw->size;) {
        uint32_t code;
        int size = ur_utf8_decode((const unsigned char *)raw->text + i, raw->size - i, &code);
        if (size == 0) break;
        size_t length = size > 0 ? (size_t)size : 3;
        memcpy(clean->text + clean->size, size > 0 ? raw->text + i : "\xEF\xBF\xBD", length);
        clean->size += length;
        i += size > 0 ? (size_t)size : code;
    }
}

/*
 * Each piece is whole characters. Pieces joined over several writings are the bytes of a single writing, up to its last
 * character.
 */
static void bytes_become_characters(void **state)
{
    (void)state;
    ur_model *model = small_bytes();
    for (uint64_t seed = 0; seed < 10; seed++) {
        collected raw = {.size = 0}, whole = {.size = 0}, parts = {.size = 0};
        ur_sampling how = ur_sampling_default();
        how.seed = seed;
        ur_session *sessions[3];
        for (int i = 0; i < 3; i++) sessions[i] = new_session(model);
        for (int i = 0; i < 3; i++) ur_session_set_sampling(sessions[i], &how);
        write_into(sessions[0], &(ur_writing){.tokens = 200, .raw = true}, &raw);
        write_into(sessions[1], &(ur_writing){.tokens = 200}, &whole);
        for (int i = 0; i < 200; i++) {
            size_t before = parts.size;
            write_into(sessions[2], &(ur_writing){.tokens = 1}, &parts);
            assert_utf8(parts.text + before, parts.size - before);
        }
        assert_int_equal(raw.size, 200);
        assert_string_equal(parts.text, whole.text);
        collected clean = {.size = 0};
        repair(&clean, &raw);
        assert_int_equal(whole.size, clean.size);
        assert_memory_equal(whole.text, clean.text, clean.size);
        for (int i = 0; i < 3; i++) ur_session_free(sessions[i]);
    }
    ur_model_free(model);
}

/* The first half of é was read. The second half completes it. */
static void a_character_read_in_part(void **state)
{
    (void)state;
    ur_begun begun = {.count = 0};
    ur_output output = {.size = 0};
    ur_error error;
    char text[12];
    assert_int_equal(ur_begun_add(&begun, '\xC3', text), 0);
    ok(ur_output_begin(&output, &(ur_writing){.tokens = 1}, &begun, &error), &error);
    assert_false(ur_output_add(&output, "\xA9!", 2));
    assert_int_equal(output.size, 3);
    assert_memory_equal(output.text, "é!", 3);
    ur_output_free(&output);
}

/* ---- Who takes the text ------------------------------------------------------------------------------------------ */

/* The first refusal ends the writing, with the sink's own message. The session is after that token and can go on. */
static void refusal_ends_it(void **state)
{
    (void)state;
    ur_model *model = small_chars();
    ur_error error;
    for (size_t refuse = 1; refuse < 8; refuse++) {
        collected c = {.refuse = refuse}, all = {.size = 0};
        const ur_sink sink = {collect, &c};
        ur_session *session = new_session(model), *whole = new_session(model);
        assert_int_equal(ur_session_write(session, &(ur_writing){.tokens = 50}, &sink, &error), UR_ERR_IO);
        assert_string_equal(error.text, "refused");
        assert_int_equal(c.calls, refuse);
        assert_int_equal(ur_session_written(session), refuse);
        assert_int_equal(ur_session_ending(session), UR_NOT_ENDED);
        write_into(whole, &(ur_writing){.tokens = 50}, &all);
        assert_memory_equal(c.text, all.text, c.size);
        c.refuse = 0;
        assert_int_equal(ur_session_write(session, &(ur_writing){.tokens = 50}, &sink, NULL), UR_OK);
        ur_session_free(session);
        ur_session_free(whole);
    }
    ur_model_free(model);
}

typedef struct stopping {
    ur_session *session;
    collected text;
} stopping;

static ur_status stop_after_ten(void *context, const char *bytes, size_t size, ur_error *error)
{
    stopping *s = context;
    if (s->text.calls == 9) ur_session_stop(s->session);
    return collect(&s->text, bytes, size, error);
}

static void stopped_by_the_caller(void **state)
{
    (void)state;
    ur_model *model = small_chars();
    ur_error error;
    stopping s = {.session = new_session(model)};
    const ur_sink sink = {stop_after_ten, &s};
    ok(ur_session_write(s.session, &(ur_writing){.tokens = 1000}, &sink, &error), &error);
    assert_int_equal(ur_session_ending(s.session), UR_ENDED_ASKED);
    assert_int_equal(ur_session_written(s.session), 10);
    ok(ur_session_write(s.session, &(ur_writing){.tokens = 5}, NULL, &error), &error);
    assert_int_equal(ur_session_ending(s.session), UR_ENDED_TOKENS);
    ur_session_free(s.session);
    ur_model_free(model);
}

/* A loop of the caller's own gives the same pieces. No text comes before a writing begins or after it ends. */
static void a_token_at_a_time(void **state)
{
    (void)state;
    ur_model *model = small_words();
    static const char *const stop[] = {"a a", " \xED\x95\x9C"};
    const ur_writing writing = {.tokens = 400, .stop = stop, .stop_count = 2};
    const char *text;
    size_t size;
    ur_error error;
    collected pushed = {.size = 0}, pulled = {.size = 0};
    ur_session *push = new_session(model), *pull = new_session(model);
    write_into(push, &writing, &pushed);
    assert_int_equal(ur_session_next(pull, &text, &size, &error), UR_ERR_USAGE);
    ok(ur_session_begin(pull, &writing, &error), &error);
    while (ur_session_next(pull, &text, &size, &error) == UR_OK && text)
        if (size) ok(collect(&pulled, text, size, &error), &error);
    assert_string_equal(pulled.text, pushed.text);
    assert_int_equal(ur_session_ending(pull), ur_session_ending(push));
    assert_int_equal(ur_session_written(pull), ur_session_written(push));
    ok(ur_session_next(pull, &text, &size, &error), &error);
    assert_true(text == NULL && size == 0);
    ok(ur_session_begin(pull, &(ur_writing){.tokens = 0}, &error), &error);
    ok(ur_session_next(pull, &text, &size, &error), &error);
    assert_null(text);
    ur_session_free(push);
    ur_session_free(pull);
    ur_model_free(model);
}

/* ---- Words ------------------------------------------------------------------------------------------------------- */

static void words_end(void **state)
{
    (void)state;
    static const char *const outside[] = {" ", "\n", ".", "-", "«", "×", "÷", "—", "。", "，"};
    static const char *const inside[] = {"a", "Z", "7", "_", "'", "ª", "À", "Ö", "Ø", "ö", "ø", "ÿ", "々", "한"};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
        if (!ur_ends_word(outside[i], strlen(outside[i]))) fail_msg("%s does not end a word", outside[i]);
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
        if (ur_ends_word(inside[i], strlen(inside[i]))) fail_msg("%s ends a word", inside[i]);
    assert_int_equal(ur_word_begun("3×four", 7), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stops_by_definition),
        cmocka_unit_test(stops_in_a_session),
        cmocka_unit_test(empty_stop_is_refused),
        cmocka_unit_test(bytes_become_characters),
        cmocka_unit_test(a_character_read_in_part),
        cmocka_unit_test(refusal_ends_it),
        cmocka_unit_test(words_end),
        cmocka_unit_test(stopped_by_the_caller),
        cmocka_unit_test(a_token_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
