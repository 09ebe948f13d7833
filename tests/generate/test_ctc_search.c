/*
 * The search for the most probable text against all paths. A search that is wide enough finds the best of all texts,
 * with and without a judge that prefers some pairs and some ends. A narrow search may find a worse text, but never
 * reports more than the text is worth.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "generate/ctc_search.h"
#include "layer/ctc.h"
#include "support/numbers.h"
#include "support/ok.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 5, LABELS = 3, OUTPUTS = LABELS + 1, TEXTS = 1 + 3 + 9 + 27 + 81 + 243 };

/* ---- A judge -------------------------------------------------------------------------------------------------------- */

static double pair_of(int32_t before, int32_t label) { return sin(7.0 * before + 3.0 * label) - 1; }
static double end_of(int32_t last) { return cos(5.0 * last); }

static void begin_text(void *context, void *own)
{
    (void)context;
    *(int32_t *)own = -1;
}

static double score(void *context, const void *own, int32_t label)
{
    (void)context;
    return pair_of(*(const int32_t *)own, label);
}

static void move(void *context, const void *own, int32_t label, void *own_next)
{
    (void)context, (void)own;
    *(int32_t *)own_next = label;
}

static double end_text(void *context, const void *own)
{
    (void)context;
    return end_of(*(const int32_t *)own);
}

static const ur_ctc_judge JUDGE = {NULL, sizeof(int32_t), begin_text, score, move, end_text};

/* ---- All paths ------------------------------------------------------------------------------------------------------ */

/* Returns the number of a text: one digit from 1 for each label. */
static size_t number_of(const int32_t *labels, size_t count)
{
    size_t number = 0;
    for (size_t i = 0; i < count; i++) number = number * LABELS + (size_t)labels[i] + 1;
    return number;
}

static void find_probabilities(const ur_real *x, double p[STEPS][OUTPUTS])
{
    for (size_t t = 0; t < STEPS; t++) {
        double sum = 0;
        for (size_t k = 0; k < OUTPUTS; k++) sum += p[t][k] = exp((double)x[t * OUTPUTS + k]);
        for (size_t k = 0; k < OUTPUTS; k++) p[t][k] /= sum;
    }
}

/* Sums p of each text over all paths. */
static void sum_paths(const ur_real *x, double text[TEXTS])
{
    double p[STEPS][OUTPUTS];
    size_t paths = 1;
    find_probabilities(x, p);
    memset(text, 0, TEXTS * sizeof *text);
    for (size_t t = 0; t < STEPS; t++) paths *= OUTPUTS;
    for (size_t n = 0; n < paths; n++) {
        int32_t said[STEPS];
        size_t count = 0, rest = n, before = LABELS;
        double product = 1;
        for (size_t t = 0; t < STEPS; t++, rest /= OUTPUTS) {
            size_t here = rest % OUTPUTS;
            product *= p[t][here];
            if (here != LABELS && here != before) said[count++] = (int32_t)here;
            before = here;
        }
        text[number_of(said, count)] += product;
    }
}

static double judged(const int32_t *labels, size_t count, bool judge)
{
    double sum = 0;
    for (size_t i = 0; judge && i < count; i++) sum += pair_of(i ? labels[i - 1] : -1, labels[i]);
    return judge ? sum + end_of(count ? labels[count - 1] : -1) : 0;
}

/* Returns the number of the best text. *worth: its value. */
static size_t find_best(const double text[TEXTS], bool judge, double *worth)
{
    size_t best = 0;
    *worth = -INFINITY;
    for (size_t n = 0; n < TEXTS; n++) {
        int32_t labels[STEPS], turned[STEPS];
        size_t count = 0, rest = n;
        for (; rest; rest = (rest - 1) / LABELS) turned[count++] = (int32_t)((rest - 1) % LABELS);
        for (size_t i = 0; i < count; i++) labels[i] = turned[count - 1 - i];
        assert_int_equal(number_of(labels, count), n);
        double own = log(text[n]) + judged(labels, count, judge);
        if (!(own > *worth)) continue;
        *worth = own;
        best = n;
    }
    return best;
}

/* ---- Searching ------------------------------------------------------------------------------------------------------ */

static size_t run_search(const ur_real *x, size_t width, bool judge, int32_t *labels, double *worth)
{
    ur_error error = {0};
    size_t count;
    const ur_ctc_searching how = {width, -INFINITY, judge ? &JUDGE : NULL};
    ok(ur_ctc_search(&how, x, OUTPUTS, OUTPUTS, STEPS, labels, &count, worth, &error), &error);
    return count;
}

static void test_the_best_of_all(void **state)
{
    (void)state;
    size_t other_path = 0, other_judge = 0;
    for (uint32_t n = 0; n < 40; n++) {
        ur_real x[STEPS * OUTPUTS];
        double text[TEXTS], worth, best;
        int32_t labels[STEPS], path[STEPS];
        size_t found[2];
        fill_random(x, STEPS * OUTPUTS, n, 1.5);
        sum_paths(x, text);
        for (int judge = 0; judge < 2; judge++) {
            size_t count = run_search(x, TEXTS, judge, labels, &worth);
            found[judge] = number_of(labels, count);
            assert_int_equal(found[judge], find_best(text, judge, &best));
            assert_true(fabs(worth - best) < 1e-9);
        }
        other_path += number_of(path, ur_ctc_best(x, OUTPUTS, OUTPUTS, STEPS, path, 1)) != found[0];
        other_judge += found[0] != found[1];
    }
    assert_true(other_path > 0 && other_judge > 0); /* otherwise the searches would have had nothing to find */
}

/* The reported value of a text is never more than its true value. On the whole, wider searches find better texts. */
static void test_narrow_searches(void **state)
{
    (void)state;
    double sum[4] = {0};
    for (uint32_t n = 0; n < 40; n++) {
        ur_real x[STEPS * OUTPUTS];
        double text[TEXTS], worth;
        int32_t labels[STEPS];
        fill_random(x, STEPS * OUTPUTS, n, 1.5);
        sum_paths(x, text);
        for (size_t i = 0; i < 4; i++) {
            size_t count = run_search(x, (size_t)1 << i, true, labels, &worth);
            double own = log(text[number_of(labels, count)]) + judged(labels, count, true);
            assert_true(worth <= own + 1e-9);
            sum[i] += own;
        }
    }
    assert_true(sum[0] < sum[1] && sum[1] < sum[2] && sum[2] <= sum[3]);
}

/* Improbable labels are not begun. Rows may have gaps between them. With no steps the text is empty. */
static void test_what_is_left_out(void **state)
{
    (void)state;
    ur_error error = {0};
    const ur_real x[2 * 6] = {0, 1, 2, 1.5f, 9, 9, 3, 1, 0, 1, 9, 9};
    int32_t labels[2];
    size_t count;
    double worth;
    ur_ctc_searching how = {8, -0.7, NULL};
    ok(ur_ctc_search(&how, x, OUTPUTS, 6, 2, labels, &count, &worth, &error), &error);
    assert_int_equal(count, 1); /* only label 0 is probable enough, at the second step */
    assert_int_equal(labels[0], 0);
    how.least = -INFINITY;
    ok(ur_ctc_search(&how, x, OUTPUTS, 6, 2, labels, &count, &worth, &error), &error);
    assert_int_equal(count, 2);
    ok(ur_ctc_search(&how, x, OUTPUTS, 6, 0, labels, &count, &worth, &error), &error);
    assert_int_equal(count, 0);
    assert_true(worth == 0);
    const ur_real bad[OUTPUTS] = {NAN, NAN, NAN, NAN};
    assert_int_equal(ur_ctc_search(&how, bad, OUTPUTS, 4, 1, labels, &count, &worth, &error), UR_ERR_NUMERIC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_best_of_all), cmocka_unit_test(test_narrow_searches),
                                       cmocka_unit_test(test_what_is_left_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
