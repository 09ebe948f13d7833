/* Compares gradients with finite differences, in double. */
#ifndef UR_TEST_GRADCHECK_H
#define UR_TEST_GRADCHECK_H

#include "kernel/lane.h"

typedef double objective(void *context);

/*
 * x: n numbers that the objective depends on. gradient: the gradient to check, compared with central differences. Fails
 * if the L2 norm of their difference is more than 1e-6 of the larger norm, or if the objective does not depend on x.
 */
void check_gradient(const char *what, real *x, const real *gradient, size_t n, objective *f, void *context);

#endif
