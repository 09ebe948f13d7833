/*
 * Gradients of the recurrent layer, for every cell of cell.inc; a new cell is tested without a change here. Gradients
 * of x, the initial states and all weights are compared, from unequal gradients of the outputs and of the final states.
 * Input is dense or symbols, with and without biases and initial states, with lanes that end early, and for every
 * activation of the vanilla RNN.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/gradcheck.h"
#include "support/lab.h"
#include "support/numbers.h"

#include <stdio.h>
#include <stdlib.h>

enum { STEPS = 5, LANES = 3, INPUTS = 5 };

typedef struct variant {
    size_t units;
    bool bias, symbols, rows, initial, ragged; /* rows: ids choose rows of x (INPUTS, INPUTS) */
    ur_activation activation;
} variant;

typedef struct setting {
    lab lab;
    variant v;
    cell_layer layer;
    real *x, *h[UR_STATES_MAX];
    real *dy, *dh[UR_STATES_MAX];
    int32_t ids[STEPS * LANES];
    unsigned char *live;
    ur_tensor *x_tensor, *y, *initial[UR_STATES_MAX], *final_state[UR_STATES_MAX];
} setting;

static void set_up(setting *s, const char *cell, const variant *v)
{
    static const int32_t lengths[LANES] = {3, 5, 1};
    memset(s, 0, sizeof *s);
    s->v = *v;
    lab_open(&s->lab, NULL, 0);
    cell_layer_make(&s->layer, &s->lab, cell, INPUTS, v->units, v->bias);
    s->layer.layer.activation = v->activation;
    s->layer.layer.symbols = v->symbols;
    for (uint32_t i = 0; i < 4; i++)
        if (s->layer.own[i]) fill_random(s->layer.own[i]->value, s->layer.own[i]->size, i, 0.6);
    s->x = random_numbers(STEPS * LANES * INPUTS, 5, 1);
    s->dy = random_numbers(STEPS * LANES * v->units, 6, 1);
    for (uint32_t i = 0; i < UR_STATES_MAX; i++) {
        s->h[i] = random_numbers(LANES * v->units, 7 + i, 0.8);
        s->dh[i] = random_numbers(LANES * v->units, 9 + i, 1);
    }
    fill_ids(s->ids, STEPS * LANES, 11, INPUTS);
    for (int32_t i = 0; i < INPUTS; i++) s->ids[i] = i; /* each symbol occurs where a lane is live */
    if (v->ragged) s->live = live_of(lengths, STEPS, LANES);
}

static void tear_down(setting *s)
{
    cell_layer_free(&s->layer);
    free(s->x);
    free(s->dy);
    free(s->live);
    for (int i = 0; i < UR_STATES_MAX; i++) {
        free(s->h[i]);
        free(s->dh[i]);
    }
    lab_close(&s->lab);
}

static int states_of(const setting *s) { return s->layer.layer.cell->states; }

static void run(setting *s, bool recording)
{
    cell_layer_pack(&s->layer);
    lab_begin(&s->lab, recording);
    s->x_tensor = s->v.symbols ? NULL
                  : s->v.rows  ? ur_tensor_from(&s->lab.tape, s->x, INPUTS, 1, INPUTS, true)
                               : ur_tensor_from(&s->lab.tape, s->x, STEPS, LANES, INPUTS, true);
    const int32_t *ids = s->v.symbols || s->v.rows ? s->ids : NULL;
    for (int i = 0; i < states_of(s); i++)
        s->initial[i] = s->v.initial ? ur_tensor_from(&s->lab.tape, s->h[i], 1, LANES, s->v.units, true) : NULL;
    s->y = ur_recurrent_layer(&s->lab.tape, &s->layer.layer, &s->layer.params, s->x_tensor, ids, STEPS, LANES,
                              s->v.initial ? s->initial : NULL, s->live, s->final_state);
    assert_non_null(s->y);
}

static double dot(const ur_tensor *t, const real *d)
{
    double sum = 0;
    for (size_t r = 0; r < t->steps * t->lanes; r++)
        for (size_t i = 0; i < t->width; i++) sum += (double)(t->value[r * t->row + i] * d[r * t->width + i]);
    return sum;
}

static double total(void *context)
{
    setting *s = context;
    run(s, false);
    double sum = dot(s->y, s->dy);
    for (int i = 0; i < states_of(s); i++) sum += dot(s->final_state[i], s->dh[i]);
    return sum;
}

static void check_one(const setting *s, const char *who, const char *what, real *x, const real *gradient, size_t n)
{
    char text[160];
    snprintf(text, sizeof text, "%s %zu, activation %d%s%s%s%s: %s", who, s->v.units, (int)s->v.activation,
             s->v.bias ? "" : ", nobias",
             s->v.symbols ? ", symbols"
             : s->v.rows  ? ", rows"
                          : "",
             s->v.initial ? ", initial" : "", s->v.ragged ? ", ragged" : "", what);
    check_gradient(text, x, gradient, n, total, (void *)(size_t)s);
}

/* The tensors' gradients are copied, because finite differences use the arena again. */
static void check_all(setting *s, const char *cell)
{
    static const char *const states[] = {"initial h", "initial c"};
    real *dx = NULL, *dh[UR_STATES_MAX] = {NULL};
    run(s, true);
    add_gradient(&s->lab, s->y, s->dy);
    for (int i = 0; i < states_of(s); i++) add_gradient(&s->lab, s->final_state[i], s->dh[i]);
    lab_backward(&s->lab);
    size_t rows = s->v.rows ? INPUTS : STEPS * LANES;
    if (!s->v.symbols) dx = dense_copy(s->x_tensor->gradient, rows, INPUTS);
    for (int i = 0; i < states_of(s) && s->v.initial; i++)
        dh[i] = dense_copy(s->initial[i]->gradient, LANES, s->v.units);
    if (dx) check_one(s, cell, "x", s->x, dx, rows * INPUTS);
    for (int i = 0; i < states_of(s) && s->v.initial; i++)
        check_one(s, cell, states[i], s->h[i], dh[i], LANES * s->v.units);
    for (int i = 0; i < 4 && s->layer.own[i]; i++) {
        ur_param *p = s->layer.own[i];
        check_one(s, cell, p->name, p->value, p->gradient, p->size);
    }
    free(dx);
    for (int i = 0; i < UR_STATES_MAX; i++) free(dh[i]);
}

static void check_variant(const char *cell, const variant *v)
{
    setting s;
    set_up(&s, cell, v);
    check_all(&s, cell);
    tear_down(&s);
}

static void check_cell(const char *cell, ur_activation activation)
{
    for (int bits = 0; bits < 32; bits++) {
        variant v = {.units = 7,
                     .bias = !(bits & 1),
                     .symbols = (bits & 2) != 0,
                     .initial = (bits & 4) != 0,
                     .ragged = (bits & 8) != 0,
                     .rows = (bits & 18) == 16,
                     .activation = activation};
        check_variant(cell, &v);
    }
    check_variant(cell,
                  &(variant){.units = 19, .bias = true, .initial = true, .ragged = true, .activation = activation});
    check_variant(cell, &(variant){.units = 16, .bias = true, .initial = true, .activation = activation});
    if (activation == UR_RELU) return; /* a single relu unit may be dead */
    check_variant(cell, &(variant){.units = 1, .bias = true, .initial = true, .activation = activation});
}

static void test_every_cell(void **state)
{
    (void)state;
    size_t cells = 0;
    for (const ur_cell *cell; (cell = ur_cell_at(cells, 0)) != NULL; cells++) check_cell(cell->name, UR_TANH);
    assert_true(cells >= 4);
}

static void test_every_activation_of_the_rnn(void **state)
{
    (void)state;
    check_cell("rnn", UR_RELU);
    check_cell("rnn", UR_SIGMOID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cell),
        cmocka_unit_test(test_every_activation_of_the_rnn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
