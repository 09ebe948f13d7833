/*
 * The gradients of glimpses: those of the cross-entropy and of the baseline against finite differences, and REINFORCE
 * against the gradient of the exact expectation, in a picture with few places to look at.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "glimpse_lab.h"
#include "support/gradcheck.h"
#include "support/numbers.h"

#include <math.h>
#include <stdlib.h>

enum { LANES = 3, GLIMPSES = 3, ROWS = 6, COLUMNS = 5, LABELS = 3 };

static const int32_t labels[] = {2, 0, 1};

typedef struct setting {
    glimpse_lab at;
    real picture[LANES * ROWS * COLUMNS], noise[GLIMPSES * LANES * 2];
} setting;

static void open_setting(setting *s, bool soft)
{
    const ur_glimpse_net net = {.glimpses = GLIMPSES,
                                .labels = LABELS,
                                .rows = ROWS,
                                .columns = COLUMNS,
                                .size = 2,
                                .scales = soft ? 1 : 2,
                                .soft = soft,
                                .spread = 0.2};
    glimpse_lab_open(&s->at, net, "lstm 6", NULL);
    fill_random(s->at.model->values, s->at.model->numbers, 1, 0.7);
    fill_random(s->picture, LANES * ROWS * COLUMNS, 2, 1);
    fill_random(s->noise, GLIMPSES * LANES * 2, 3, 1.5);
    s->at.picture = s->picture;
    s->at.noise = s->noise;
    s->at.labels = labels;
    s->at.lanes = LANES;
}

static bool belongs_to(const ur_param *p, const char *line) { return strncmp(p->name, line, strlen(line)) == 0; }

/* Returns the probability of the right label after glimpse t. */
static double probability(const glimpse_lab *g, size_t t, size_t b)
{
    const ur_tensor *y = g->looking.at[t].logits;
    const real *row = y->value + b * y->row;
    double sum = 0;
    for (size_t i = 0; i < y->width; i++) sum += exp((double)row[i]);
    return exp((double)row[g->labels[b]]) / sum;
}

/* Returns −log of the probability of the right label after glimpse t, summed over the lanes. */
static double surprise(const glimpse_lab *g, size_t t)
{
    double all = 0;
    for (size_t b = 0; b < g->lanes; b++) all -= log(probability(g, t, b));
    return all;
}

/* Returns the mean loss of the last answer, plus the mean loss of all earlier answers. */
static double cross_entropy(void *context)
{
    glimpse_lab *g = context;
    const double lanes = (double)g->lanes;
    double last = glimpse_lab_learn(g, 1), before = 0;
    assert_true(fabs(last - surprise(g, g->net.glimpses - 1) / lanes) < 1e-12);
    for (size_t t = 0; t + 1 < g->net.glimpses; t++) before += surprise(g, t);
    return last + before / (lanes * (double)(g->net.glimpses - 1));
}

static void check_param(glimpse_lab *g, const ur_param *p, objective *f)
{
    real *gradient = dense_copy(p->gradient, 1, p->size);
    check_gradient(p->name, p->value, gradient, p->size, f, g);
    free(gradient);
}

static void learn(glimpse_lab *g)
{
    memset(g->model->gradients, 0, g->model->numbers * sizeof *g->model->gradients);
    glimpse_lab_learn(g, 1);
    lab_backward(&g->lab);
}

/* With soft glimpses every parameter has a gradient, including the place to look at. */
static void test_soft(void **state)
{
    (void)state;
    setting s;
    open_setting(&s, true);
    learn(&s.at);
    for (size_t i = 0; i < s.at.model->param_count; i++) check_param(&s.at, &s.at.model->params[i], cross_entropy);
    glimpse_lab_close(&s.at);
}

/* Makes the place to look at independent of what is seen: the line `place` always gives the same. */
static void hold_place(glimpse_lab *g)
{
    const ur_param *weight = glimpse_lab_param(g, "place.out.weight");
    memset(weight->value, 0, weight->size * sizeof *weight->value);
}

/* The gradient of the cross-entropy, for all lines but place and baseline, which have losses of their own. */
static void test_hard(void **state)
{
    (void)state;
    setting s;
    open_setting(&s, false);
    hold_place(&s.at);
    learn(&s.at);
    for (size_t i = 0; i < s.at.model->param_count; i++) {
        const ur_param *p = &s.at.model->params[i];
        if (!belongs_to(p, "place") && !belongs_to(p, "baseline")) check_param(&s.at, p, cross_entropy);
    }
    glimpse_lab_close(&s.at);
}

/* ---- The baseline ------------------------------------------------------------------------------------------------- */

/* Returns the probability of the right label, averaged over the answers from glimpse t on. */
static double expectation(const glimpse_lab *g, size_t t, size_t b)
{
    double sum = 0;
    for (size_t i = t; i < g->net.glimpses; i++) sum += probability(g, i, b);
    return sum / (double)(g->net.glimpses - t);
}

/* Returns the baseline's mean squared error. */
static double baseline_error(void *context)
{
    glimpse_lab *g = context;
    double sum = 0;
    glimpse_lab_learn(g, 1);
    for (size_t t = 1; t < g->net.glimpses; t++)
        for (size_t b = 0; b < g->lanes; b++) {
            const ur_tensor *expected = g->looking.at[t].expected;
            double off = (double)expected->value[b * expected->row] - expectation(g, t, b);
            sum += off * off;
        }
    return sum / (double)(g->lanes * (g->net.glimpses - 1));
}

static void test_baseline(void **state)
{
    (void)state;
    setting s;
    open_setting(&s, false);
    hold_place(&s.at);
    learn(&s.at);
    check_param(&s.at, glimpse_lab_param(&s.at, "baseline.out.weight"), baseline_error);
    check_param(&s.at, glimpse_lab_param(&s.at, "baseline.out.bias"), baseline_error);
    glimpse_lab_close(&s.at);
}

/* ---- REINFORCE ---------------------------------------------------------------------------------------------------- */

/*
 * A picture of 1 x 4 pixels, of which the second and the last are white. The answer after the second glimpse is sure if
 * that glimpse saw white, and unsure otherwise. The glimpse looks at x near 0.1 with σ = 0.4: P(white) = P(−½ ≤ x < 0)
 * + P(½ ≤ x < 1), whose gradient is exact.
 */
enum { TRIES = 20000 };
static const double MEAN = 0.1, SPREAD = 0.4, SURE = 3;

static double normal_below(double x) { return 0.5 * erfc(-x / sqrt(2)); }

/* Returns the number below which this share of N(0, 1) lies. */
static double normal_at(double share)
{
    double low = -10, high = 10;
    for (int i = 0; i < 80; i++) {
        double middle = (low + high) / 2;
        *(normal_below(middle) < share ? &low : &high) = middle;
    }
    return low;
}

static double density(double x) { return exp(-x * x / 2) / sqrt(2 * 3.14159265358979323846); }

static double slope_between(double from, double to)
{
    return (density((from - MEAN) / SPREAD) - density((to - MEAN) / SPREAD)) / SPREAD;
}

static void set(glimpse_lab *g, const char *name, size_t i, double value)
{
    glimpse_lab_param(g, name)->value[i] = (real)value;
}

/* The white of the glimpse goes through the lines glimpse, core and answer. All other weights are zeros. */
static void open_toy(glimpse_lab *g)
{
    const ur_glimpse_net net = {
        .glimpses = 2, .labels = 2, .rows = 1, .columns = 4, .size = 1, .scales = 1, .spread = SPREAD};
    glimpse_lab_open(g, net, "dense 2", NULL);
    memset(g->model->values, 0, g->model->numbers * sizeof *g->model->values);
    set(g, "glimpse.out.weight", 0, 1);
    set(g, "core.out.weight", 0, 1);
    set(g, "answer.out.weight", 2, SURE); /* the logit of the second label, from the core's first number */
    set(g, "place.out.bias", 0, MEAN);
    set(g, "place.out.bias", 1, -1);
}

/* Returns the gradient of the place's x. Each try has the same share of the probability. */
static double toy_gradient(glimpse_lab *g, double baseline)
{
    real *picture = zeros(TRIES * 4, sizeof *picture), *noise = zeros(2 * TRIES * 2, sizeof *noise);
    int32_t *label = zeros(TRIES, sizeof *label);
    for (size_t b = 0; b < TRIES; b++) {
        picture[4 * b + 1] = picture[4 * b + 3] = 1;
        label[b] = 1;
        noise[2 * (TRIES + b)] = (real)normal_at(((double)b + 0.5) / TRIES);
    }
    set(g, "baseline.out.bias", 0, baseline);
    g->picture = picture, g->noise = noise, g->labels = label, g->lanes = TRIES;
    learn(g);
    free(picture);
    free(noise);
    free(label);
    return (double)glimpse_lab_param(g, "place.out.bias")->gradient[0];
}

/*
 * The tries cut the distribution into slices of equal probability. A slice with a border of white inside counts as
 * white or not as a whole, so at most half of its share is wrong. Its part of the gradient is gain·(border −
 * MEAN)/σ²/TRIES.
 */
static double most_off(double gain)
{
    static const double BORDERS[] = {-0.5, 0, 0.5, 1};
    double sum = 0;
    for (int i = 0; i < 4; i++) sum += fabs(BORDERS[i] - MEAN) / (SPREAD * SPREAD);
    return gain * sum / 2 / TRIES;
}

static void test_reinforce(void **state)
{
    (void)state;
    glimpse_lab g;
    open_toy(&g);
    const double better = 1 / (1 + exp(-SURE * tanh(1))) - 0.5; /* gain in probability if it saw white */
    const double exact = better * (slope_between(-0.5, 0) + slope_between(0.5, 1));
    assert_true(fabs(exact) > 0.04);
    for (int i = 0; i < 3; i++) {
        double gradient = toy_gradient(&g, 0.4 * i);
        if (fabs(gradient + exact) > most_off(better))
            fail_msg("baseline %g: gradient %.6f of the loss, where that of the expectation is %.6f", 0.4 * i, gradient,
                     exact);
    }
    glimpse_lab_close(&g);
}

/* Beyond the border there is nothing to try: the place is drawn back to the border. */
static void test_drawn_back(void **state)
{
    (void)state;
    glimpse_lab g;
    open_toy(&g);
    set(&g, "answer.out.weight", 2, 0);
    set(&g, "place.out.bias", 0, 1.3);
    set(&g, "place.out.bias", 1, -0.9);
    toy_gradient(&g, 0.5);
    const real *gradient = glimpse_lab_param(&g, "place.out.bias")->gradient;
    assert_true(fabs((double)gradient[0] - 0.3 / SPREAD) < 1e-9);
    assert_true(gradient[1] == 0);
    glimpse_lab_close(&g);
}

/* The policy's gradient is multiplied by its weight. No other gradient is. */
static void test_policy_weight(void **state)
{
    (void)state;
    setting s;
    real kept[2];
    open_setting(&s, false);
    for (int i = 0; i < 2; i++) {
        memset(s.at.model->gradients, 0, s.at.model->numbers * sizeof *s.at.model->gradients);
        glimpse_lab_learn(&s.at, i ? 8 : 0);
        lab_backward(&s.at.lab);
        kept[i] = glimpse_lab_param(&s.at, "core.rnn.weight_hh_l0")->gradient[3];
        const real *place = glimpse_lab_param(&s.at, "place.out.bias")->gradient;
        assert_true((place[0] != 0) == (i == 1));
    }
    assert_true(kept[0] == kept[1] && kept[0] != 0);
    glimpse_lab_close(&s.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_soft),       cmocka_unit_test(test_hard),
                                       cmocka_unit_test(test_baseline),   cmocka_unit_test(test_reinforce),
                                       cmocka_unit_test(test_drawn_back), cmocka_unit_test(test_policy_weight)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
