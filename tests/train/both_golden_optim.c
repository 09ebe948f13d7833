/*
 * Every optimiser for 100 steps, and clipping, against PyTorch (Adagrad, whose epsilon is inside the root here, against
 * numpy).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/golden.h"
#include "support/lab.h"
#include "support/numbers.h"
#include "train/optimizer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { STEPS = 100 };

typedef struct kind {
    const char *name;
    ur_optimizer optimizer;
    bool inside;
} kind;

static const kind KINDS[] = {
    {"sgd", UR_SGD, false},         {"sgd-momentum", UR_SGD, false},      {"sgd-nesterov", UR_SGD, false},
    {"adagrad", UR_ADAGRAD, false}, {"adagrad-inside", UR_ADAGRAD, true}, {"rmsprop", UR_RMSPROP, false},
    {"adam", UR_ADAM, false},       {"adam-l2", UR_ADAM, false},          {"adamw", UR_ADAMW, false},
};

static double option(const golden *g, const kind *k, const char *key, double otherwise)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%s", k->name, key);
    return golden_number(g, name, otherwise);
}

static ur_learning learning_of(const golden *g, const kind *k)
{
    char name[64];
    snprintf(name, sizeof name, "%s.nesterov", k->name);
    return (ur_learning){.optimizer = k->optimizer,
                         .epsilon_inside = k->inside,
                         .rate = option(g, k, "lr", NAN),
                         .momentum = option(g, k, "momentum", 0),
                         .nesterov = strcmp(golden_told_or(g, name, "false"), "true") == 0,
                         .beta1 = option(g, k, "beta1", 0),
                         .beta2 = option(g, k, "beta2", option(g, k, "alpha", 0)),
                         .epsilon = option(g, k, "eps", 0),
                         .weight_decay = option(g, k, "weight_decay", 0)};
}

/* Makes the file's steps with one optimiser. Values after 1, 10 and 100 updates are compared. */
static void run(const golden *g, const kind *k, const lab *l)
{
    char name[64];
    size_t n, all;
    ur_error error = {0};
    ur_learning learning = learning_of(g, k);
    ur_optimizer_state memory;
    snprintf(name, sizeof name, "%s.p0", k->name);
    real *p = golden_values(g, name, &n);
    snprintf(name, sizeof name, "%s.g", k->name);
    real *gradients = golden_values(g, name, &all);
    assert_int_equal(all, STEPS * n);
    assert_int_equal(ur_optimizer_create(&memory, k->optimizer, learning.momentum, n, &error), UR_OK);
    for (size_t step = 1; step <= STEPS; step++) {
        ur_optimizer_update(&memory, &l->compute, &learning, learning.rate, 1, p, gradients + (step - 1) * n);
        if (step != 1 && step != 10 && step != STEPS) continue;
        snprintf(name, sizeof name, "%s.p%zu", k->name, step);
        assert_golden(g, name, p, n);
    }
    assert_int_equal(memory.updates, STEPS);
    ur_optimizer_free(&memory);
    free(p);
    free(gradients);
}

static void test_every_optimiser(void **state)
{
    (void)state;
    golden g = golden_open("optim");
    for (size_t isa = 0; ur_isa_name(isa); isa++) {
        lab l;
        lab_open(&l, ur_isa_name(isa), 2);
        for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) run(&g, &KINDS[i], &l);
        lab_close(&l);
    }
    golden_close(&g);
}

/* Finds the clipped gradient: a step of plain SGD from zero at rate 1 is its negative. */
static void clipped(const lab *l, const ur_learning *clip, double norm, real *gradient, size_t n, real *after)
{
    ur_error error = {0};
    ur_optimizer_state memory;
    ur_learning learning = *clip;
    learning.optimizer = UR_SGD;
    memset(after, 0, n * sizeof(real));
    assert_int_equal(ur_optimizer_create(&memory, UR_SGD, 0, n, &error), UR_OK);
    ur_optimizer_update(&memory, &l->compute, &learning, 1, norm, after, gradient);
    ur_optimizer_free(&memory);
    for (size_t i = 0; i < n; i++) after[i] = -after[i];
}

/* Joins two tensors of the file, as parameters are joined in the block. */
static real *joined(const golden *g, const char *first, const char *second, size_t *n)
{
    size_t a, b;
    real *x = golden_values(g, first, &a), *y = golden_values(g, second, &b), *both = zeros(a + b, sizeof(real));
    memcpy(both, x, a * sizeof(real));
    memcpy(both + a, y, b * sizeof(real));
    free(x);
    free(y);
    *n = a + b;
    return both;
}

static void check_clip_norm(const golden *g, const lab *l, const char *name)
{
    char a[64], b[64];
    size_t n;
    snprintf(a, sizeof a, "%s.a.before", name);
    snprintf(b, sizeof b, "%s.b.before", name);
    real *gradient = joined(g, a, b, &n);
    snprintf(a, sizeof a, "%s.a.after", name);
    snprintf(b, sizeof b, "%s.b.after", name);
    real *want = joined(g, a, b, &n), *got = zeros(n, sizeof(real));
    double *pieces = zeros(ur_gradient_pieces(n), sizeof(double));
    double norm = ur_gradient_norm(&l->compute, gradient, n, pieces);
    real rounded = (real)norm;
    snprintf(a, sizeof a, "%s.norm", name);
    assert_golden(g, a, &rounded, 1);
    snprintf(a, sizeof a, "%s.max", name);
    ur_learning clip = {.clip_norm = golden_number(g, a, NAN)};
    clipped(l, &clip, norm, gradient, n, got);
    assert_near(name, got, want, n, GOLDEN_LIMIT);
    free(gradient);
    free(want);
    free(got);
    free(pieces);
}

static void test_clipping(void **state)
{
    (void)state;
    golden g = golden_open("optim");
    lab l;
    lab_open(&l, NULL, 0);
    check_clip_norm(&g, &l, "clip-norm");
    check_clip_norm(&g, &l, "clip-norm-below");
    size_t n;
    real *gradient = golden_values(&g, "clip-value.before", &n), *after = zeros(n, sizeof(real));
    ur_learning clip = {.clip_value = golden_number(&g, "clip-value.max", NAN)};
    clipped(&l, &clip, 1, gradient, n, after);
    assert_golden(&g, "clip-value.after", after, n);
    free(gradient);
    free(after);
    lab_close(&l);
    golden_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_optimiser), cmocka_unit_test(test_clipping)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
