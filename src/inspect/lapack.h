/* The two routines of LAPACK that are used. They are looked up when they are needed, so neither the build nor the start
 * of a program depends on LAPACK. */
#ifndef UR_INSPECT_LAPACK_H
#define UR_INSPECT_LAPACK_H

#include "base/error.h"

#include <stdbool.h>

typedef struct ur_lapack ur_lapack;

/* NULL if there is no LAPACK. */
ur_lapack *ur_lapack_open(void);
void ur_lapack_close(ur_lapack *lapack);

/* The singular values of a (rows, columns), stored row by row: min(rows, columns) of them, the largest first. a is
 * overwritten. */
ur_status ur_lapack_singular(const ur_lapack *lapack, double *a, size_t rows, size_t columns, double *values,
                             ur_error *error);
/* The largest absolute value of an eigenvalue of a (n, n). a is overwritten. */
ur_status ur_lapack_radius(const ur_lapack *lapack, double *a, size_t n, double *radius, ur_error *error);

#endif
