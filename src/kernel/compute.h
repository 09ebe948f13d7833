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

/* Rows from the first that counts up to the last: [begin, end). */
typedef struct ur_live_rows {
    size_t begin, end;
} ur_live_rows;

/* Of the lanes of a step. live: 0 for one that has ended; NULL: none has. */
ur_live_rows ur_live_range(const unsigned char *live, size_t lanes);

/* The product over (T, B) rows of which those that live (T, B) leaves out need not be made: in front of the first lane of a step
 * that is live, and behind the last. It pays where lanes are sorted by length. */
void ur_compute_live_product(const ur_compute *compute, const ur_product *product, const unsigned char *live,
                             size_t steps, size_t lanes, size_t panels);

/* n zeros. */
void ur_compute_clear(const ur_compute *compute, real *x, size_t n);

/* The weight gradient of `groups` row groups, shared out; scratch comes from the arena (UR_ERR_MEMORY). */
ur_status ur_compute_weight_gradient(const ur_compute *compute, const ur_weight_gradient *gradient, size_t groups,
                                     ur_arena *arena, ur_error *error);

#endif
