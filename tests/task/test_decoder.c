/*
 * Writing with a decoder: a wide search finds the best of all texts, and the narrowest finds the most probable token at
 * each step. A sequence gives the same bits alone and among others, and so does its attention.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/numbers.h"
#include "support/ok.h"
#include "task/decoder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { V = 4, END = 2, FIRST = 3, LONGEST = 4, TEXTS = 1 << 8, LANES = 3, READ = 5 };

static const char *const LINES[] = {"a: embed 3 > gru 4; embed 3 > gru 4 from a > dense",
                                    "a: embed 3 > lstm 2 bi; embed 3 > lstm 5 x2 > attend a 4 > dense 3 > dense tied",
                                    "a: embed 3 > gru 4; embed 3 > gru 4 from a > attend a 5 additive feed > dense",
                                    "a: embed 3 > gru 3 > last; embed 3 > join a > gru 4 > dense"};

typedef struct setting {
    ur_model *model;
    ur_learner *learner;
    int32_t ids[READ * LANES], lengths[LANES];
} setting;

static void set_up(setting *s, const char *line)
{
    ur_error error = {0};
    const ur_sizes sizes = {.symbols = V, .outputs = V};
    ok(ur_model_create(&s->model, line, &sizes, 1, 0, NULL, &error), &error);
    fill_random(s->model->values, s->model->numbers, 1, 2);
    ur_model_changed(s->model);
    ok(ur_learner_create_judge(&s->learner, s->model, 2, &error), &error);
    fill_ids(s->ids, READ * LANES, 2, V);
    for (int32_t b = 0; b < LANES; b++) s->lengths[b] = READ - 2 * b;
}

static void tear_down(setting *s)
{
    ur_learner_free(s->learner);
    ur_model_free(s->model);
}

/* Returns a batch of lane b alone, or of all lanes if b is LANES. */
static ur_batch batch_of(const setting *s, size_t b, int32_t ids[READ])
{
    if (b == LANES) return (ur_batch){.input = {{.steps = READ, .lanes = LANES, .ids = s->ids, .lengths = s->lengths}}};
    for (size_t t = 0; t < READ; t++) ids[t] = s->ids[t * LANES + b];
    return (ur_batch){.input = {{.steps = (size_t)s->lengths[b], .lanes = 1, .ids = ids}}};
}

static ur_decoding *decode(const setting *s, const ur_batch *batch, size_t width)
{
    static const int32_t never[] = {FIRST};
    ur_error error = {0};
    ur_decoding *d;
    const ur_decoding_settings how = {.beam = {.width = width, .length = LONGEST, .end = END, .early = width == 1},
                                      .first = FIRST,
                                      .never = never,
                                      .never_count = 1};
    ok(ur_decoding_create(&d, s->learner, &how, &error), &error);
    ok(ur_decode(d, batch, &error), &error);
    return d;
}

/* Computes log probabilities of the next token at each step of a given text. FIRST is not allowed. */
static void read_text(const setting *s, size_t b, const int32_t *text, size_t length, double log_p[][V])
{
    ur_error error = {0};
    int32_t ids[READ], said[LONGEST];
    real out[LONGEST * V];
    ur_batch batch = batch_of(s, b, ids);
    for (size_t t = 0; t < length; t++) said[t] = t ? text[t - 1] : FIRST;
    batch.input[1] = (ur_sequences){.steps = length, .lanes = 1, .ids = said};
    ok(ur_predict(s->learner, &batch, out, &error), &error);
    for (size_t t = 0; t < length; t++) {
        double sum = 0;
        for (size_t i = 0; i < FIRST; i++) sum += exp((double)out[t * V + i]);
        for (size_t i = 0; i < FIRST; i++) log_p[t][i] = (double)out[t * V + i] - log(sum);
    }
}

static double log_p_of(const setting *s, size_t b, const int32_t *text, size_t length)
{
    double log_p[LONGEST][V], sum = 0;
    read_text(s, b, text, length, log_p);
    for (size_t t = 0; t < length; t++) sum += log_p[t][text[t]];
    return sum;
}

/* Finds the best of all texts that end, and of all texts of LONGEST tokens. */
static double best_of_all(const setting *s, size_t b, int32_t best[LONGEST], size_t *best_length)
{
    double most = -INFINITY;
    for (size_t n = 0; n < 81; n++) {
        int32_t text[LONGEST];
        size_t length = 0;
        for (size_t rest = n; length < LONGEST; rest /= 3)
            if ((text[length++] = (int32_t)(rest % 3)) == END) break;
        double value = log_p_of(s, b, text, length);
        if (!(value > most)) continue;
        most = value;
        memcpy(best, text, sizeof text);
        *best_length = length;
    }
    return most;
}

static void check_wide(const setting *s, size_t b)
{
    int32_t ids[READ], best[LONGEST];
    size_t length;
    double value = best_of_all(s, b, best, &length);
    const ur_batch batch = batch_of(s, b, ids);
    ur_decoding *d = decode(s, &batch, TEXTS);
    const ur_hypothesis got = ur_decoding_text(d, 0, 0);
    assert_int_equal(got.length, length);
    assert_memory_equal(got.ids, best, length * sizeof *best);
    assert_true(fabs(got.log_probability - value) < 1e-4);
    for (size_t i = 1; i < ur_decoding_count(d, 0); i++)
        assert_true(ur_decoding_text(d, 0, i).score <= ur_decoding_text(d, 0, i - 1).score);
    ur_decoding_free(d);
}

static void check_narrow(const setting *s, size_t b)
{
    int32_t ids[READ], text[LONGEST];
    double log_p[LONGEST][V];
    size_t length = 0;
    while (length < LONGEST && (length == 0 || text[length - 1] != END)) {
        read_text(s, b, text, length + 1, log_p);
        int32_t most = 0;
        for (int32_t i = 1; i < FIRST; i++)
            if (log_p[length][i] > log_p[length][most]) most = i;
        text[length++] = most;
    }
    const ur_batch batch = batch_of(s, b, ids);
    ur_decoding *d = decode(s, &batch, 1);
    assert_int_equal(ur_decoding_text(d, 0, 0).length, length);
    assert_memory_equal(ur_decoding_text(d, 0, 0).ids, text, length * sizeof *text);
    ur_decoding_free(d);
}

static void test_searches(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        setting s;
        set_up(&s, LINES[i]);
        for (size_t b = 0; b < LANES; b++) {
            check_wide(&s, b);
            check_narrow(&s, b);
        }
        tear_down(&s);
    }
}

static void same_looks(ur_decoding *all, size_t b, ur_decoding *one, size_t i, bool looks, size_t seen)
{
    ur_error error = {0};
    const ur_real *among, *alone;
    size_t steps, own;
    if (!looks) {
        assert_int_equal(ur_decoding_looked(one, 0, i, &alone, &own, &error), UR_ERR_UNSUPPORTED);
        return;
    }
    ok(ur_decoding_looked(one, 0, i, &alone, &own, &error), &error);
    ok(ur_decoding_looked(all, b, i, &among, &steps, &error), &error);
    assert_int_equal(own, seen);
    for (size_t t = 0; t < ur_decoding_text(one, 0, i).length; t++) {
        double sum = 0;
        assert_same("shares", among + t * steps, alone + t * own, own);
        for (size_t k = 0; k < steps; k++) sum += (double)among[t * steps + k];
        for (size_t k = own; k < steps; k++) assert_true(among[t * steps + k] == 0);
        assert_true(fabs(sum - 1) < 1e-5);
    }
}

static void check_among_others(const setting *s, bool looks)
{
    const ur_batch batch = batch_of(s, LANES, NULL);
    ur_decoding *all = decode(s, &batch, 3);
    for (size_t b = 0; b < LANES; b++) {
        int32_t ids[READ];
        const ur_batch alone = batch_of(s, b, ids);
        ur_decoding *one = decode(s, &alone, 3);
        assert_int_equal(ur_decoding_count(one, 0), ur_decoding_count(all, b));
        assert_true(ur_decoding_count(one, 0) > 0);
        for (size_t i = 0; i < ur_decoding_count(one, 0); i++) {
            const ur_hypothesis x = ur_decoding_text(one, 0, i), y = ur_decoding_text(all, b, i);
            assert_int_equal(x.length, y.length);
            assert_memory_equal(x.ids, y.ids, x.length * sizeof *x.ids);
            assert_memory_equal(&x.log_probability, &y.log_probability, sizeof x.log_probability);
            same_looks(all, b, one, i, looks, (size_t)s->lengths[b]);
        }
        ur_decoding_free(one);
    }
    ur_decoding_free(all);
}

static void test_alone_and_among_others(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        setting s;
        set_up(&s, LINES[i]);
        check_among_others(&s, strstr(LINES[i], "attend") != NULL);
        tear_down(&s);
    }
}

static void test_what_cannot_write(void **state)
{
    (void)state;
    static const char *const WRONG[] = {"embed 3 > gru 4 > dense", "a: embed 3 > gru 4; embed 3 > gru 4 from a",
                                        "a: embed 3 > gru 4; embed 3 > gru 4 > dense tanh"};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        ur_error error = {0};
        ur_decoding *d;
        setting s;
        set_up(&s, WRONG[i]);
        const ur_decoding_settings how = {.beam = {.width = 1, .length = 1, .end = -1}};
        assert_int_equal(ur_decoding_create(&d, s.learner, &how, &error), UR_ERR_USAGE);
        assert_null(d);
        assert_non_null(strstr(error.text, "cannot write"));
        tear_down(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_searches), cmocka_unit_test(test_alone_and_among_others),
                                       cmocka_unit_test(test_what_cannot_write)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
