/* What an operation on a tape needs, for tests: compute, arena and tape; parameters; a recurrent layer of any cell. */
#ifndef UR_TEST_LAB_H
#define UR_TEST_LAB_H

#include "layer/layers.h"

typedef struct lab {
    ur_pool *pool;
    ur_compute compute;
    ur_arena arena;
    ur_tape tape;
} lab;

/* isa NULL: the best. Zero threads: no pool. Each fails the test when it cannot be done. */
void lab_open(lab *l, const char *isa, size_t threads);
void lab_close(lab *l);
void lab_begin(lab *l, bool recording); /* a new window on an empty tape */
void lab_backward(lab *l);

/* A parameter of rows × columns (columns 0: a vector) with zeros, and zeros for its gradient. */
ur_param *new_param(const char *name, size_t rows, size_t columns);
void free_param(ur_param *param); /* NULL is allowed */

/* The tensor's numbers without the padding; free() them. */
real *dense_copy(const real *padded, size_t rows, size_t width);
/* Adds dense numbers to the tensor's gradient. */
void add_gradient(lab *l, ur_tensor *tensor, const real *dense);

typedef struct cell_layer {
    ur_recurrent layer;
    ur_recurrent_params params;
    ur_param *own[4]; /* w_ih, w_hh, b_ih, b_hh; NULL without biases */
    real *packed;
} cell_layer;

/* Weights are zeros: set them, then cell_layer_pack. */
void cell_layer_make(cell_layer *c, const lab *l, const char *cell, size_t inputs, size_t units, bool bias);
void cell_layer_pack(cell_layer *c);
void cell_layer_free(cell_layer *c);

/* (T, B) flags: lane b lives lengths[b] steps; free() them. */
unsigned char *live_of(const int32_t *lengths, size_t steps, size_t lanes);

#endif
