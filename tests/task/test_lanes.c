/*
 * The windows of an epoch: each prediction of the text is made exactly once, whatever the lanes and windows. If windows
 * must be whole, they are those of the script min-char-rnn.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/ok.h"
#include "support/place.h"

#include "task/lm/lm.h"

/* A text of different bytes, at most 255, so that each token is its own position. */
typedef struct text {
    ur_corpus *corpus;
    ur_vocabulary *vocabulary;
} text;

static text open_text(size_t tokens)
{
    char bytes[256] = "";
    text t;
    const char *path = in_scratch(&place, "text");
    const ur_corpus_options options = {.kind = UR_TOKEN_BYTE};
    ur_error error;
    for (size_t i = 0; i < tokens; i++) bytes[i] = (char)(unsigned char)(i + 1);
    put(path, bytes);
    ok(ur_corpus_open(&t.corpus, &path, 1, &options, &error), &error);
    ok(ur_corpus_count(t.corpus, 0, tokens, &t.vocabulary, &error), &error);
    ok(ur_vocabulary_settle(t.vocabulary, 1, 0, false, &error), &error);
    return t;
}

static void close_text(text *t)
{
    ur_vocabulary_free(t->vocabulary);
    ur_corpus_close(t->corpus);
}

/* Counts how often each token was predicted. The input at a target's place is the token before the target. */
static void count_window(const ur_lanes *l, size_t *times)
{
    for (size_t i = 0; i < l->steps * l->lanes; i++) {
        if (l->targets[i] < 0) continue;
        assert_int_equal(l->targets[i], l->ids[i] + 1);
        times[l->targets[i]]++;
    }
}

static void check_epoch(text *t, size_t begin, size_t end, size_t lanes, size_t k1, size_t k2)
{
    size_t times[256] = {0};
    ur_lanes l = {.lanes = lanes, .k1 = k1, .k2 = k2};
    ur_error error;
    ok(ur_lanes_open(&l, t->corpus, t->vocabulary, begin, end, &error), &error);
    for (uint64_t i = 0; i < l.windows; i++) {
        ok(ur_lanes_read(&l, i, &error), &error);
        assert_true(l.steps > 0 && l.steps <= k2 && (l.steps == k2 || i + 1 == l.windows));
        count_window(&l, times);
    }
    for (size_t i = 0; i < 256; i++) assert_int_equal(times[i], i > begin && i < end);
    ur_lanes_close(&l);
}

static void test_each_prediction_once(void **state)
{
    static const size_t sizes[][3] = {{1, 1, 1}, {1, 7, 7},  {1, 3, 7},   {2, 5, 5},  {3, 7, 7},
                                      {3, 2, 7}, {5, 4, 16}, {8, 16, 16}, {13, 3, 4}, {16, 1, 3}};
    (void)state;
    text t = open_text(250);
    for (size_t end = 130; end <= 250; end += end < 170 ? 1 : 7)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            check_epoch(&t, end % 3, end, sizes[i][0], sizes[i][1], sizes[i][2]);
    close_text(&t);
}

/* Reads the last window again, and the first one after it. */
static void test_any_window_again(void **state)
{
    (void)state;
    text t = open_text(100);
    ur_lanes l = {.lanes = 3, .k1 = 4, .k2 = 9};
    int32_t last[3 * 9];
    ur_error error;
    ok(ur_lanes_open(&l, t.corpus, t.vocabulary, 0, 100, &error), &error);
    for (uint64_t i = 0; i < l.windows; i++) ok(ur_lanes_read(&l, i, &error), &error);
    size_t bytes = l.steps * l.lanes * sizeof *last;
    memcpy(last, l.ids, bytes);
    ok(ur_lanes_read(&l, 0, &error), &error);
    assert_int_equal(l.ids[0], 0);
    assert_int_equal(l.steps, 9);
    ok(ur_lanes_read(&l, l.windows - 1, &error), &error);
    assert_memory_equal(l.ids, last, bytes);
    ur_lanes_close(&l);
    close_text(&t);
}

/* The script stops when p + seq_length + 1 reaches the end of the text. */
static void test_whole_windows(void **state)
{
    (void)state;
    text t = open_text(200);
    for (size_t tokens = 40; tokens <= 200; tokens++) {
        ur_lanes l = {.lanes = 1, .k1 = 25, .k2 = 25, .whole = true};
        ur_error error;
        uint64_t windows = 0;
        for (size_t p = 0; p + 25 + 1 < tokens; p += 25) windows++;
        ok(ur_lanes_open(&l, t.corpus, t.vocabulary, 0, tokens, &error), &error);
        assert_int_equal(l.windows, windows);
        ur_lanes_close(&l);
    }
    close_text(&t);
}

/* The setting that a message names helps on its own. */
static void test_remedies(void **state)
{
    static const struct {
        size_t tokens, lanes, bptt;
        const char *remedy;
    } cases[] = {{20, 1, 20, "lower `bptt`"}, {20, 32, 16, "lower `batch`"}, {20, 8, 16, "lower `batch` or `bptt`"}};
    (void)state;
    text t = open_text(20);
    for (size_t i = 0; i < 3; i++) {
        ur_lanes l = {.lanes = cases[i].lanes, .k1 = cases[i].bptt, .k2 = cases[i].bptt};
        ur_error error = {0};
        assert_int_equal(ur_lanes_open(&l, t.corpus, t.vocabulary, 0, cases[i].tokens, &error), UR_ERR_DATA);
        const char *remedy = strstr(error.text, "lower");
        assert_string_equal(remedy, cases[i].remedy);
    }
    close_text(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_prediction_once),
        cmocka_unit_test(test_any_window_again),
        cmocka_unit_test(test_whole_windows),
        cmocka_unit_test(test_remedies),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
