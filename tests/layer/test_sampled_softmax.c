/*
 * The sampled softmax: the same bits everywhere, a different sample in each update, and an estimate that is right on
 * average.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/lab.h"
#include "support/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct sizes {
    size_t steps, lanes, inputs, outputs, candidates;
} sizes;

typedef struct result {
    double sum;
    real *dx, *dw, *db;
} result;

typedef struct setting {
    ur_param *weight, *bias;
    ur_dense dense;
    real *x, *packed;
    int32_t *targets;
    uint64_t *counts;
    ur_sampler sampler;
} setting;

static void set_up(setting *s, const sizes *n, bool bias)
{
    size_t rows = n->steps * n->lanes;
    *s =
        (setting){.weight = new_param("w", n->outputs, n->inputs), .bias = bias ? new_param("b", n->outputs, 0) : NULL};
    s->dense =
        (ur_dense){.inputs = n->inputs, .outputs = n->outputs, .weight = s->weight, .bias = s->bias, .unpacked = true};
    s->packed = zeros(ur_dense_packed_size(&s->dense, true), sizeof(real));
    s->x = random_numbers(rows * n->inputs, 1, 1);
    s->targets = zeros(rows, sizeof *s->targets);
    fill_random(s->weight->value, s->weight->size, 2, 1);
    fill_random(s->weight->gradient, s->weight->size, 3, 1);
    if (bias) fill_random(s->bias->value, s->bias->size, 4, 1);
    fill_ids(s->targets, rows, 5, n->outputs);
    for (size_t i = 4; i < rows; i += 5) s->targets[i] = -1;
    s->counts = zeros(n->outputs, sizeof *s->counts);
    for (size_t i = 0; i < n->outputs; i++) s->counts[i] = i % 10 ? i % 7 : 1000 * i; /* a few are frequent */
    s->sampler = (ur_sampler){n->outputs, n->candidates, zeros(n->outputs + 1, sizeof(uint64_t))};
    ur_sampler_fill(&s->sampler, bias ? s->counts : NULL);
    ur_dense_place(&s->dense, s->packed, true);
    ur_dense_pack(&s->dense, &(ur_turn){.members = 1});
}

static void tear_down(setting *s)
{
    free_param(s->weight);
    free_param(s->bias);
    free(s->packed);
    free(s->x);
    free(s->targets);
    free(s->counts);
    free(s->sampler.place);
}

static ur_tensor *begin(lab *l, const setting *s, const sizes *n, uint64_t step)
{
    lab_begin(l, true);
    l->tape.seed = 3;
    l->tape.step = step;
    return ur_tensor_from(&l->tape, s->x, n->steps, n->lanes, n->inputs, true);
}

static double loss_at(lab *l, const setting *s, const sizes *n, uint64_t step)
{
    double sum = NAN;
    ur_tensor *x = begin(l, s, n, step);
    assert_int_equal(ur_sampled_softmax_loss(&l->tape, &s->dense, x, s->targets, &s->sampler, 0.3, &sum), UR_OK);
    return sum;
}

static result run(const sizes *n, const char *isa, size_t threads, bool bias)
{
    lab l;
    setting s;
    set_up(&s, n, bias);
    lab_open(&l, isa, threads);
    result r = {.sum = NAN};
    ur_tensor *x = begin(&l, &s, n, 7);
    assert_int_equal(ur_sampled_softmax_loss(&l.tape, &s.dense, x, s.targets, &s.sampler, 0.3, &r.sum), UR_OK);
    lab_backward(&l);
    r.dx = dense_copy(x->gradient, n->steps * n->lanes, n->inputs);
    r.dw = dense_copy(s.weight->gradient, 1, s.weight->size);
    r.db = bias ? dense_copy(s.bias->gradient, 1, s.bias->size) : NULL;
    lab_close(&l);
    tear_down(&s);
    return r;
}

static void free_result(result *r)
{
    free(r->dx);
    free(r->dw);
    free(r->db);
}

static const sizes SIZES[] = {{3, 19, 5, 100, 1},      {3, 19, 17, 100, 40}, {2, 33, 16, 3000, 2999},
                              {4, 16, 21, 5000, 1500}, {1, 1, 7, 40, 40},    {101, 41, 4, 9000, 2100}};

static void test_equal_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        const sizes *n = &SIZES[i];
        bool bias = i % 2 == 0;
        result want = run(n, "portable", 0, bias);
        assert_true(isfinite(want.sum) && want.sum > 0);
        for (size_t k = 0; ur_isa_name(k); k++)
            for (size_t threads = 1; threads <= 3; threads++) {
                result got = run(n, ur_isa_name(k), threads, bias);
                assert_true(memcmp(&want.sum, &got.sum, sizeof want.sum) == 0);
                assert_same("dx", got.dx, want.dx, n->steps * n->lanes * n->inputs);
                assert_same("dw", got.dw, want.dw, n->outputs * n->inputs);
                if (bias) assert_same("db", got.db, want.db, n->outputs);
                free_result(&got);
            }
        free_result(&want);
    }
}

/*
 * In one row, e^loss is Σ exp(logits) over exp(target's logit). Its mean over many updates equals that of the whole
 * softmax, within four standard errors.
 */
static void check_estimate(bool counted)
{
    enum { SAMPLES = 4000 };
    const sizes n = {1, 1, 8, 300, 100};
    lab l;
    setting s;
    double whole = NAN, sum = 0, squares = 0;
    set_up(&s, &n, true);
    if (!counted) ur_sampler_fill(&s.sampler, NULL);
    lab_open(&l, NULL, 0);
    s.targets[0] = 17;
    ur_tensor *x = begin(&l, &s, &n, 0);
    assert_int_equal(ur_dense_softmax_loss(&l.tape, &s.dense, x, s.targets, 1, &whole), UR_OK);
    for (uint64_t step = 0; step < SAMPLES; step++) {
        double estimate = exp(loss_at(&l, &s, &n, step));
        sum += estimate;
        squares += estimate * estimate;
    }
    double mean = sum / SAMPLES, error = sqrt((squares / SAMPLES - mean * mean) / SAMPLES);
    assert_true(error > 0 && error < 0.01 * exp(whole));
    if (fabs(mean - exp(whole)) > 4 * error) fail_msg("mean %g, expected %g ± %g", mean, exp(whole), error);
    lab_close(&l);
    tear_down(&s);
}

static void test_estimate(void **state)
{
    (void)state;
    check_estimate(true);
    check_estimate(false);
}

/*
 * The probabilities add up to the number of candidates, and none is more than 1. Frequent outputs are always drawn, and
 * the rarer of two outputs is never the more probable one.
 */
static void check_sampler(const uint64_t *counts, size_t outputs, size_t candidates)
{
    ur_sampler s = {outputs, candidates, zeros(outputs + 1, sizeof(uint64_t))};
    ur_sampler_fill(&s, counts);
    uint64_t one = (uint64_t)1 << 32, least = one;
    assert_true(s.place[0] == 0 && s.place[outputs] == (uint64_t)candidates * one);
    for (size_t i = 0; i < outputs; i++) {
        uint64_t width = s.place[i + 1] - s.place[i];
        assert_true(s.place[i + 1] >= s.place[i] && width <= one);
        if (width < least) least = width;
        if (counts && i > 16) assert_true(width + outputs >= s.place[3] - s.place[2] || counts[i] < counts[2]);
    }
    assert_true(least > 0);
    if (counts && candidates > 4) assert_true(s.place[1] == one);
    free(s.place);
}

static void test_sampler(void **state)
{
    (void)state;
    uint64_t counts[500];
    for (size_t i = 0; i < 500; i++) counts[i] = i ? 10000 / i : 100000000;
    for (size_t candidates = 1; candidates <= 500; candidates += candidates < 490 ? 7 : 1) {
        check_sampler(counts, 500, candidates);
        check_sampler(NULL, 500, candidates);
    }
}

/* Different updates draw different samples. Repeating an update draws the same sample. */
static void test_samples(void **state)
{
    (void)state;
    lab l;
    setting s;
    set_up(&s, &SIZES[1], true);
    lab_open(&l, NULL, 2);
    double first = loss_at(&l, &s, &SIZES[1], 0), second = loss_at(&l, &s, &SIZES[1], 1);
    assert_true(first != second && first == loss_at(&l, &s, &SIZES[1], 0));
    lab_close(&l);
    tear_down(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_bits),
        cmocka_unit_test(test_estimate),
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_sampler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
