/*
 * Everything that an operation on a tape needs in a test: compute, arena and tape; parameters; a recurrent layer of any
 * cell.
 */
#ifndef UR_TEST_LAB_H
#define UR_TEST_LAB_H

#include "layer/layers.h"

typedef struct lab {
    ur_pool *pool;
    ur_compute compute;
    ur_arena arena;
    ur_tape tape;
} lab;

/* isa NULL: the best instruction set. threads 0: no pool. Each function fails the test if it cannot do its work. */
void lab_open(lab *l, const char *isa, size_t threads);
void lab_close(lab *l);
void lab_begin(lab *l, bool recording); /* begins a new window on an empty tape */
void lab_backward(lab *l);

/* Makes a parameter of rows × columns zeros (columns 0: a vector), with a gradient of zeros. */
ur_param *new_param(const char *name, size_t rows, size_t columns);
void free_param(ur_param *param); /* NULL is allowed */

/* Returns the tensor's numbers without padding. The caller frees them. */
real *dense_copy(const real *padded, size_t rows, size_t width);
/* Adds dense numbers to the tensor's gradient. */
void add_gradient(lab *l, ur_tensor *tensor, const real *dense);

typedef struct cell_layer {
    ur_recurrent layer;
    ur_recurrent_params params;
    ur_param *own[4]; /* w_ih, w_hh, b_ih, b_hh; the last two are NULL without biases */
    real *packed;
} cell_layer;

/* The weights are zeros: set them, then call cell_layer_pack. */
void cell_layer_make(cell_layer *c, const lab *l, const char *cell, size_t inputs, size_t units, bool bias);
void cell_layer_pack(cell_layer *c);
void cell_layer_free(cell_layer *c);

/* Returns (T, B) flags, with lane b live for lengths[b] steps. The caller frees them. */
unsigned char *live_of(const int32_t *lengths, size_t steps, size_t lanes);

#endif
