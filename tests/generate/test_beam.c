/* Beam search against all possible texts, and against a plain version of beam search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "small_models.h"

#include "kernel/scalar.h"

#include <math.h>
#include <stdlib.h>

/*
 * A decoder that is a table. Its logits depend on the tokens read so far, taken as a number in base V, and on how many
 * they are. Row i of the last step had read `path[i]`.
 */
enum { V = 4, L = 5, ROWS = 2048 };

typedef struct table {
    uint32_t stream;
    uint64_t path[ROWS], next[ROWS];
    bool masked;
    size_t fail_at, steps;
} table;

static ur_real logit_of(const table *t, uint64_t path, int32_t id)
{
    if (t->masked && (path + (uint64_t)id) % 5 == 0 && id) return (ur_real)-INFINITY;
    const double sharp = t->stream % 4 < 2 ? 4 : 20; /* the larger, the more a long text may gain over a short one */
    return (ur_real)(sharp * ur_random_uniform(t->stream, UR_USE_TEST, path * V + (uint64_t)id));
}

static ur_status look_up(void *context, size_t rows, const size_t *from, const int32_t *ids, ur_real *logits,
                         ur_error *error)
{
    table *t = context;
    if (++t->steps == t->fail_at) {
        snprintf(error->text, sizeof error->text, "the table is gone");
        return error->status = UR_ERR_IO;
    }
    for (size_t i = 0; i < rows; i++) t->next[i] = t->steps == 1 ? 1 : t->path[from[i]] * V + (uint64_t)ids[i];
    memcpy(t->path, t->next, rows * sizeof *t->next);
    for (size_t i = 0; i < rows; i++)
        for (int32_t id = 0; id < V; id++) logits[i * V + (size_t)id] = logit_of(t, t->path[i], id);
    return UR_OK;
}

typedef struct text {
    int32_t ids[L];
    size_t length;
    double log_p, score;
    bool ended;
    uint64_t path;
} text;

static double log_p_of(const table *t, uint64_t path, int32_t id)
{
    double sum = 0;
    for (int32_t i = 0; i < V; i++) sum += exp((double)logit_of(t, path, i));
    return (double)logit_of(t, path, id) - log(sum);
}

static text grown(const table *t, const text *from, int32_t id, const ur_beam_settings *s)
{
    text g = *from;
    g.log_p += log_p_of(t, from->path, id);
    g.ids[g.length++] = id;
    g.path = from->path * V + (uint64_t)id;
    g.ended = id == s->end;
    g.score = s->length_power > 0 ? g.log_p / pow((double)g.length, s->length_power) : g.log_p;
    return g;
}

static int by_score(const void *a, const void *b)
{
    double x = ((const text *)a)->score, y = ((const text *)b)->score;
    return x < y ? 1 : x > y ? -1 : 0;
}

static int by_log_p(const void *a, const void *b)
{
    double x = ((const text *)a)->log_p, y = ((const text *)b)->log_p;
    return x < y ? 1 : x > y ? -1 : 0;
}

/*
 * Finds all texts if `width` is 0. Otherwise finds what a beam of this width finds, without an early end, by sorting
 * everything.
 */
static size_t plain_beam(const table *t, const ur_beam_settings *s, size_t width, text *found)
{
    static text live[ROWS], next[ROWS * V];
    size_t live_count = 1, count = 0;
    live[0] = (text){.path = 1};
    for (size_t step = 0; step < s->length; step++) {
        size_t next_count = 0;
        for (size_t i = 0; i < live_count; i++)
            for (int32_t id = 0; id < V; id++) {
                text g = grown(t, &live[i], id, s);
                if (!(g.log_p > -INFINITY)) continue;
                if (g.ended)
                    found[count++] = g;
                else
                    next[next_count++] = g;
            }
        qsort(next, next_count, sizeof *next, by_log_p);
        live_count = width && next_count > width ? width : next_count;
        memcpy(live, next, live_count * sizeof *live);
    }
    memcpy(found + count, live, live_count * sizeof *live);
    qsort(found, count + live_count, sizeof *found, by_score);
    return count + live_count;
}

/* Finds what an early search finds, by sorting everything, including texts that end. */
static size_t plain_early(const table *t, const ur_beam_settings *s, text *found)
{
    static text live[ROWS], next[ROWS * V];
    size_t live_count = 1, count = 0;
    live[0] = (text){.path = 1};
    for (size_t step = 0; step < s->length && count < s->width; step++) {
        size_t next_count = 0, goes_on = 0;
        for (size_t i = 0; i < live_count; i++)
            for (int32_t id = 0; id < V; id++) {
                text g = grown(t, &live[i], id, s);
                if (g.log_p > -INFINITY) next[next_count++] = g;
            }
        qsort(next, next_count, sizeof *next, by_log_p);
        for (size_t i = 0; i < next_count && goes_on < s->width; i++) {
            if (next[i].ended && i < s->width) found[count++] = next[i];
            if (!next[i].ended) live[goes_on++] = next[i];
        }
        live_count = goes_on;
    }
    if (!count) memcpy(found, live, (count = live_count) * sizeof *live);
    qsort(found, count, sizeof *found, by_score);
    return count;
}

static void same_texts(const ur_beam *beam, const text *expected, size_t count)
{
    assert_int_equal(ur_beam_count(beam), count);
    for (size_t i = 0; i < count; i++) {
        const ur_hypothesis h = ur_beam_hypothesis(beam, i);
        assert_int_equal(h.length, expected[i].length);
        assert_memory_equal(h.ids, expected[i].ids, h.length * sizeof *h.ids);
        assert_int_equal(h.ended, expected[i].ended);
        assert_true(fabs(h.log_probability - expected[i].log_p) < 1e-9);
        assert_true(fabs(h.score - expected[i].score) < 1e-9);
    }
    assert_int_equal(ur_beam_hypothesis(beam, count).length, 0);
}

static void try_settings(const ur_beam_settings *s, uint32_t stream, bool masked)
{
    static text expected[ROWS * V];
    static table t;
    ur_beam *beam;
    ur_error error;
    t = (table){.stream = stream, .masked = masked};
    ok(ur_beam_create(&beam, s, V, &error), &error);
    const ur_decoder decoder = {look_up, &t, V};
    for (int again = 0; again < 2; again++) { /* a beam may be used again */
        t.steps = 0;
        ok(ur_beam_search(beam, &decoder, 0, &error), &error);
        size_t count = s->early ? plain_early(&t, s, expected) : plain_beam(&t, s, s->width, expected);
        size_t best = s->best ? s->best : s->width;
        same_texts(beam, expected, count < best ? count : best);
    }
    ur_beam_free(beam);
}

static void against_a_plain_beam(void **state)
{
    (void)state;
    static const double powers[] = {0, 0.6, 1};
    static const size_t widths[] = {1, 2, 3, 7};
    for (uint32_t stream = 0; stream < 1500; stream++)
        for (size_t w = 0; w < 4; w++)
            for (int32_t end = -1; end < 2; end++) {
                ur_beam_settings s = {.width = widths[w],
                                      .best = stream % 3 ? 1 + stream % 5 : 0,
                                      .length = 1 + stream / 15 % L,
                                      .end = end,
                                      .length_power = powers[stream % 3]};
                try_settings(&s, stream, stream % 2);
                s.early = true;
                try_settings(&s, stream, stream % 2);
            }
}

/* A beam as wide as the number of texts finds the best text of all. */
static void against_all_texts(void **state)
{
    (void)state;
    for (uint32_t stream = 0; stream < 8; stream++) {
        const ur_beam_settings s = {.width = 1024,
                                    .best = 20,
                                    .length = L,
                                    .end = (int32_t)(stream % 2) - 1,
                                    .length_power = 0.5 * (stream % 3)};
        static text expected[ROWS * V];
        static table t;
        ur_beam *beam;
        ur_error error;
        t = (table){.stream = stream};
        ok(ur_beam_create(&beam, &s, V, &error), &error);
        ok(ur_beam_search(beam, &(ur_decoder){look_up, &t, V}, 0, &error), &error);
        size_t count = plain_beam(&t, &s, 0, expected);
        assert_true(count > 200);
        same_texts(beam, expected, 20);
        ur_beam_free(beam);
    }
}

static void errors(void **state)
{
    (void)state;
    static table t;
    static const ur_beam_settings bad[] = {{.width = 0, .length = 1, .end = -1},
                                           {.width = 1, .length = 0, .end = -1},
                                           {.width = 1, .length = 1, .end = V},
                                           {.width = 1, .length = 1, .end = -2},
                                           {.width = 1, .length = 1, .end = -1, .length_power = -1},
                                           {.width = 1, .length = 1, .end = -1, .length_power = NAN}};
    ur_beam *beam;
    ur_error error;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(ur_beam_create(&beam, &bad[i], V, &error), UR_ERR_USAGE);
    assert_int_equal(
        ur_beam_create(&beam, &(ur_beam_settings){.width = SIZE_MAX / 2, .length = 9, .end = -1}, V, &error),
        UR_ERR_MEMORY);
    ok(ur_beam_create(&beam, &(ur_beam_settings){.width = 2, .length = 4, .end = -1}, V, &error), &error);
    t = (table){.fail_at = 3};
    assert_int_equal(ur_beam_search(beam, &(ur_decoder){look_up, &t, V}, 0, &error), UR_ERR_IO);
    assert_string_equal(error.text, "the table is gone");
    assert_int_equal(ur_beam_count(beam), 0);
    assert_int_equal(ur_beam_search(beam, &(ur_decoder){look_up, &t, V + 1}, 0, &error), UR_ERR_USAGE);
    ur_beam_free(beam);
}

static ur_status nothing_allowed(void *context, size_t rows, const size_t *from, const int32_t *ids, ur_real *logits,
                                 ur_error *error)
{
    (void)from, (void)ids, (void)error;
    for (size_t i = 0; i < rows * V; i++) logits[i] = *(ur_real *)context;
    return UR_OK;
}

static void numbers_that_are_none(void **state)
{
    (void)state;
    ur_beam *beam;
    ur_error error;
    ur_real value = (ur_real)-INFINITY;
    ok(ur_beam_create(&beam, &(ur_beam_settings){.width = 2, .length = 4, .end = -1}, V, &error), &error);
    ok(ur_beam_search(beam, &(ur_decoder){nothing_allowed, &value, V}, 0, &error), &error);
    assert_int_equal(ur_beam_count(beam), 0);
    for (int i = 0; i < 2; i++) {
        value = i ? (ur_real)INFINITY : (ur_real)NAN;
        assert_int_equal(ur_beam_search(beam, &(ur_decoder){nothing_allowed, &value, V}, 0, &error), UR_ERR_NUMERIC);
        assert_string_equal(error.text, "the decoder's numbers are not finite at token 1 of the search");
    }
    ur_beam_free(beam);
}

/* ---- From a session ---------------------------------------------------------------------------------------------- */

/* Returns log p of the tokens of h after `prime`, computed step by step. */
static double log_p_after(ur_model *model, const char *prime, const ur_hypothesis *h)
{
    ur_session *session = new_session(model);
    ur_error error;
    double sum = 0;
    ok(ur_session_read(session, prime, strlen(prime), &error), &error);
    for (size_t i = 0; i < h->length; i++) {
        const ur_real *p;
        ok(ur_session_probabilities(session, &p, &error), &error);
        sum += log((double)p[h->ids[i]]);
        ok(ur_session_read_tokens(session, &h->ids[i], 1, &error), &error);
    }
    ur_session_free(session);
    return sum;
}

/* Width 1 gives the greedy text. A wide beam finds a text at least as probable. The reported log p is right. */
static void from_a_session(void **state)
{
    (void)state;
    ur_model *model = small_chars();
    ur_error error;
    ur_sampling greedy = ur_sampling_default();
    greedy.temperature = 0;
    ur_session *session = new_session(model), *plain = new_session(model);
    ok(ur_session_read(session, "ab a", 4, &error), &error);
    ok(ur_session_read(plain, "ab a", 4, &error), &error);
    ur_session_set_sampling(plain, &greedy);
    double last = -INFINITY;
    for (size_t width = 1; width <= 1000; width *= 10) {
        ur_beam *beam;
        ok(ur_beam_create(&beam, &(ur_beam_settings){.width = width, .length = 3, .end = -1}, CHAR_COUNT + 1, &error),
           &error);
        ok(ur_session_search(session, beam, &error), &error);
        const ur_hypothesis h = ur_beam_hypothesis(beam, 0);
        assert_int_equal(h.length, 3);
        assert_true(h.log_probability >= last);
        last = h.log_probability;
        assert_true(fabs(h.log_probability - log_p_after(model, "ab a", &h)) < 1e-4);
        for (size_t i = 0; width == 1 && i < 3; i++) {
            int32_t id;
            ok(ur_session_draw(plain, &id, &error), &error);
            assert_int_equal(id, h.ids[i]);
        }
        if (width == 1000) assert_int_equal(ur_beam_count(beam), CHAR_COUNT * CHAR_COUNT * CHAR_COUNT);
        ur_beam_free(beam);
    }
    ur_session_free(session);
    ur_session_free(plain);
    ur_model_free(model);
}

/* ---- Words ------------------------------------------------------------------------------------------------------- */

/*
 * Returns the probability of exactly this word and its end after `before`: a sum over all tokens that may end the word.
 */
static double word_and_end(ur_model *model, const char *before, const char *word)
{
    ur_session *session = new_session(model);
    ur_error error;
    double p = 1, end = 0;
    const ur_real *next;
    ok(ur_session_read(session, before, strlen(before), &error), &error);
    for (const char *at = word; *at; at++) {
        int32_t id = 0;
        size_t count;
        ok(ur_encode(model, at, 1, &id, 1, &count, &error), &error);
        ok(ur_session_probabilities(session, &next, &error), &error);
        p *= (double)next[id];
        ok(ur_session_read_tokens(session, &id, 1, &error), &error);
    }
    ok(ur_session_probabilities(session, &next, &error), &error);
    static const int32_t ends[] = {0, 1, 3, 7}; /* line break, space, CR, full stop */
    for (int i = 0; i < 4; i++) end += (double)next[ends[i]];
    ur_session_free(session);
    return p * end;
}

static double all_with(ur_model *model, const char *before, const char *begun)
{
    ur_session *session = new_session(model);
    ur_error error;
    double p = 1;
    const ur_real *next;
    ok(ur_session_read(session, before, strlen(before), &error), &error);
    for (const char *at = begun; *at; at++) {
        int32_t id = 0;
        size_t count;
        ok(ur_encode(model, at, 1, &id, 1, &count, &error), &error);
        ok(ur_session_probabilities(session, &next, &error), &error);
        p *= (double)next[id];
        ok(ur_session_read_tokens(session, &id, 1, &error), &error);
    }
    ur_session_free(session);
    return p;
}

static void completes_words(void **state)
{
    (void)state;
    ur_model *model = small_model(SMALL_NET, "char", CHARS, 8, 0.7); /* ASCII tokens only */
    ur_session *session = new_session(model);
    ur_completion words[40];
    ur_error error;
    size_t count;
    ok(ur_session_read(session, "ab.", 3, &error), &error);
    ok(ur_session_complete(session, " a", 2, words, 40, &count, &error), &error);
    assert_int_equal(count, 40);
    for (size_t i = 0; i < count; i++) {
        char whole[UR_WORD_MAX + 1] = " ";
        assert_int_equal(words[i].text[0], 'a');
        assert_int_equal(strlen(words[i].text), words[i].length);
        strcat(whole, words[i].text);
        double expected = word_and_end(model, "ab.", whole) / all_with(model, "ab.", " a");
        assert_true(fabs(exp(words[i].log_probability) - expected) < 1e-5 * expected + 1e-7);
        assert_true(i == 0 || words[i].log_probability <= words[i - 1].log_probability);
    }
    assert_int_equal(ur_session_complete(session, "a b", 3, words, 40, &count, &error), UR_ERR_USAGE);
    char longest[UR_WORD_MAX];
    memset(longest, 'a', sizeof longest);
    assert_int_equal(ur_session_complete(session, longest, sizeof longest, words, 40, &count, &error), UR_ERR_USAGE);
    ok(ur_session_complete(session, "", 0, words, 0, &count, &error), &error);
    assert_int_equal(count, 0);
    ur_session_free(session);
    ur_model_free(model);
}

static void where_words_begin(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t begun;
    } cases[] = {{"", 0},
                 {"the ki", 3},
                 {"the ", 1},
                 {"The", 3},
                 {"a. ", 1},
                 {"a.", 0},
                 {"it's", 4},
                 {"\nword", 4},
                 {"나는 오늘 학", 4},
                 {"  x", 2},
                 {"a\xE2\x80\x94"
                  "b",
                  1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(ur_word_begun(cases[i].text, strlen(cases[i].text)), cases[i].begun);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_a_plain_beam),  cmocka_unit_test(against_all_texts), cmocka_unit_test(errors),
        cmocka_unit_test(numbers_that_are_none), cmocka_unit_test(from_a_session),    cmocka_unit_test(completes_words),
        cmocka_unit_test(where_words_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
