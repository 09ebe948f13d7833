/* Gradients of every operation that is not a cell: embedding, dense, last, dropout and the losses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "layer/loss.h"
#include "support/gradcheck.h"
#include "support/lab.h"
#include "support/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 4, LANES = 19, INPUTS = 5, OUTPUTS = 18, SYMBOLS = 7, ROWS = STEPS * LANES };

/* x (T, B, INPUTS) goes through a chain of operations. The objective is Σ result·d, or a loss. */
typedef struct setting setting;
typedef ur_tensor *chain(setting *s, ur_tensor *x);
typedef double loss(setting *s, ur_tensor *y);

struct setting {
    lab lab;
    chain *chain;
    loss *loss; /* NULL: Σ y·d */
    real *x, *d;
    ur_tensor *x_tensor, *more[2];
    ur_param *embedding, *weight, *bias;
    ur_dense dense;
    real *packed;
    int32_t ids[ROWS], targets[ROWS], lengths[LANES];
    real target_values[ROWS * OUTPUTS];
    bool same;
};

static void set_up(setting *s, chain *operations, loss *criterion)
{
    memset(s, 0, sizeof *s);
    lab_open(&s->lab, NULL, 2);
    s->chain = operations;
    s->loss = criterion;
    s->x = random_numbers(ROWS * INPUTS, 1, 1);
    s->d = random_numbers(ROWS * OUTPUTS, 2, 1);
    s->embedding = new_param("embed.weight", SYMBOLS, INPUTS);
    s->weight = new_param("out.weight", OUTPUTS, INPUTS);
    s->bias = new_param("out.bias", OUTPUTS, 0);
    fill_random(s->embedding->value, s->embedding->size, 3, 1);
    fill_random(s->weight->value, s->weight->size, 4, 1);
    fill_random(s->bias->value, s->bias->size, 5, 1);
    fill_ids(s->ids, ROWS, 6, SYMBOLS);
    fill_ids(s->targets, ROWS, 7, OUTPUTS + 1);
    fill_ids(s->lengths, LANES, 8, STEPS);
    for (size_t i = 0; i < ROWS; i++) s->targets[i]--; /* some targets become −1 and do not count */
    for (size_t i = 0; i < LANES; i++) s->lengths[i]++;
    fill_random(s->target_values, ROWS * OUTPUTS, 9, 1);
    for (size_t i = 0; i < ROWS * OUTPUTS; i += 5) s->target_values[i] = NAN;
}

static void tear_down(setting *s)
{
    free_param(s->embedding);
    free_param(s->weight);
    free_param(s->bias);
    free(s->packed);
    free(s->x);
    free(s->d);
    lab_close(&s->lab);
}

static void use_dense(setting *s, const ur_param *weight, const ur_param *bias, ur_activation activation)
{
    s->dense = (ur_dense){.inputs = weight->shape[1],
                          .outputs = weight->shape[0],
                          .activation = activation,
                          .weight = weight,
                          .bias = bias};
    s->packed = zeros(ur_dense_packed_size(&s->dense, true), sizeof(real));
    ur_dense_place(&s->dense, s->packed, true);
}

/* The tape records even for finite differences, because dropout is off on a tape that does not record. */
static ur_tensor *run(setting *s)
{
    if (s->packed) ur_dense_pack(&s->dense, &(ur_turn){.members = 1});
    lab_begin(&s->lab, true);
    s->lab.tape.seed = 5;
    s->lab.tape.step = 3;
    s->x_tensor = ur_tensor_from(&s->lab.tape, s->x, STEPS, LANES, INPUTS, true);
    ur_tensor *y = s->chain(s, s->x_tensor);
    assert_non_null(y);
    assert_true(y->width <= OUTPUTS);
    return y;
}

static double total(void *context)
{
    setting *s = context;
    ur_tensor *y = run(s);
    if (s->loss) return s->loss(s, y);
    double sum = 0;
    for (size_t r = 0; r < y->steps * y->lanes; r++)
        for (size_t i = 0; i < y->width; i++) sum += (double)(y->value[r * y->row + i] * s->d[r * y->width + i]);
    return sum;
}

/* Runs backward once, then compares the gradient of every number in x and params with finite differences. */
static void check(setting *s, const char *what, bool through_x, ur_param *const params[])
{
    char text[160];
    ur_tensor *y = run(s);
    if (s->loss)
        s->loss(s, y);
    else
        add_gradient(&s->lab, y, s->d);
    lab_backward(&s->lab);
    snprintf(text, sizeof text, "%s: x", what);
    real *gradients[4]; /* copies, because a loss may add to a gradient each time it is computed */
    for (size_t i = 0; params && params[i]; i++) gradients[i] = dense_copy(params[i]->gradient, 1, params[i]->size);
    real *dx = through_x ? dense_copy(s->x_tensor->gradient, ROWS, INPUTS) : NULL;
    if (dx) check_gradient(text, s->x, dx, ROWS * INPUTS, total, s);
    for (size_t i = 0; params && params[i]; i++) {
        snprintf(text, sizeof text, "%s: %s", what, params[i]->name);
        check_gradient(text, params[i]->value, gradients[i], params[i]->size, total, s);
        free(gradients[i]);
    }
    free(dx);
}

static ur_tensor *dense(setting *s, ur_tensor *x) { return ur_dense_layer(&s->lab.tape, &s->dense, x); }

static void test_dense(void **state)
{
    (void)state;
    for (int activation = UR_LINEAR; activation <= UR_SIGMOID; activation++)
        for (int bias = 0; bias < 2; bias++) {
            setting s;
            set_up(&s, dense, NULL);
            use_dense(&s, s.weight, bias ? s.bias : NULL, (ur_activation)activation);
            check(&s, "dense", true, (ur_param *[]){s.weight, bias ? s.bias : NULL, NULL});
            tear_down(&s);
        }
}

static ur_tensor *embed(setting *s, ur_tensor *x)
{
    (void)x;
    return ur_embed(&s->lab.tape, s->embedding, s->ids, STEPS, LANES);
}

static ur_tensor *tied(setting *s, ur_tensor *x) { return dense(s, embed(s, x)); }

static void test_embedding(void **state)
{
    (void)state;
    setting s;
    set_up(&s, embed, NULL);
    check(&s, "embed", false, (ur_param *[]){s.embedding, NULL});
    tear_down(&s);
    set_up(&s, tied, NULL);
    use_dense(&s, s.embedding, NULL, UR_LINEAR);
    check(&s, "embed and dense with one table", false, (ur_param *[]){s.embedding, NULL});
    tear_down(&s);
}

static ur_tensor *last(setting *s, ur_tensor *x) { return ur_last(&s->lab.tape, x, s->lengths, 1, 3); }
static ur_tensor *last_of_whole(setting *s, ur_tensor *x) { return ur_last(&s->lab.tape, x, NULL, 0, 0); }

static void test_last(void **state)
{
    (void)state;
    setting s;
    set_up(&s, last, NULL);
    check(&s, "last", true, NULL);
    tear_down(&s);
    set_up(&s, last_of_whole, NULL);
    check(&s, "last of whole lanes", true, NULL);
    tear_down(&s);
}

static ur_tensor *dropout(setting *s, ur_tensor *x) { return ur_dropout(&s->lab.tape, x, 0.4, 3, s->same, 0); }

static void test_dropout(void **state)
{
    (void)state;
    for (int same = 0; same < 2; same++) {
        setting s;
        set_up(&s, dropout, NULL);
        s.same = same != 0;
        check(&s, same ? "dropout, one mask" : "dropout", true, NULL);
        tear_down(&s);
    }
}

static double softmax(setting *s, ur_tensor *y)
{
    double sum = NAN;
    assert_int_equal(ur_softmax_loss(&s->lab.tape, y, s->targets, 0.3, &sum), UR_OK);
    return 0.3 * sum;
}

/* For dense and softmax in one operation: the loss takes x itself. */
static ur_tensor *nothing(setting *s, ur_tensor *x)
{
    (void)s;
    return x;
}

static double dense_softmax(setting *s, ur_tensor *x)
{
    double sum = NAN;
    assert_int_equal(ur_dense_softmax_loss(&s->lab.tape, &s->dense, x, s->targets, 0.3, &sum), UR_OK);
    return 0.3 * sum;
}

static void test_dense_softmax(void **state)
{
    (void)state;
    setting s;
    set_up(&s, nothing, dense_softmax);
    use_dense(&s, s.weight, s.bias, UR_LINEAR);
    check(&s, "dense and softmax", true, (ur_param *[]){s.weight, s.bias, NULL});
    tear_down(&s);
    set_up(&s, embed, dense_softmax);
    for (size_t i = 0; i < ROWS; i++) s.targets[i] %= SYMBOLS;
    use_dense(&s, s.embedding, NULL, UR_LINEAR);
    check(&s, "embed, dense and softmax with one table", false, (ur_param *[]){s.embedding, NULL});
    tear_down(&s);
}

/* Draws the same outputs at every call, because the update's number stays the same. */
static double sampled(setting *s, ur_tensor *x, size_t candidates, const uint64_t *counts)
{
    double sum = NAN;
    uint64_t place[OUTPUTS + 1];
    ur_sampler sampler = {OUTPUTS, candidates, ur_tape_alloc(&s->lab.tape, 1, sizeof place)};
    assert_non_null(sampler.place);
    ur_sampler_fill(&sampler, counts);
    ur_sampler *kept = ur_tape_alloc(&s->lab.tape, 1, sizeof *kept);
    assert_non_null(kept);
    *kept = sampler;
    assert_int_equal(ur_sampled_softmax_loss(&s->lab.tape, &s->dense, x, s->targets, kept, 0.3, &sum), UR_OK);
    return 0.3 * sum;
}

/* Seven of eighteen outputs are drawn; three of them are always drawn. */
static double sampled_softmax(setting *s, ur_tensor *x)
{
    const uint64_t counts[OUTPUTS] = {0, 1, 2, 100, 3, 1, 2000, 5, 6, 7, 200, 3, 4, 0, 0, 1, 2, 5};
    return sampled(s, x, 7, counts);
}

static void test_sampled_softmax(void **state)
{
    (void)state;
    for (int bias = 0; bias < 2; bias++) {
        setting s;
        set_up(&s, nothing, sampled_softmax);
        use_dense(&s, s.weight, bias ? s.bias : NULL, UR_LINEAR);
        check(&s, "sampled softmax", true, (ur_param *[]){s.weight, bias ? s.bias : NULL, NULL});
        tear_down(&s);
    }
}

/* If every output is drawn, the loss is the whole softmax. */
static double whole_sample(setting *s, ur_tensor *x) { return sampled(s, x, OUTPUTS, NULL); }

static void test_whole_sample(void **state)
{
    (void)state;
    setting s;
    double sum[2];
    real *gradient[2];
    set_up(&s, nothing, NULL);
    use_dense(&s, s.weight, s.bias, UR_LINEAR);
    for (int i = 0; i < 2; i++) {
        memset(s.weight->gradient, 0, s.weight->size * sizeof(real));
        sum[i] = (i ? whole_sample : dense_softmax)(&s, run(&s));
        lab_backward(&s.lab);
        gradient[i] = dense_copy(s.weight->gradient, 1, s.weight->size);
    }
    assert_true(fabs(sum[0] - sum[1]) < 1e-12);
    assert_near("the weights' gradient", gradient[1], gradient[0], s.weight->size, 1e-12);
    free(gradient[0]);
    free(gradient[1]);
    tear_down(&s);
}

static double sigmoid(setting *s, ur_tensor *y)
{
    double sum = NAN;
    assert_int_equal(ur_sigmoid_loss(&s->lab.tape, y, s->target_values, 0.3, &sum), UR_OK);
    return 0.3 * sum;
}

static double squared(setting *s, ur_tensor *y)
{
    double sum = NAN;
    assert_int_equal(ur_squared_loss(&s->lab.tape, y, s->target_values, 0.3, &sum), UR_OK);
    return 0.3 * sum;
}

/* Three outputs for each of six targets. */
static double quantiles(setting *s, ur_tensor *y)
{
    static const double levels[] = {0.1, 0.5, 0.8};
    double sum = NAN;
    ur_targets t = {.steps = STEPS,
                    .lanes = LANES,
                    .width = OUTPUTS,
                    .given = STEPS,
                    .values = s->target_values,
                    .levels = levels,
                    .level_count = 3};
    ur_loss_quantile.take(&s->lab.tape, &t);
    assert_int_equal(ur_loss_quantile.loss(&s->lab.tape, y, &t, 0.3, &sum), UR_OK);
    return 0.3 * sum;
}

static void test_losses(void **state)
{
    (void)state;
    static loss *const losses[] = {softmax, sigmoid, squared, quantiles};
    static const char *const names[] = {"softmax", "sigmoid", "squared", "quantiles"};
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        setting s;
        set_up(&s, dense, losses[i]);
        use_dense(&s, s.weight, s.bias, UR_LINEAR);
        check(&s, names[i], true, (ur_param *[]){s.weight, s.bias, NULL});
        tear_down(&s);
    }
}

/* x goes into three operations, and each must add to its gradient. The loss is the sum of three losses. */
static ur_tensor *three_ways(setting *s, ur_tensor *x)
{
    s->more[0] = dense(s, ur_last(&s->lab.tape, x, s->lengths, 0, 0));
    s->more[1] = dense(s, ur_dropout(&s->lab.tape, x, 0.4, 3, false, 0));
    return dense(s, x);
}

static double three_losses(setting *s, ur_tensor *y)
{
    return squared(s, s->more[0]) + sigmoid(s, s->more[1]) + softmax(s, y);
}

static void test_one_tensor_read_three_times(void **state)
{
    (void)state;
    setting s;
    set_up(&s, three_ways, three_losses);
    use_dense(&s, s.weight, s.bias, UR_TANH);
    check(&s, "three ways", true, (ur_param *[]){s.weight, s.bias, NULL});
    tear_down(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dense),         cmocka_unit_test(test_embedding),
        cmocka_unit_test(test_last),          cmocka_unit_test(test_dropout),
        cmocka_unit_test(test_losses),        cmocka_unit_test(test_one_tensor_read_three_times),
        cmocka_unit_test(test_dense_softmax), cmocka_unit_test(test_sampled_softmax),
        cmocka_unit_test(test_whole_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
