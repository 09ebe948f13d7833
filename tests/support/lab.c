/* See lab.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/lab.h"
#include "support/numbers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void lab_open(lab *l, const char *isa, size_t threads)
{
    ur_error error = {0};
    memset(l, 0, sizeof *l);
    if (ur_kernels_find(isa, &l->compute.kernels, &error) != UR_OK) fail_msg("%s", error.text);
    if (threads && ur_pool_create(&l->pool, threads, &error) != UR_OK) fail_msg("%s", error.text);
    l->compute.train = ur_train_kernels_of(l->compute.kernels);
    l->compute.pool = l->pool;
    ur_arena_init(&l->arena);
}

void lab_close(lab *l)
{
    ur_arena_free(&l->arena);
    if (l->pool) ur_pool_free(l->pool);
}

/*
 * The arena does not clear its memory, so a piece is filled with NaN here: a number that is read before it is written
 * shows.
 */
void lab_begin(lab *l, bool recording)
{
    enum { POISON = 1 << 16 };
    ur_arena_reset(&l->arena);
    void *memory = ur_arena_alloc(&l->arena, POISON, 1);
    assert_non_null(memory);
    memset(memory, 0xFF, POISON);
    ur_arena_reset(&l->arena);
    ur_tape_begin(&l->tape, &l->compute, &l->arena, recording);
}

void lab_backward(lab *l)
{
    ur_error error = {0};
    if (ur_tape_backward(&l->tape, &error) != UR_OK) fail_msg("%s", error.text);
}

ur_param *new_param(const char *name, size_t rows, size_t columns)
{
    ur_param *p = zeros(1, sizeof *p);
    snprintf(p->name, sizeof p->name, "%s", name);
    p->rank = columns ? 2 : 1;
    p->shape[0] = rows;
    p->shape[1] = columns;
    p->size = rows * (columns ? columns : 1);
    p->value = zeros(p->size, sizeof(real));
    p->gradient = zeros(p->size, sizeof(real));
    return p;
}

void free_param(ur_param *p)
{
    if (!p) return;
    free(p->value);
    free(p->gradient);
    free(p);
}

real *dense_copy(const real *padded, size_t rows, size_t width)
{
    real *dense = zeros(rows * width, sizeof(real));
    for (size_t r = 0; r < rows; r++) memcpy(dense + r * width, padded + r * ur_padded(width), width * sizeof(real));
    return dense;
}

void add_gradient(lab *l, ur_tensor *t, const real *dense)
{
    real *gradient = ur_gradient(&l->tape, t);
    assert_non_null(gradient);
    for (size_t r = 0; r < t->steps * t->lanes; r++)
        for (size_t i = 0; i < t->width; i++) gradient[r * t->row + i] += dense[r * t->width + i];
}

void cell_layer_make(cell_layer *c, const lab *l, const char *cell, size_t inputs, size_t units, bool bias)
{
    size_t isa = ur_isa_index(l->compute.kernels);
    memset(c, 0, sizeof *c);
    c->layer.cell = ur_cell_find(cell, isa);
    c->layer.back = ur_cell_back_find(cell, isa);
    if (!c->layer.cell || !c->layer.back) fail_msg("there is no cell \"%s\"", cell);
    c->layer.inputs = inputs;
    c->layer.units = units;
    c->layer.activation = UR_TANH;
    size_t rows = c->layer.cell->gates * units;
    c->own[0] = new_param("weight_ih_l0", rows, inputs);
    c->own[1] = new_param("weight_hh_l0", rows, units);
    if (bias) c->own[2] = new_param("bias_ih_l0", rows, 0);
    if (bias) c->own[3] = new_param("bias_hh_l0", rows, 0);
    c->params = (ur_recurrent_params){c->own[0], c->own[1], c->own[2], c->own[3]};
}

void cell_layer_pack(cell_layer *c)
{
    ur_recurrent_weights w = {c->own[0]->value, c->own[1]->value, c->own[2] ? c->own[2]->value : NULL,
                              c->own[3] ? c->own[3]->value : NULL};
    if (!c->packed) c->packed = zeros(ur_recurrent_packed_size(&c->layer, true), sizeof(real));
    ur_recurrent_place(&c->layer, c->packed, true);
    ur_recurrent_pack(&c->layer, &w, true, &(ur_turn){.members = 1});
}

void cell_layer_free(cell_layer *c)
{
    for (int i = 0; i < 4; i++) free_param(c->own[i]);
    free(c->packed);
}

unsigned char *live_of(const int32_t *lengths, size_t steps, size_t lanes)
{
    unsigned char *live = zeros(steps * lanes, 1);
    for (size_t i = 0; i < steps * lanes; i++) live[i] = (size_t)lengths[i % lanes] > i / lanes;
    return live;
}
