/*
 * A session: text in pieces is the whole text, it writes what a plain loop of steps and draws writes, looking ahead changes
 * nothing, and numbers that are not finite end it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "small_models.h"

#include "generate/session.h"

#include <math.h>

/* ---- Text in pieces ---------------------------------------------------------------------------------------------- */

static const char *const PIECES[] = {"\r\n", "\r", "\n",  " ", "'", "a",  "b",   "ab",
                                     "é",    "한", "한a", ".", "x", "  ", "a'b", "\xEF\xBB\xBF"};

static size_t random_text(char *text, uint32_t stream, size_t pieces)
{
    size_t size = 0;
    for (size_t i = 0; i < pieces; i++) {
        const char *piece = PIECES[random_below(stream, i, sizeof PIECES / sizeof *PIECES)];
        memcpy(text + size, piece, strlen(piece));
        size += strlen(piece);
    }
    return size;
}

/* Long enough that it does not fit into what waits; a word longer than any token. */
static size_t random_long(char *text, uint32_t stream)
{
    size_t size = random_text(text, stream, 40);
    for (int i = 0; i < 70; i++, size += 3) memcpy(text + size, "\xED\x95\x9C", 3);
    return size + random_text(text + size, stream + 1, 20);
}

static void read_in_pieces(ur_session *session, const char *text, size_t length, uint32_t stream)
{
    ur_error error;
    for (size_t at = 0, i = 0; at < length; i++) {
        size_t size = 1 + random_below(stream, i, i % 3 ? 3 : 40);
        if (size > length - at) size = length - at;
        ok(ur_session_read(session, text + at, size, &error), &error);
        at += size;
    }
}

static void pieces_are_the_whole(ur_model *model)
{
    char text[4096];
    ur_error error;
    for (uint32_t stream = 0; stream < 60; stream++) {
        size_t length = stream % 4 ? random_text(text, stream, 1 + stream % 30) : random_long(text, stream);
        ur_session *whole = new_session(model), *cut = new_session(model), *bytes = new_session(model);
        ok(ur_session_read(whole, text, length, &error), &error);
        read_in_pieces(cut, text, length, stream + 1000);
        for (size_t i = 0; i < length; i++) ok(ur_session_read(bytes, text + i, 1, &error), &error);
        same_next(whole, cut, ur_model_outputs(model));
        same_next(whole, bytes, ur_model_outputs(model));
        ur_session_free(whole);
        ur_session_free(cut);
        ur_session_free(bytes);
    }
    ur_model_free(model);
}

static void chars_in_pieces(void **state) { (void)state, pieces_are_the_whole(small_chars()); }
static void bytes_in_pieces(void **state) { (void)state, pieces_are_the_whole(small_bytes()); }
static void words_in_pieces(void **state) { (void)state, pieces_are_the_whole(small_words()); }

/* What is read are the tokens of ur_encode, of a text that needs no cleaning. */
static void reads_as_encoded(void **state)
{
    (void)state;
    ur_model *const models[] = {small_chars(), small_bytes(), small_words()};
    const char text[] = "a ab'b. \355\225\234a\r b\n \357\273\277a ab  a";
    for (int m = 0; m < 3; m++) {
        int32_t ids[sizeof text];
        size_t count;
        ur_error error;
        ur_session *by_text = new_session(models[m]), *by_ids = new_session(models[m]);
        ok(ur_encode(models[m], text, sizeof text - 1, ids, sizeof text, &count, &error), &error);
        ok(ur_session_read_tokens(by_ids, ids, count, &error), &error);
        ok(ur_session_read(by_text, text, sizeof text - 1, &error), &error);
        same_next(by_text, by_ids, ur_model_outputs(models[m]));
        ur_session_free(by_text);
        ur_session_free(by_ids);
        ur_model_free(models[m]);
    }
}

/* As training reads it: but bytes are bytes. */
static void reads_as_training_does(void **state)
{
    (void)state;
    ur_model *const models[] = {small_chars(), small_words(), small_bytes()};
    ur_error error;
    for (int m = 0; m < 3; m++) {
        ur_session *raw = new_session(models[m]), *clean = new_session(models[m]);
        const ur_real *x, *y;
        ok(ur_session_read(raw, "\357\273\277a\r\nb\r", 8, &error), &error);
        ok(ur_session_read(clean, "a\nb\r", 4, &error), &error);
        ok(ur_session_probabilities(raw, &x, &error), &error);
        ok(ur_session_probabilities(clean, &y, &error), &error);
        assert_true((memcmp(x, y, ur_model_outputs(models[m]) * sizeof *x) == 0) == (m < 2));
        ur_session_free(raw);
        ur_session_free(clean);
        ur_model_free(models[m]);
    }
}

static void bad_text_is_not_read(void **state)
{
    (void)state;
    ur_error error;
    ur_model *model = small_chars();
    ur_session *session = new_session(model), *other = new_session(model);
    ok(ur_session_read(session, "ab", 2, &error), &error);
    ok(ur_session_read(other, "ab", 2, &error), &error);
    assert_int_equal(ur_session_read(session, "a\xFF", 2, &error), UR_ERR_DATA);
    assert_string_equal(error.text, "invalid UTF-8 at byte 3 of the text");
    same_next(session, other, ur_model_outputs(model));
    ok(ur_session_read(session, "a\xC3", 2, &error), &error); /* may go on */
    assert_int_equal(ur_session_read_end(session, &error), UR_ERR_DATA);
    ok(ur_session_read(session, "\xA9", 1, &error), &error);
    ok(ur_session_read(other, "aé", 3, &error), &error);
    same_next(session, other, ur_model_outputs(model));
    const int32_t ids[] = {0, CHAR_COUNT + 1};
    assert_int_equal(ur_session_read_tokens(session, ids, 2, &error), UR_ERR_USAGE);
    assert_string_equal(error.text, "token 1 is 11; the model's tokens are 0 to 10");
    ur_session_free(session);
    ur_session_free(other);
    ur_model_free(model);
}

static void unknown_is_found(void **state)
{
    (void)state;
    ur_model *model = small_chars();
    const char text[] = "\357\273\277a\r\nüb €";
    size_t at = 0, size = 0;
    assert_true(ur_find_unknown(model, text, sizeof text - 1, &at, &size));
    assert_true(at == 6 && size == 2);
    at += size;
    assert_true(ur_find_unknown(model, text, sizeof text - 1, &at, &size));
    assert_true(at == 10 && size == 3);
    at += size;
    assert_false(ur_find_unknown(model, text, sizeof text - 1, &at, &size));
    ur_model_free(model);
    model = small_words();
    at = 0;
    assert_true(ur_find_unknown(model, "a abc ab", 8, &at, &size));
    assert_true(at == 1 && size == 4);
    ur_model_free(model);
}

/* ---- Writing as a plain loop does -------------------------------------------------------------------------------- */

static size_t plain_loop(const ur_model *model, const int32_t *prime, size_t count, const ur_sampling *how,
                         size_t tokens, char *text)
{
    const size_t n = ur_model_outputs(model);
    ur_real logits[64];
    ur_error error;
    ur_state *state;
    size_t size = 0;
    int32_t id = 0;
    ok(ur_state_create(&state, model, 1, &error), &error);
    for (size_t i = 0; i < count; i++) {
        ur_step(model, state, &prime[i], logits);
    }
    for (uint64_t draw = 0; draw < tokens; draw++) {
        size_t length;
        if (draw > 0 || count == 0) ur_step(model, state, &id, logits);
        id = ur_sample(logits, n, how, draw);
        const char *token = ur_token_text(model, id, &length);
        memcpy(text + size, token, length);
        size += length;
    }
    ur_state_free(state);
    return size;
}

static void writes_as_a_loop(void **state)
{
    (void)state;
    ur_model *const models[] = {small_chars(), small_words()};
    for (int m = 0; m < 2; m++)
        for (uint64_t seed = 0; seed < 5; seed++) {
            char text[4096];
            int32_t prime[64];
            size_t count = 0;
            ur_error error;
            collected got = {.size = 0};
            ur_sampling how = {.temperature = 0.7 + 0.2 * (double)seed, .top_p = 0.95, .never = -1, .seed = seed};
            ur_session *session = new_session(models[m]);
            ur_session_set_sampling(session, &how);
            how.never = ur_unknown_token(models[m]);
            assert_int_equal(ur_session_sampling(session).never, how.never);
            const char *begin = seed == 0 ? "" : "ab a";
            ok(ur_encode(models[m], begin, strlen(begin), prime, 64, &count, &error), &error);
            ok(ur_session_read(session, begin, strlen(begin), &error), &error);
            size_t size = plain_loop(models[m], prime, count, &how, 200, text); /* token 0 is the line break */
            write_into(session, &(ur_writing){.tokens = 200}, &got);
            assert_int_equal(got.size, size);
            assert_memory_equal(got.text, text, size);
            assert_int_equal(ur_session_ending(session), UR_ENDED_TOKENS);
            assert_int_equal(ur_session_written(session), 200);
            assert_int_equal(ur_session_next_draw(session), 200);
            ur_session_free(session);
        }
    ur_model_free(models[0]);
    ur_model_free(models[1]);
}

static void looking_changes_nothing(void **state)
{
    (void)state;
    ur_model *model = small_words();
    ur_session *looks = new_session(model), *plain = new_session(model);
    ur_error error;
    for (int i = 0; i < 60; i++) {
        int32_t a, b;
        size_t count;
        const ur_real *p;
        ur_choice choices[5];
        ur_completion words[3];
        ok(ur_session_predict(looks, choices, 5, &count, &error), &error);
        assert_int_equal(count, 5);
        ok(ur_session_probabilities(looks, &p, &error), &error);
        if (i % 7 == 0) ok(ur_session_complete(looks, " a", 2, words, 3, &count, &error), &error);
        ok(ur_session_draw(looks, &a, &error), &error);
        ok(ur_session_draw(plain, &b, &error), &error);
        assert_int_equal(a, b);
    }
    ur_session_free(looks);
    ur_session_free(plain);
    ur_model_free(model);
}

static void predicts_in_order(void **state)
{
    (void)state;
    ur_model *model = small_words();
    ur_session *session = new_session(model);
    ur_choice all[64];
    ur_error error;
    size_t count, n = ur_model_outputs(model);
    const ur_real *p;
    double sum = 0;
    ok(ur_session_predict(session, all, 64, &count, &error), &error);
    assert_int_equal(count, n - 1); /* the unknown one never */
    ok(ur_session_probabilities(session, &p, &error), &error);
    for (size_t i = 0; i < count; i++) {
        sum += all[i].probability;
        assert_true(all[i].probability == (double)p[all[i].id]);
        assert_true(i == 0 || all[i].probability <= all[i - 1].probability);
    }
    assert_true(fabs(sum - 1) < 1e-6);
    for (size_t capacity = 0; capacity < n; capacity++) {
        ur_choice some[64];
        ok(ur_session_predict(session, some, capacity, &count, &error), &error);
        assert_int_equal(count, capacity);
        for (size_t i = 0; i < count; i++) assert_int_equal(some[i].id, all[i].id);
    }
    ur_session_free(session);
    ur_model_free(model);
}

/* ---- Numbers without bound --------------------------------------------------------------------------------------- */

/* h of a relu layer with large weights grows until nothing is a number. */
static void tells_what_is_not_finite(void **state)
{
    (void)state;
    ur_model *model = small_model("embed 5 > gru 4 > rnn 16 relu > dense", "char", CHARS, CHAR_COUNT, 4);
    ur_session *session = new_session(model);
    ur_error error, again;
    unsigned char bytes[2048];
    collected text = {.size = 0};
    const ur_sink sink = {collect, &text};
    ur_status status = ur_session_write(session, &(ur_writing){.tokens = 1000}, &sink, &error);
    assert_int_equal(status, UR_ERR_NUMERIC);
    unsigned tokens = 0;
    const char *form =
        "cell layer 2 of \"embed 5 > gru 4 > rnn 16 relu > dense\" grows without bound: not finite after "
        "%u tokens; the model cannot go on";
    assert_int_equal(sscanf(error.text, form, &tokens), 1);
    assert_int_equal(tokens, ur_session_next_draw(session) + 1); /* the line break, too */
    assert_true(tokens > 3 && tokens < 1000);
    int32_t id;
    assert_int_equal(ur_session_draw(session, &id, &again), UR_ERR_NUMERIC);
    assert_string_equal(again.text, error.text);
    assert_int_equal(ur_session_save_memory(session, bytes, ur_session_size(session), &error), UR_ERR_NUMERIC);
    ur_completion words[2];
    size_t count;
    assert_int_equal(ur_session_complete(session, "", 0, words, 2, &count, &error), UR_ERR_NUMERIC);
    ur_session_reset(session);
    ok(ur_session_draw(session, &id, &error), &error);
    ur_session_free(session);
    ur_model_free(model);
}

/* One number is enough, and a state within bounds is not blamed. */
static void one_number_is_enough(void **state)
{
    (void)state;
    ur_model *model = small_chars();
    ur_state *zero;
    ur_real logits[2 * (CHAR_COUNT + 1)] = {0};
    ur_error error;
    ok(ur_state_create(&zero, model, 2, &error), &error);
    ok(ur_check_step(model, zero, logits, 2, 3, &error), &error);
    for (size_t i = 0; i < 2 * (CHAR_COUNT + 1); i++) {
        logits[i] = (ur_real)(i % 3 == 0 ? NAN : i % 3 == 1 ? INFINITY : -INFINITY);
        assert_int_equal(ur_check_step(model, zero, logits, 2, 3, &error), UR_ERR_NUMERIC);
        assert_string_equal(error.text,
                            "the output of \"" SMALL_NET "\" is not finite after 3 tokens; the model cannot go on");
        logits[i] = 0;
    }
    ur_state_free(zero);
    ur_model_free(model);
}

/* ---- Other models ------------------------------------------------------------------------------------------------ */

static void models_without_a_session(void **state)
{
    (void)state;
    static const char *const nets[] = {"lstm 4 > dense", "embed 3 > gru 4 > last > dense", "embed 3 > rnn 4"};
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        ur_model *model;
        ur_session *session;
        ur_error error;
        const ur_sizes sizes = {.symbols = i ? 7 : 0, .features = i ? 0 : 7, .outputs = 7};
        ok(ur_model_create(&model, nets[i], &sizes, 1, 0, NULL, &error), &error);
        assert_int_equal(ur_session_create(&session, model, &error), UR_ERR_USAGE);
        assert_null(session);
        ur_model_free(model);
    }
}

/* Tokens without text: a session of ids. */
static void tokens_without_text(void **state)
{
    (void)state;
    ur_model *model;
    ur_error error;
    ur_completion words[1];
    size_t count;
    int32_t id, ids[] = {3, 1, 4};
    ok(ur_model_create(&model, "onehot > gru 4 > dense", &(ur_sizes){.symbols = 6, .outputs = 6}, 1, 0, NULL, &error),
       &error);
    ur_session *session = new_session(model);
    ok(ur_session_read_tokens(session, ids, 3, &error), &error);
    for (int i = 0; i < 20; i++) ok(ur_session_draw(session, &id, &error), &error);
    assert_int_equal(ur_session_read(session, "a", 1, &error), UR_ERR_USAGE);
    assert_int_equal(ur_session_complete(session, "a", 1, words, 1, &count, &error), UR_ERR_USAGE);
    ur_session_free(session);
    ur_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chars_in_pieces),          cmocka_unit_test(bytes_in_pieces),
        cmocka_unit_test(words_in_pieces),          cmocka_unit_test(reads_as_encoded),
        cmocka_unit_test(reads_as_training_does),   cmocka_unit_test(bad_text_is_not_read),
        cmocka_unit_test(unknown_is_found),         cmocka_unit_test(writes_as_a_loop),
        cmocka_unit_test(looking_changes_nothing),  cmocka_unit_test(predicts_in_order),
        cmocka_unit_test(tells_what_is_not_finite), cmocka_unit_test(one_number_is_enough),
        cmocka_unit_test(models_without_a_session), cmocka_unit_test(tokens_without_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
