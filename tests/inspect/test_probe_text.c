/* A text under the probe: every token is read once, in the lane and at the place that the passage says; lanes carry their
 * states from passage to passage; the shortest texts and wrong parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/temp_text.h"
#include "inspect/letters.h"
#include "support/numbers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const TOKENS[] = {"\n", " ", "a", "b", "c", "d"};
enum { KINDS = 6, TOKENS_MOST = 5000, HIDDEN = 9 };

typedef struct seen {
    char text[TOKENS_MOST + 1];
    size_t count, passages;
    uint64_t piece;
    ur_real last[HIDDEN]; /* of lane 0's end */
} seen;

static ur_status visit(void *context, ur_probe *probe, const ur_passage *p, ur_error *error)
{
    (void)error;
    seen *s = context;
    s->passages++;
    s->piece = p->piece;
    for (size_t i = 0; i < p->steps * p->lanes; i++) {
        size_t t = i / p->lanes, b = i % p->lanes;
        uint64_t at = p->begin + b * p->piece + p->step + t;
        assert_int_equal(s->text[at], 0);
        s->text[at] = TOKENS[p->ids[i]][0];
        s->count++;
        bool end = p->step + t + 1 == p->piece;
        assert_true(end ? p->next[i] == -1 : p->next[i] >= 0);
        if (t + 1 < p->steps) assert_int_equal(p->next[i], p->ids[i + p->lanes]);
    }
    ur_probe_read(probe, 0, 0, p->steps - 1, 0, s->last);
    return UR_OK;
}

/* The state behind the first `count` tokens, step by step. */
static void expect_state(const ur_model *model, const char *text, size_t count, const ur_real *want)
{
    ur_error error = {0};
    ur_state *state;
    ur_real out[KINDS];
    size_t width;
    ok(ur_state_create(&state, model, 1, &error), &error);
    for (size_t i = 0; i < count; i++) {
        int32_t id = 0;
        while (TOKENS[id][0] != text[i]) id++;
        ur_step(model, state, &id, out);
    }
    assert_memory_equal(ur_state_values(model, state, 0, 0, 0, &width), want, HIDDEN * sizeof *want);
    ur_state_free(state);
}

static void check(temp_text *temp, size_t length, size_t lanes, size_t window)
{
    ur_error error = {0};
    ur_model *model = letters_model("onehot > rnn 9 > dense", TOKENS, KINDS, 0);
    char *text = malloc(length + 1);
    int32_t *ids = malloc(length * sizeof *ids);
    fill_ids(ids, length, 7, KINDS);
    for (size_t i = 0; i < length; i++) text[i] = TOKENS[ids[i]][0];
    text[length] = 0;
    const char *paths[] = {temp_write(temp, "text", text, length)};
    ur_reading reading = {.paths = paths, .path_count = 1, .lanes = lanes, .window = window, .threads = 1};
    seen *s = calloc(1, sizeof *s);
    ok(ur_probe_text(model, &reading, visit, s, &error), &error);
    if (lanes) assert_int_equal(s->piece, length / lanes);
    assert_true(length - s->count < (lanes ? lanes : 32));
    assert_memory_equal(s->text, text, s->count);
    expect_state(model, text, (size_t)s->piece, s->last);
    free(s), free(ids), free(text);
    ur_model_free(model);
}

static void test_every_token_once(void **state)
{
    static const size_t sizes[][3] = {{2, 0, 0},     {3, 1, 1},    {100, 1, 7},    {100, 3, 8},
                                      {101, 4, 100}, {5000, 0, 0}, {4096, 32, 128}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) check(*state, sizes[i][0], sizes[i][1], sizes[i][2]);
}

static ur_status refuse(void *context, ur_probe *probe, const ur_passage *p, ur_error *error)
{
    (void)context, (void)probe, (void)p;
    if (error) error->text[0] = 0;
    return UR_ERR_INTERRUPTED;
}

static void test_mistakes(void **state)
{
    ur_error error = {0};
    ur_model *model = letters_model("onehot > rnn 9 > dense", TOKENS, KINDS, 0), *other;
    ur_sizes sizes = {.features = 2, .outputs = 2};
    const char *paths[] = {temp_string(*state, "text", "abcd")};
    ur_reading reading = {.paths = paths, .path_count = 1, .begin = 0.7, .end = 0.5};
    assert_int_equal(ur_probe_text(model, &reading, refuse, NULL, &error), UR_ERR_USAGE);
    assert_string_equal(error.text, "part 0.7:0.5 of the text: must be within 0:1 and not empty");
    reading.begin = 0.5, reading.end = 0.75;
    assert_int_equal(ur_probe_text(model, &reading, refuse, NULL, &error), UR_ERR_DATA);
    char expected[512];
    snprintf(expected, sizeof expected, "%s: the text has 1 tokens; at least 2 are needed", paths[0]);
    assert_string_equal(error.text, expected);
    reading.begin = reading.end = 0;
    assert_int_equal(ur_probe_text(model, &reading, refuse, NULL, &error), UR_ERR_INTERRUPTED);
    ok(ur_model_create(&other, "rnn 3 > dense", &sizes, 1, 0, NULL, &error), &error);
    assert_int_equal(ur_probe_text(other, &reading, refuse, NULL, &error), UR_ERR_USAGE);
    assert_string_equal(error.text, "the model (\"rnn 3 > dense\") is not a language model");
    paths[0] = temp_string(*state, "text", "a");
    assert_int_equal(ur_probe_text(model, &reading, refuse, NULL, &error), UR_ERR_DATA);
    ur_model_free(model), ur_model_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_token_once), cmocka_unit_test(test_mistakes)};
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
