/*
 * CTC against all paths: the loss, its gradient and the most probable path, with lanes and targets of many lengths,
 * equal neighbours and empty targets. Also in long sequences. The bits are the same for any number of threads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "layer/ctc.h"
#include "loss_run.h"
#include "support/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEPS = 6,
    LANES = 19,
    LABELS = 3,
    WIDTH = LABELS + 1,
    BLANK = LABELS,
    MOST = 4,
    NUMBERS = STEPS * LANES * WIDTH
};

typedef struct setting {
    real x[NUMBERS];
    int32_t ids[MOST * LANES], ends[LANES], lengths[LANES];
} setting;

/* Each lane gets as many labels as fit into its steps, or fewer. */
static void set_up(setting *s, double spread)
{
    fill_random(s->x, NUMBERS, 1, spread);
    fill_ids(s->ids, MOST * LANES, 2, LABELS);
    fill_ids(s->ends, LANES, 3, STEPS);
    fill_ids(s->lengths, LANES, 4, MOST + 1);
    for (size_t b = 0; b < LANES; b++) {
        s->ends[b]++;
        while (ur_ctc_steps(s->ids + b, LANES, (size_t)s->lengths[b]) > (size_t)s->ends[b]) s->lengths[b]--;
    }
}

/* ---- all paths ------------------------------------------------------------------------------------------------------ */

static void find_probabilities(const setting *s, size_t b, double p[STEPS][WIDTH])
{
    for (size_t t = 0; t < STEPS; t++) {
        double sum = 0;
        for (size_t k = 0; k < WIDTH; k++) sum += p[t][k] = exp((double)s->x[(t * LANES + b) * WIDTH + k]);
        for (size_t k = 0; k < WIDTH; k++) p[t][k] /= sum;
    }
}

/* Writes the n-th path of a lane. Returns false after the last one. */
static bool path_at(const setting *s, size_t b, size_t n, int32_t path[STEPS])
{
    for (int32_t t = 0; t < s->ends[b]; t++, n /= WIDTH) path[t] = (int32_t)(n % WIDTH);
    return n == 0;
}

/* Writes the labels of a path by the definition: first merge equal neighbours, then drop blanks. */
static size_t say(const int32_t *path, size_t steps, int32_t *said)
{
    int32_t apart[STEPS];
    size_t kept = 0, count = 0;
    for (size_t t = 0; t < steps; t++)
        if (t == 0 || path[t] != path[t - 1]) apart[kept++] = path[t];
    for (size_t i = 0; i < kept; i++)
        if (apart[i] != BLANK) said[count++] = apart[i];
    return count;
}

static bool says_target(const setting *s, size_t b, const int32_t path[STEPS])
{
    int32_t said[STEPS];
    size_t count = say(path, (size_t)s->ends[b], said);
    if (count != (size_t)s->lengths[b]) return false;
    for (size_t i = 0; i < count; i++)
        if (said[i] != s->ids[i * LANES + b]) return false;
    return true;
}

/* Returns p(y) of a lane. through: the part of p(y) from paths with each label at each step. */
static double sum_paths(const setting *s, size_t b, double through[STEPS][WIDTH])
{
    double p[STEPS][WIDTH], all = 0;
    int32_t path[STEPS];
    find_probabilities(s, b, p);
    memset(through, 0, STEPS * sizeof *through);
    for (size_t n = 0; path_at(s, b, n, path); n++) {
        double product = 1;
        if (!says_target(s, b, path)) continue;
        for (int32_t t = 0; t < s->ends[b]; t++) product *= p[t][path[t]];
        for (int32_t t = 0; t < s->ends[b]; t++) through[t][path[t]] += product;
        all += product;
    }
    for (size_t t = 0; t < (size_t)s->ends[b]; t++)
        for (size_t k = 0; k < WIDTH; k++) through[t][k] = p[t][k] - through[t][k] / all;
    return all;
}

/* ---- the loss ------------------------------------------------------------------------------------------------------- */

static loss_run run(const setting *s, size_t threads)
{
    return run_loss(&ur_loss_ctc, NULL, threads, s->x,
                    (ur_targets){.steps = STEPS,
                                 .lanes = LANES,
                                 .width = WIDTH,
                                 .given = MOST,
                                 .ids = s->ids,
                                 .ends = s->ends,
                                 .lengths = s->lengths});
}

static void test_all_paths(void **state)
{
    (void)state;
    setting s;
    double want = 0, through[STEPS][WIDTH];
    static real d[NUMBERS];
    size_t count = 0, empty = 0;
    set_up(&s, 1.5);
    loss_run r = run(&s, 2);
    for (size_t b = 0; b < LANES; b++) {
        want -= log(sum_paths(&s, b, through));
        count += (size_t)s.lengths[b];
        empty += s.lengths[b] == 0;
        for (size_t t = 0; t < STEPS; t++)
            for (size_t k = 0; k < WIDTH; k++) d[(t * LANES + b) * WIDTH + k] = (real)through[t][k];
    }
    assert_true(fabs(r.sum - want) < 1e-10 * want && empty > 0);
    assert_int_equal(r.count, count);
    assert_near("x", r.d, d, NUMBERS, GOLDEN_LIMIT);
    free(r.d);
}

/* A sequence whose probability is too small for a double, whose smallest number is e^-745. */
static void test_long_sequences(void **state)
{
    (void)state;
    enum { LONG = 900, LONG_LABELS = 400 };
    real *x = random_numbers(LONG * WIDTH, 5, 6);
    int32_t *ids = zeros(LONG_LABELS, sizeof *ids);
    fill_ids(ids, LONG_LABELS, 6, LABELS);
    loss_run r = run_loss(&ur_loss_ctc, NULL, 1, x,
                          (ur_targets){.steps = LONG, .lanes = 1, .width = WIDTH, .given = LONG_LABELS, .ids = ids});
    assert_true(isfinite(r.sum) && r.sum > 900);
    for (size_t t = 0; t < LONG; t++) {
        double sum = 0;
        for (size_t k = 0; k < WIDTH; k++) sum += (double)r.d[t * WIDTH + k];
        assert_true(fabs(sum) < 1e-5); /* the sums of p and of the shares are both 1, so their difference is 0 */
    }
    free(r.d);
    free(ids);
    free(x);
}

static void test_threads_change_nothing(void **state)
{
    (void)state;
    setting s;
    set_up(&s, 1.5);
    loss_run one = run(&s, 0);
    for (size_t threads = 1; threads < 5; threads++) {
        loss_run more = run(&s, threads);
        assert_true(more.sum == one.sum);
        assert_same("x", more.d, one.d, NUMBERS);
        free(more.d);
    }
    free(one.d);
}

/* ---- the most probable path ------------------------------------------------------------------------------------ */

static void test_the_likeliest_path(void **state)
{
    (void)state;
    setting s;
    size_t found = 0;
    set_up(&s, 1.5);
    for (size_t b = 0; b < LANES; b++) {
        double p[STEPS][WIDTH], top = 0;
        int32_t path[STEPS], said[STEPS], got[2 * STEPS];
        size_t count = 0;
        find_probabilities(&s, b, p);
        for (size_t n = 0; path_at(&s, b, n, path); n++) {
            double product = 1;
            for (int32_t t = 0; t < s.ends[b]; t++) product *= p[t][path[t]];
            if (product > top) count = say(path, (size_t)s.ends[b], said);
            if (product > top) top = product;
        }
        size_t length = (size_t)s.ends[b];
        assert_int_equal(ur_ctc_best(s.x + b * WIDTH, WIDTH, LANES * WIDTH, length, got, 2), count);
        for (size_t i = 0; i < count; i++) assert_int_equal(got[2 * i], said[i]);
        found += count;
    }
    assert_true(found > 0);
}

static void test_steps_of_a_target(void **state)
{
    (void)state;
    const int32_t ids[] = {1, 9, 1, 9, 0, 9, 0, 9, 0, 9};
    assert_int_equal(ur_ctc_steps(ids, 2, 5), 8);
    assert_int_equal(ur_ctc_steps(ids, 1, 5), 5);
    assert_int_equal(ur_ctc_steps(ids, 2, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_paths),
        cmocka_unit_test(test_long_sequences),
        cmocka_unit_test(test_threads_change_nothing),
        cmocka_unit_test(test_the_likeliest_path),
        cmocka_unit_test(test_steps_of_a_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
