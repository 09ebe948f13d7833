/*
 * Dense and softmax loss as one operation against the two operations: the bits are the same, whatever the sizes,
 * threads and instruction sets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "layer/dense_softmax.h"
#include "support/lab.h"
#include "support/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct sizes {
    size_t steps, lanes, inputs, outputs;
} sizes;

typedef struct way {
    const char *isa;
    size_t threads;
    bool fused, unpacked, bias, fresh, wanted;
    size_t most; /* number of logits that may be kept */
} way;

/* The results of one way of computing. */
typedef struct result {
    double sum;
    real *dx, *dw, *db;
} result;

static ur_dense dense_of(const ur_param *weight, const ur_param *bias, const way *w, real **packed)
{
    ur_dense d = {.inputs = weight->shape[1],
                  .outputs = weight->shape[0],
                  .weight = weight,
                  .bias = bias,
                  .unpacked = w->unpacked};
    *packed = zeros(ur_dense_packed_size(&d, true), sizeof(real));
    ur_dense_place(&d, *packed, true);
    ur_dense_pack(&d, &(ur_turn){.members = 1});
    return d;
}

static double run_loss(lab *l, const ur_dense *d, ur_tensor *x, const int32_t *targets, bool fused, size_t most)
{
    double sum = NAN;
    if (fused)
        assert_int_equal(ur_dense_softmax_loss_within(&l->tape, d, x, targets, 0.3, most, &sum), UR_OK);
    else
        assert_int_equal(ur_softmax_loss(&l->tape, ur_dense_layer(&l->tape, d, x), targets, 0.3, &sum), UR_OK);
    return sum;
}

static result run(const sizes *s, const way *w)
{
    lab l;
    size_t rows = s->steps * s->lanes;
    ur_param *weight = new_param("w", s->outputs, s->inputs), *bias = w->bias ? new_param("b", s->outputs, 0) : NULL;
    fill_random(weight->value, weight->size, 1, 1);
    fill_random(weight->gradient, weight->size, 2, 1); /* nonzero, because gradients are added to */
    if (bias) fill_random(bias->value, bias->size, 3, 1);
    real *dense = random_numbers(rows * s->inputs, 4, 2), *packed;
    int32_t *targets = zeros(rows, sizeof *targets);
    fill_ids(targets, rows, 5, s->outputs);
    for (size_t i = 0; i < rows; i += 7) targets[i] = -1;
    targets[rows - 1] = (int32_t)s->outputs - 1;
    lab_open(&l, w->isa, w->threads);
    ur_dense d = dense_of(weight, bias, w, &packed);
    lab_begin(&l, true);
    ur_tensor *x = ur_tensor_from(&l.tape, dense, s->steps, s->lanes, s->inputs, w->wanted);
    if (!w->fresh) add_gradient(&l, x, dense);
    result r = {.sum = run_loss(&l, &d, x, targets, w->fused, w->most)};
    lab_backward(&l);
    r.dx = w->wanted ? dense_copy(x->gradient, rows, s->inputs) : NULL;
    r.dw = dense_copy(weight->gradient, 1, weight->size);
    r.db = bias ? dense_copy(bias->gradient, 1, bias->size) : NULL;
    lab_close(&l);
    free_param(weight);
    free_param(bias);
    free(packed);
    free(dense);
    free(targets);
    return r;
}

static void free_result(result *r)
{
    free(r->dx);
    free(r->dw);
    free(r->db);
}

static void compare(const sizes *s, way w)
{
    char what[160];
    w.fused = false;
    way fused = w;
    fused.fused = true;
    w.unpacked = false;
    result want = run(s, &w), got = run(s, &fused);
    snprintf(what, sizeof what, "(%zu, %zu, %zu) to %zu, %s, %zu threads%s, %zu kept", s->steps, s->lanes, s->inputs,
             s->outputs, w.isa ? w.isa : "best", w.threads, fused.unpacked ? ", unpacked" : "", w.most);
    if (memcmp(&want.sum, &got.sum, sizeof want.sum) != 0)
        fail_msg("%s: loss %a, expected %a", what, got.sum, want.sum);
    assert_true(want.sum > 0);
    if (w.wanted) assert_same(what, got.dx, want.dx, s->steps * s->lanes * s->inputs);
    assert_same(what, got.dw, want.dw, s->outputs * s->inputs);
    if (w.bias) assert_same(what, got.db, want.db, s->outputs);
    free_result(&want);
    free_result(&got);
}

/* Sizes around every border: a part, a panel, a shard, a row. */
static const sizes SIZES[] = {{1, 1, 7, 1025},    {3, 19, 5, 1024}, {2, 16, 16, 2048},  {4, 33, 21, 3000},
                              {5, 15, 300, 1111}, {2, 3, 1, 40},    {20, 16, 3, 14000}, {51, 41, 5, 2100}};

static void test_sizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++)
        for (size_t threads = 0; threads <= 3; threads++)
            compare(&SIZES[i], (way){.threads = threads,
                                     .most = UR_KEPT_LOGITS,
                                     .unpacked = threads % 2 == 0,
                                     .bias = threads != 3,
                                     .fresh = threads != 2,
                                     .wanted = threads != 1 || i % 2});
}

/* Any number of logits may be kept: none, one part, all but a part, exactly a shard, just less than a shard. */
static void test_kept(void **state)
{
    (void)state;
    static const sizes wide[] = {{3, 33, 21, 5000}, {2, 16, 5, 3000}, {9, 20, 16, 4096}};
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        size_t parts = (wide[i].outputs + 1023) / 1024, part = wide[i].steps * wide[i].lanes * 1040;
        size_t shard = parts * wide[i].steps * 16 * 1040;
        const size_t most[] = {0, part - 1, part, (parts - 1) * part, parts * part - 1, parts * part, shard, shard - 1};
        for (size_t k = 0; k < sizeof most / sizeof most[0]; k++)
            for (size_t threads = 1; threads <= 3; threads++)
                compare(&wide[i], (way){.threads = threads,
                                        .most = most[k],
                                        .unpacked = k % 2 == 0,
                                        .bias = true,
                                        .fresh = threads != 2,
                                        .wanted = threads < 3});
    }
}

static void test_sets(void **state)
{
    (void)state;
    for (size_t k = 0; ur_isa_name(k); k++)
        for (size_t i = 0; i < 6; i++)
            compare(&SIZES[i], (way){ur_isa_name(k), 2, .unpacked = true, .bias = true, .fresh = true, .wanted = true,
                                     .most = UR_KEPT_LOGITS});
}

/* The fused operation gives the same bits for all instruction sets and numbers of threads. */
static void test_equal_bits(void **state)
{
    (void)state;
    const sizes *s = &SIZES[3];
    result want = run(s, &(way){"portable", 0, true, true, true, true, true, 0});
    for (size_t k = 0; ur_isa_name(k); k++)
        for (size_t threads = 1; threads <= 4; threads++) {
            result got =
                run(s, &(way){ur_isa_name(k), threads, true, true, true, true, true, threads % 2 ? 0 : UR_KEPT_LOGITS});
            assert_true(memcmp(&want.sum, &got.sum, sizeof want.sum) == 0);
            assert_same("dx", got.dx, want.dx, s->steps * s->lanes * s->inputs);
            assert_same("dw", got.dw, want.dw, s->outputs * s->inputs);
            assert_same("db", got.db, want.db, s->outputs);
            free_result(&got);
        }
    free_result(&want);
}

/* A tape that does not record computes only the loss, and neither form keeps the logits. */
static void test_memory(void **state)
{
    (void)state;
    enum { STEPS = 64, LANES = 16, INPUTS = 8, OUTPUTS = 30000, ROWS = STEPS * LANES, MOST = 5000000 };
    const sizes s = {STEPS, LANES, INPUTS, OUTPUTS};
    const size_t logits = (size_t)ROWS * OUTPUTS * sizeof(real), kept = MOST * sizeof(real);
    lab l;
    real *packed, *dense = random_numbers(ROWS * INPUTS, 1, 1);
    int32_t *targets = zeros(ROWS, sizeof *targets);
    ur_param *weight = new_param("w", s.outputs, s.inputs);
    fill_random(weight->value, weight->size, 2, 1);
    lab_open(&l, NULL, 2);
    ur_dense d = dense_of(weight, NULL, &(way){.unpacked = true}, &packed);
    double loss[2];
    for (int recording = 0; recording < 2; recording++) {
        lab_begin(&l, recording != 0);
        ur_tensor *x = ur_tensor_from(&l.tape, dense, STEPS, LANES, INPUTS, true);
        loss[recording] = run_loss(&l, &d, x, targets, true, MOST);
        if (recording) lab_backward(&l);
        assert_true(l.arena.peak < (recording ? kept : 0) + logits / 16);
    }
    assert_true(loss[0] == loss[1]);
    lab_close(&l);
    free_param(weight);
    free(packed);
    free(dense);
    free(targets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),      cmocka_unit_test(test_kept),   cmocka_unit_test(test_sets),
        cmocka_unit_test(test_equal_bits), cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
