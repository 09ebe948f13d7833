/*
 * In inference, places that are alike are computed once. The network gives the same bits as when each place is computed
 * separately, and as many rows are computed as there are different places.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "model/alike.h"
#include "support/lab.h"
#include "support/numbers.h"
#include "support/ok.h"
#include "unroll_train.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS = 9, LANES = 5, PLACES = STEPS * LANES, SYMBOLS = 90, SPELLED = 4, WORDS = 6 };

/* Sentences of a few different words, some of them spelled in two ways. */
typedef struct sentences {
    ur_model *model;
    ur_batch batch;
    int32_t ids[PLACES], lane_of[PLACES], lengths[LANES], letters[2 * SPELLED];
} sentences;

static void set_up(sentences *s, const char *line)
{
    ur_error error = {0};
    const ur_sizes sizes = {.symbols = SYMBOLS, .outputs = 3};
    ok(ur_model_create(&s->model, line, &sizes, 3, 0.5, NULL, &error), &error);
    fill_ids(s->ids, PLACES, 1, WORDS);
    fill_ids(s->letters, 2 * SPELLED, 2, SYMBOLS);
    fill_ids(s->lengths, LANES, 3, STEPS);
    for (size_t b = 0; b < LANES; b++) s->lengths[b]++;
    for (size_t i = 0; i < PLACES; i++) s->lane_of[i] = (s->ids[i] + (i % 7 == 0)) % SPELLED;
    for (size_t i = 0; i < s->model->line_count; i++)
        s->batch.input[i] =
            (ur_sequences){.steps = STEPS, .lanes = LANES, .ids = s->ids, .lengths = s->lengths, .lane_of = s->lane_of};
    if (line[0] == 'c') s->batch.input[0] = (ur_sequences){.steps = 2, .lanes = SPELLED, .ids = s->letters};
}

static size_t count_different(const sentences *s, bool lanes)
{
    size_t count = 0;
    for (size_t i = 0; i < PLACES; i++) {
        size_t k = 0;
        while (k < i && (s->ids[k] != s->ids[i] || (lanes && s->lane_of[k] != s->lane_of[i]))) k++;
        count += k == i;
    }
    return count;
}

/*
 * Runs the network. *out: the outputs of the last line, without padding. `plain` computes each place separately.
 * Returns how many rows were computed for the last line's places, or 0 if they were not joined.
 */
static size_t run(lab *l, const sentences *s, bool plain, real **out)
{
    ur_value values[UR_LINES_MAX];
    ur_alike alike = {.rows = 0};
    size_t last = s->model->line_count - 1;
    lab_begin(l, false);
    l->tape.plain = plain;
    assert_true(ur_graph_run(s->model, &l->tape, &s->batch, NULL, NULL, values));
    const ur_tensor *y = values[last].y;
    *out = dense_copy(y->value, y->steps * y->lanes, y->width);
    for (size_t i = 0; i < PLACES; i++)
        if (i / LANES >= (size_t)s->lengths[i % LANES]) memset(*out + i * y->width, 0, y->width * sizeof **out);
    const ur_running at = {.steps = STEPS, .lanes = LANES, .ids = s->ids, .lane_of = s->batch.input[last].lane_of};
    return ur_alike_find(s->model, &l->tape, last, &at, values, &alike) ? alike.rows : 0;
}

/* `own`: a place takes the lane of the joined line that has its own lane's number. */
static void check_lanes(const char *line, size_t threads, bool joins, bool own)
{
    lab l;
    sentences s = {.model = NULL};
    real *once, *each;
    set_up(&s, line);
    for (size_t i = 0; own && i < PLACES; i++) s.lane_of[i] = (int32_t)(i % LANES);
    if (own) s.batch.input[0] = (ur_sequences){.steps = 1, .lanes = LANES, .ids = s.letters};
    if (own) s.batch.input[1].lane_of = NULL;
    lab_open(&l, NULL, threads);
    assert_int_equal(run(&l, &s, true, &each), 0);
    size_t rows = run(&l, &s, false, &once), different = count_different(&s, true);
    assert_true(different < PLACES * 3 / 4 && count_different(&s, false) < different);
    assert_int_equal(rows, joins ? different : 0);
    assert_memory_equal(once, each, PLACES * 3 * sizeof *once);
    free(once);
    free(each);
    lab_close(&l);
    ur_model_free(s.model);
}

static void check(const char *line, size_t threads, bool joins) { check_lanes(line, threads, joins, false); }

static void test_bits(void **state)
{
    (void)state;
    for (size_t threads = 0; threads < 3; threads += 2) {
        check("chars: embed 5 > lstm 6 bi > last; embed 8 > join chars > dropout 0.5 > lstm 7 bi > dense", threads,
              true);
        check("chars: embed 5 > mean; embed 8 > join chars > gru 17 > rnn 4 > dense", threads, true);
    }
}

/* The same word in two lanes is not alike if each lane has its own picture. */
static void test_own_lanes(void **state)
{
    (void)state;
    check_lanes("chars: embed 5 > mean; embed 8 > join chars > gru 7 > dense", 0, true, true);
}

/* Lines in which places that are alike are not computed once. */
static void test_others(void **state)
{
    (void)state;
    check("words: embed 5 > gru 6; embed 8 > join words > gru 7 > dense", 0, false);
    check("chars: embed 5 > mean; embed 8 > join chars > dense 5 relu > gru 7 > dense", 0, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bits), cmocka_unit_test(test_own_lanes),
                                       cmocka_unit_test(test_others)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
