/* What computations need: the kernels of an instruction set and a pool of threads. Not changed while it is used. */
#ifndef UR_KERNEL_COMPUTE_H
#define UR_KERNEL_COMPUTE_H

#include "base/memory.h"
#include "base/pool.h"
#include "kernel/kernels.h"

typedef struct ur_compute {
    const ur_kernels *kernels;
    const ur_train_kernels *train; /* NULL without training */
    ur_pool *pool;                 /* NULL for the calling thread alone */
} ur_compute;

/* The product over `rows` rows and `panels` panels, shared out over the pool. */
void ur_compute_product(const ur_compute *compute, const ur_product *product, size_t rows, size_t panels);

/* The rows from the first live one up to the last: [begin, end). */
typedef struct ur_live_rows {
    size_t begin, end;
} ur_live_rows;

/* The live range of the lanes of a step. live: 0 for a lane that has ended; NULL if none has. */
ur_live_rows ur_live_range(const unsigned char *live, size_t lanes);

/* The product over (T, B) rows, some of which live (T, B) leaves out. At each step it may skip the lanes before the
 * first live lane and those after the last. This saves most if lanes are sorted by length. */
void ur_compute_live_product(const ur_compute *compute, const ur_product *product, const unsigned char *live,
                             size_t steps, size_t lanes, size_t panels);

/* Sets n numbers to zero. */
void ur_compute_clear(const ur_compute *compute, real *x, size_t n);

/* The weight gradient of `groups` row groups, shared out over the pool. Scratch comes from the arena
 * (UR_ERR_MEMORY). */
ur_status ur_compute_weight_gradient(const ur_compute *compute, const ur_weight_gradient *gradient, size_t groups,
                                     ur_arena *arena, ur_error *error);

#endif
