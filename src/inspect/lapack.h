/* The two routines of LAPACK that are wanted, found when they are: neither the build nor a start depends on it. */
#ifndef UR_INSPECT_LAPACK_H
#define UR_INSPECT_LAPACK_H

#include "base/error.h"

#include <stdbool.h>

typedef struct ur_lapack ur_lapack;

/* NULL where there is none. */
ur_lapack *ur_lapack_open(void);
void ur_lapack_close(ur_lapack *lapack);

/* The singular values of a (rows, columns), row by row, from the largest: min(rows, columns) of them. a is overwritten. */
ur_status ur_lapack_singular(const ur_lapack *lapack, double *a, size_t rows, size_t columns, double *values,
                             ur_error *error);
/* The largest size of an eigenvalue of a (n, n), which is overwritten. */
ur_status ur_lapack_radius(const ur_lapack *lapack, double *a, size_t n, double *radius, ur_error *error);

#endif
