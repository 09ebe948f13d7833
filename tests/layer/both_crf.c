/*
 * The crf against all sequences of labels: the loss, its gradients and the best sequence, with lanes of many lengths
 * and steps at which any label is right. The bits are the same for any number of threads, and for a lane alone and
 * among others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "layer/crf.h"
#include "loss_run.h"
#include "support/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 5, LANES = 19, LABELS = 3, ROWS = STEPS * LANES };

typedef struct setting {
    ur_param *transitions, *start, *end;
    ur_crf crf;
    real x[ROWS * LABELS];
    int32_t ids[ROWS], lengths[LANES];
} setting;

static void set_up(setting *s, double spread)
{
    s->transitions = new_param("crf.transitions", LABELS, LABELS);
    s->start = new_param("crf.start_transitions", LABELS, 0);
    s->end = new_param("crf.end_transitions", LABELS, 0);
    fill_random(s->transitions->value, s->transitions->size, 1, spread);
    fill_random(s->start->value, s->start->size, 2, spread);
    fill_random(s->end->value, s->end->size, 3, spread);
    s->crf = (ur_crf){LABELS, s->transitions, s->start, s->end};
    fill_random(s->x, ROWS * LABELS, 4, spread);
    fill_ids(s->ids, ROWS, 5, LABELS + 1);
    fill_ids(s->lengths, LANES, 6, STEPS);
    for (size_t i = 0; i < ROWS; i++) s->ids[i]--; /* some become −1: any label is right */
    for (size_t b = 0; b < LANES; b++) s->lengths[b]++;
}

static void tear_down(setting *s)
{
    free_param(s->transitions);
    free_param(s->start);
    free_param(s->end);
}

/* ---- all sequences ------------------------------------------------------------------------------------------------- */

static double score_of(const setting *s, size_t b, const int32_t *labels)
{
    size_t length = (size_t)s->lengths[b];
    double score = (double)s->start->value[labels[0]] + (double)s->end->value[labels[length - 1]];
    for (size_t t = 0; t < length; t++) {
        score += (double)s->x[(t * LANES + b) * LABELS + (size_t)labels[t]];
        if (t) score += (double)s->transitions->value[labels[t - 1] * LABELS + labels[t]];
    }
    return score;
}

/* Writes the n-th sequence of a lane. Returns false after the last one. */
static bool sequence_at(const setting *s, size_t b, size_t n, int32_t *labels)
{
    for (int32_t t = 0; t < s->lengths[b]; t++, n /= LABELS) labels[t] = (int32_t)(n % LABELS);
    return n == 0;
}

static bool is_given(const setting *s, size_t b, const int32_t *labels)
{
    for (size_t t = 0; t < (size_t)s->lengths[b]; t++) {
        int32_t id = s->ids[t * LANES + b];
        if (id >= 0 && id != labels[t]) return false;
    }
    return true;
}

/*
 * Returns Σ exp(score) over the sequences with `label` at step t and `next` at step t + 1. t = −1 and next = −1 mean
 * any label. If `given`, only sequences that agree with the given labels count.
 */
static double sum_of(const setting *s, size_t b, bool given, int32_t t, int32_t label, int32_t next)
{
    int32_t labels[STEPS];
    double sum = 0;
    for (size_t n = 0; sequence_at(s, b, n, labels); n++) {
        if (given && !is_given(s, b, labels)) continue;
        if (t >= 0 && labels[t] != label) continue;
        if (next >= 0 && labels[t + 1] != next) continue;
        sum += exp(score_of(s, b, labels));
    }
    return sum;
}

/* Returns the probability of these labels among all sequences, minus their probability among the given ones. */
static double slope_of(const setting *s, size_t b, int32_t t, int32_t label, int32_t next)
{
    return sum_of(s, b, false, t, label, next) / sum_of(s, b, false, -1, 0, -1) -
           sum_of(s, b, true, t, label, next) / sum_of(s, b, true, -1, 0, -1);
}

/* ---- the loss ------------------------------------------------------------------------------------------------------ */

typedef struct result {
    double sum;
    size_t count;
    real d[ROWS * LABELS], d_transitions[LABELS * LABELS], d_start[LABELS], d_end[LABELS];
} result;

static void take(const ur_param *param, real *gradient)
{
    memcpy(gradient, param->gradient, param->size * sizeof *gradient);
    memset(param->gradient, 0, param->size * sizeof *gradient);
}

/* Runs `lanes` lanes, beginning with `lane`. */
static result run(const setting *s, size_t threads, size_t lane, size_t lanes)
{
    result r = {0};
    static real x[ROWS * LABELS];
    static int32_t ids[ROWS];
    for (size_t t = 0; t < STEPS; t++) {
        memcpy(x + t * lanes * LABELS, s->x + (t * LANES + lane) * LABELS, lanes * LABELS * sizeof *x);
        memcpy(ids + t * lanes, s->ids + t * LANES + lane, lanes * sizeof *ids);
    }
    ur_targets targets = {STEPS, lanes, LABELS, STEPS, .ids = ids, .lengths = s->lengths + lane, .crf = &s->crf};
    loss_run one = run_loss(&ur_loss_crf, NULL, threads, x, targets);
    r.sum = one.sum;
    r.count = one.count;
    memcpy(r.d, one.d, STEPS * lanes * LABELS * sizeof *r.d);
    take(s->transitions, r.d_transitions);
    take(s->start, r.d_start);
    take(s->end, r.d_end);
    free(one.d);
    return r;
}

static void check_slopes(const setting *s, const result *r)
{
    real want[ROWS * LABELS] = {0}, pairs[LABELS * LABELS] = {0}, start[LABELS] = {0}, end[LABELS] = {0};
    for (int32_t b = 0; b < LANES; b++)
        for (int32_t t = 0; t < s->lengths[b]; t++)
            for (int32_t i = 0; i < LABELS; i++) {
                real slope = (real)slope_of(s, (size_t)b, t, i, -1);
                want[(t * LANES + b) * LABELS + i] = slope;
                if (t == 0) start[i] += slope;
                if (t + 1 == s->lengths[b]) end[i] += slope;
                for (int32_t k = 0; t + 1 < s->lengths[b] && k < LABELS; k++)
                    pairs[i * LABELS + k] += (real)slope_of(s, (size_t)b, t, i, k);
            }
    assert_near("x", r->d, want, ROWS * LABELS, GOLDEN_LIMIT);
    assert_near("transitions", r->d_transitions, pairs, LABELS * LABELS, GOLDEN_LIMIT);
    assert_near("start", r->d_start, start, LABELS, GOLDEN_LIMIT);
    assert_near("end", r->d_end, end, LABELS, GOLDEN_LIMIT);
}

static void test_all_sequences(void **state)
{
    (void)state;
    setting s;
    double want = 0;
    size_t count = 0;
    set_up(&s, 1.5);
    result r = run(&s, 2, 0, LANES);
    for (size_t b = 0; b < LANES; b++) {
        want += log(sum_of(&s, b, false, -1, 0, -1)) - log(sum_of(&s, b, true, -1, 0, -1));
        for (size_t t = 0; t < (size_t)s.lengths[b]; t++) count += s.ids[t * LANES + b] >= 0;
    }
    assert_true(fabs(r.sum - want) < 1e-10 * want);
    assert_int_equal(r.count, count);
    check_slopes(&s, &r);
    tear_down(&s);
}

/* Scores so large that no number could hold the sum of their exponentials. */
static void test_large_scores(void **state)
{
    (void)state;
    setting s;
    set_up(&s, 200);
    result r = run(&s, 2, 0, LANES);
    assert_true(isfinite(r.sum) && r.sum > 0);
    for (size_t i = 0; i < ROWS * LABELS; i++) assert_true(fabs((double)r.d[i]) <= 1 + 1e-9);
    tear_down(&s);
}

static void assert_same_result(const result *a, const result *b)
{
    assert_true(a->sum == b->sum);
    assert_same("x", a->d, b->d, ROWS * LABELS);
    assert_same("transitions", a->d_transitions, b->d_transitions, LABELS * LABELS);
    assert_same("start", a->d_start, b->d_start, LABELS);
    assert_same("end", a->d_end, b->d_end, LABELS);
}

static void test_threads_change_nothing(void **state)
{
    (void)state;
    setting s;
    set_up(&s, 1.5);
    result one = run(&s, 1, 0, LANES);
    for (size_t threads = 2; threads < 5; threads++) {
        result more = run(&s, threads, 0, LANES);
        assert_same_result(&more, &one);
    }
    tear_down(&s);
}

static void test_a_lane_alone(void **state)
{
    (void)state;
    setting s;
    set_up(&s, 1.5);
    result all = run(&s, 2, 0, LANES);
    for (size_t b = 0; b < LANES; b++) {
        result one = run(&s, 1, b, 1);
        for (size_t t = 0; t < STEPS; t++)
            assert_same("a lane", one.d + t * LABELS, all.d + (t * LANES + b) * LABELS, LABELS);
    }
    tear_down(&s);
}

/* ---- the best sequence --------------------------------------------------------------------------------------------- */

static void test_the_best_sequence(void **state)
{
    (void)state;
    setting s;
    ur_error error;
    set_up(&s, 1.5);
    for (size_t b = 0; b < LANES; b++) {
        int32_t labels[STEPS], best[STEPS] = {0}, got[2 * STEPS];
        double top = -INFINITY;
        for (size_t n = 0; sequence_at(&s, b, n, labels); n++) {
            if (!(score_of(&s, b, labels) > top)) continue;
            top = score_of(&s, b, labels);
            memcpy(best, labels, sizeof best);
        }
        ok(ur_crf_best(&s.crf, s.x + b * LABELS, LANES * LABELS, (size_t)s.lengths[b], got, 2, &error), &error);
        for (size_t t = 0; t < (size_t)s.lengths[b]; t++) assert_int_equal(got[2 * t], best[t]);
    }
    tear_down(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_sequences),          cmocka_unit_test(test_large_scores),
        cmocka_unit_test(test_threads_change_nothing), cmocka_unit_test(test_a_lane_alone),
        cmocka_unit_test(test_the_best_sequence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
