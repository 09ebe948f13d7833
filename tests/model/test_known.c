/*
 * Results that are known for words. Batch after batch, the bits equal those of a network that keeps no results. A
 * spelling that occurs again is not run again. A line of which others read more than the last step is run each time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "model/known.h"
#include "support/lab.h"
#include "support/numbers.h"
#include "support/ok.h"
#include "unroll_train.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS = 6, LANES = 3, PLACES = STEPS * LANES, SYMBOLS = 12, WORDS = 7, LETTERS = 5 };

/* Sentences of words, with one spelling per word. There are few letters, so that spellings occur again. */
typedef struct sentences {
    ur_batch batch;
    int32_t ids[PLACES], lane_of[PLACES], letters[LETTERS * WORDS], lengths[WORDS];
} sentences;

static void fill(sentences *s, uint32_t seed, size_t words)
{
    fill_ids(s->ids, PLACES, seed, SYMBOLS);
    fill_ids(s->lane_of, PLACES, seed + 1, WORDS);
    fill_ids(s->letters, LETTERS * WORDS, seed + 2, 2);
    fill_ids(s->lengths, WORDS, seed + 3, LETTERS);
    for (size_t b = 0; b < WORDS; b++) s->lengths[b]++;
    s->batch = (ur_batch){
        .input = {{.steps = LETTERS, .lanes = words, .ids = s->letters, .lengths = s->lengths},
                  {.steps = STEPS, .lanes = LANES, .ids = s->ids, .lane_of = words == LANES ? NULL : s->lane_of}}};
}

static real *run(lab *l, const ur_model *m, const sentences *s, ur_known *known)
{
    ur_value values[UR_LINES_MAX];
    lab_begin(l, false);
    l->tape.known = known;
    assert_true(ur_graph_run(m, &l->tape, &s->batch, NULL, NULL, values));
    const ur_tensor *y = values[1].y;
    return dense_copy(y->value, y->steps * y->lanes, y->width);
}

/*
 * Runs five batches and the first one again, with `words` lanes in the first line. Returns how many rows of the first
 * line are kept.
 */
static size_t check(const char *line, size_t threads, size_t words)
{
    lab l;
    ur_model *m;
    ur_error error = {0};
    ur_known known = {0};
    size_t before = 0;
    sentences s;
    const ur_sizes sizes = {.symbols = SYMBOLS, .outputs = 3};
    ok(ur_model_create(&m, line, &sizes, 3, 0.5, NULL, &error), &error);
    lab_open(&l, NULL, threads);
    for (uint32_t i = 0; i < 6; i++) {
        before = known.line[0].count;
        fill(&s, 10 * (i % 5), words);
        real *with = run(&l, m, &s, &known), *without = run(&l, m, &s, NULL);
        assert_memory_equal(with, without, PLACES * 3 * sizeof *with);
        free(with);
        free(without);
    }
    size_t count = known.line[0].count;
    assert_int_equal(count, before);
    ur_known_free(&known);
    lab_close(&l);
    ur_model_free(m);
    return count;
}

static void test_bits(void **state)
{
    (void)state;
    for (size_t threads = 0; threads < 3; threads += 2) {
        size_t count =
            check("chars: embed 5 > lstm 6 bi > last; embed 8 > join chars > dropout 0.5 > lstm 7 bi > dense", threads,
                  WORDS);
        assert_in_range(count, 8, 5 * WORDS - 1); /* some of the 35 spellings are the same */
        assert_int_equal(check("chars: embed 5 > max; embed 8 > join chars > gru 17 > dense", threads, WORDS), count);
    }
}

/* Lines of which more than the last step is read, and lines that read another line. */
static void test_others(void **state)
{
    (void)state;
    assert_int_equal(check("words: embed 5 > gru 7 > last; embed 8 > gru 7 from words > dense", 0, LANES), 0);
    assert_int_equal(check("words: embed 5 > gru 6; embed 8 > attend words > dense", 0, LANES), 0);
}

/* Rows that were never computed must not be known. */
static void test_failure(void **state)
{
    (void)state;
    lab l;
    ur_model *m;
    ur_error error = {0};
    ur_known known = {0};
    ur_value values[UR_LINES_MAX];
    sentences s;
    const ur_sizes sizes = {.symbols = SYMBOLS, .outputs = 3};
    ok(ur_model_create(&m, "chars: embed 5 > mean; embed 8 > join chars > gru 7 > dense", &sizes, 3, 0.5, NULL, &error),
       &error);
    lab_open(&l, NULL, 0);
    fill(&s, 1, WORDS);
    free(run(&l, m, &s, &known));
    assert_true(known.line[0].count > 0);
    s.letters[1] = SYMBOLS;
    lab_begin(&l, false);
    l.tape.known = &known;
    assert_false(ur_graph_run(m, &l.tape, &s.batch, NULL, NULL, values));
    assert_int_equal(l.tape.status, UR_ERR_DATA);
    assert_int_equal(known.line[0].count, 0);
    fill(&s, 1, WORDS);
    real *with = run(&l, m, &s, &known), *without = run(&l, m, &s, NULL);
    assert_memory_equal(with, without, PLACES * 3 * sizeof *with);
    free(with);
    free(without);
    ur_known_free(&known);
    lab_close(&l);
    ur_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bits), cmocka_unit_test(test_others),
                                       cmocka_unit_test(test_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
