/*
 * The arithmetic of docs/arithmetic.md as plain C: the order in which everything is added and where it is rounded,
 * without regard to speed. Every instruction set must give these bits; the tests compare them.
 */
#ifndef UR_KERNEL_REFERENCE_H
#define UR_KERNEL_REFERENCE_H

#include "kernel/kernels.h"

real ur_reference_exp(real x);
real ur_reference_tanh(real x);
real ur_reference_sigmoid(real x);
real ur_reference_activation(ur_activation activation, real x);
real ur_reference_slope(ur_activation activation, real y); /* derivative of an activation, from its value */

/* Computes the first `rows` rows and `panels` panels. */
void ur_reference_product(const ur_product *product, size_t rows, size_t panels);
/* The product with int8 weights: q (panels·16, depth), and a scale for each row of q. p->b is not read. */
void ur_reference_product_int8(const ur_product *p, const signed char *q, const float *scale, size_t rows,
                               size_t panels);
void ur_reference_weight_gradient(const ur_weight_gradient *gradient, size_t groups);

double ur_reference_softmax_loss(const real *logits, size_t n, int32_t target, real scale, real *d);
double ur_reference_sum_squares(const real *x, size_t n);
real ur_reference_dot(const real *x, const real *y, size_t n);
real ur_reference_tanh_dot(const real *v, const real *x, const real *y, size_t n);

/* The step of an optimiser for one number: *p, *m and *s are the value and the first and second memory. Unused ones are
 * left alone. */
typedef void ur_reference_step(const ur_update *u, real g, real *p, real *m, real *s);
ur_reference_step ur_reference_sgd, ur_reference_adagrad, ur_reference_rmsprop, ur_reference_adam;

#endif
