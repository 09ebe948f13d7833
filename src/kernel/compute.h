/* What work is done with: an instruction set's kernels and a pool of threads. Read-only while in use. */
#ifndef UR_KERNEL_COMPUTE_H
#define UR_KERNEL_COMPUTE_H

#include "base/memory.h"
#include "base/pool.h"
#include "kernel/kernels.h"

typedef struct ur_compute {
    const ur_kernels *kernels;
    const ur_train_kernels *train; /* NULL where nothing is trained */
    ur_pool *pool;                 /* NULL: the calling thread alone */
} ur_compute;

/* The product over `rows` rows and `panels` panels, shared out over the pool. */
void ur_compute_product(const ur_compute *compute, const ur_product *product, size_t rows, size_t panels);

/* The weight gradient of `groups` row groups, shared out; scratch comes from the arena (UR_ERR_MEMORY). */
ur_status ur_compute_weight_gradient(const ur_compute *compute, const ur_weight_gradient *gradient, size_t groups,
                                     ur_arena *arena, ur_error *error);

#endif
