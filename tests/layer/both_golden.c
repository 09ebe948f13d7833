/*
 * Every cell against PyTorch or Keras: outputs, final states and all gradients (tests/golden/README.md). If neither has
 * the cell, it is compared with its equations written out in PyTorch.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/golden.h"
#include "support/lab.h"
#include "support/numbers.h"

#include <stdio.h>
#include <stdlib.h>

enum { LAYERS_MAX = 2 };

/* A stack that is being run, with the tensors whose gradients the file holds. */
typedef struct stack {
    const golden *g;
    lab lab;
    size_t steps, lanes, inputs, units, layers, states;
    cell_layer layer[LAYERS_MAX];
    ur_tensor *x, *y, *initial[LAYERS_MAX][UR_STATES_MAX], *final_state[LAYERS_MAX][UR_STATES_MAX];
    unsigned char *live;
} stack;

static const char *const WEIGHTS[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};

static ur_activation activation_of(const golden *g)
{
    const char *name = golden_told_or(g, "nonlinearity", "tanh");
    return strcmp(name, "relu") == 0 ? UR_RELU : strcmp(name, "sigmoid") == 0 ? UR_SIGMOID : UR_TANH;
}

static void load_layer(stack *s, size_t k)
{
    bool bias = strcmp(golden_told_or(s->g, "bias", "true"), "true") == 0;
    cell_layer *c = &s->layer[k];
    cell_layer_make(c, &s->lab, golden_told(s->g, "cell"), k ? s->units : s->inputs, s->units, bias);
    c->layer.activation = activation_of(s->g);
    for (int i = 0; i < (bias ? 4 : 2); i++) {
        char name[32];
        size_t n;
        snprintf(name, sizeof name, "%s_l%zu", WEIGHTS[i], k);
        real *values = golden_values(s->g, name, &n);
        assert_int_equal(n, c->own[i]->size);
        memcpy(c->own[i]->value, values, n * sizeof(real));
        free(values);
    }
    cell_layer_pack(c);
}

static void load(stack *s, const golden *g, const char *isa)
{
    memset(s, 0, sizeof *s);
    s->g = g;
    const ur_tensor_entry *x = golden_entry(g, "x"), *h0 = golden_entry(g, "h0");
    s->steps = x->shape[0];
    s->lanes = x->shape[1];
    s->inputs = x->shape[2];
    s->layers = h0->shape[0];
    s->units = h0->shape[2];
    s->states = golden_has(g, "c0") ? 2 : 1;
    assert_true(s->layers <= LAYERS_MAX);
    lab_open(&s->lab, isa, 0);
    for (size_t k = 0; k < s->layers; k++) load_layer(s, k);
    if (!golden_has(g, "lengths")) return;
    int32_t *lengths = golden_ids(g, "lengths", NULL);
    s->live = live_of(lengths, s->steps, s->lanes);
    free(lengths);
}

static void unload(stack *s)
{
    for (size_t k = 0; k < s->layers; k++) cell_layer_free(&s->layer[k]);
    lab_close(&s->lab);
    free(s->live);
}

static ur_tensor *tensor_of(stack *s, const char *name, size_t layer, size_t steps, size_t width)
{
    real *values = golden_values(s->g, name, NULL);
    ur_tensor *t = ur_tensor_from(&s->lab.tape, values + layer * s->lanes * width, steps, s->lanes, width, true);
    free(values);
    return t;
}

static void forward(stack *s)
{
    lab_begin(&s->lab, true);
    s->y = s->x = tensor_of(s, "x", 0, s->steps, s->inputs);
    for (size_t k = 0; k < s->layers; k++) {
        s->initial[k][0] = tensor_of(s, "h0", k, 1, s->units);
        if (s->states > 1) s->initial[k][1] = tensor_of(s, "c0", k, 1, s->units);
        assert_int_equal(s->layer[k].layer.cell->states, s->states);
        s->y = ur_recurrent_layer(&s->lab.tape, &s->layer[k].layer, &s->layer[k].params, s->y, NULL, s->steps, s->lanes,
                                  s->initial[k], s->live, s->final_state[k]);
        assert_non_null(s->y);
    }
}

static void backward(stack *s)
{
    static const char *const upstream[] = {"dhn", "dcn"};
    real *dy = golden_values(s->g, "dy", NULL);
    add_gradient(&s->lab, s->y, dy);
    free(dy);
    for (size_t k = 0; k < s->layers; k++)
        for (size_t i = 0; i < s->states; i++) {
            real *d = golden_values(s->g, upstream[i], NULL);
            add_gradient(&s->lab, s->final_state[k][i], d + k * s->lanes * s->units);
            free(d);
        }
    lab_backward(&s->lab);
}

static void compare(const stack *s, const char *name, const real *padded, size_t rows, size_t width)
{
    real *dense = dense_copy(padded, rows, width);
    assert_golden(s->g, name, dense, rows * width);
    free(dense);
}

/* Compares tensors (B, H), one per layer, with one tensor (L, B, H). */
static void compare_states(const stack *s, const char *name, ur_tensor *const state[][UR_STATES_MAX], size_t which,
                           bool gradients)
{
    size_t part = s->lanes * s->units;
    real *all = zeros(s->layers * part, sizeof(real));
    for (size_t k = 0; k < s->layers; k++) {
        const ur_tensor *t = state[k][which];
        real *dense = dense_copy(gradients ? t->gradient : t->value, s->lanes, s->units);
        memcpy(all + k * part, dense, part * sizeof(real));
        free(dense);
    }
    assert_golden(s->g, name, all, s->layers * part);
    free(all);
}

static void compare_gradients(const stack *s)
{
    compare(s, "grad.x", s->x->gradient, s->steps * s->lanes, s->inputs);
    compare_states(s, "grad.h0", s->initial, 0, true);
    if (s->states > 1) compare_states(s, "grad.c0", s->initial, 1, true);
    for (size_t k = 0; k < s->layers; k++)
        for (int i = 0; i < 4 && s->layer[k].own[i]; i++) {
            char name[40];
            snprintf(name, sizeof name, "grad.%s_l%zu", WEIGHTS[i], k);
            assert_golden(s->g, name, s->layer[k].own[i]->gradient, s->layer[k].own[i]->size);
        }
}

static void check_with(const golden *g, const char *isa)
{
    stack s;
    load(&s, g, isa);
    forward(&s);
    compare(&s, "y", s.y->value, s.steps * s.lanes, s.units);
    compare_states(&s, "hn", s.final_state, 0, false);
    if (s.states > 1) compare_states(&s, "cn", s.final_state, 1, false);
    backward(&s);
    compare_gradients(&s);
    unload(&s);
}

static void check(void **state)
{
    golden g = golden_open(*state);
    for (size_t i = 0; ur_isa_name(i); i++) check_with(&g, ur_isa_name(i));
    golden_close(&g);
}

#define CASE(name)                                                                                                     \
    {name, check, NULL, NULL, (char[]){name}},                                                                         \
    {                                                                                                                  \
        name "-h19", check, NULL, NULL, (char[]) { name "-h19" }                                                       \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("rnn-tanh"),
        CASE("rnn-relu"),
        CASE("rnn-nobias"),
        CASE("lstm"),
        CASE("gru"),
        CASE("rnn-stack"),
        CASE("lstm-stack"),
        CASE("gru-stack"),
        CASE("rnn-ragged"),
        CASE("lstm-ragged"),
        CASE("gru-ragged"),
        CASE("gru-before"),
        CASE("gru-before-ragged"),
        CASE("lstm-coupled"),
        CASE("lstm-coupled-ragged"),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
