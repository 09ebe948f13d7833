/* A parameter: a view, with a name and a shape, of the block of all parameters and of the block of all gradients. */
#ifndef UR_TAPE_PARAM_H
#define UR_TAPE_PARAM_H

#include "unroll.h"

#include <stdbool.h>

typedef struct ur_param {
    char name[96];
    size_t rank, shape[4], size; /* size: how many numbers in all */
    size_t offset;               /* of its first number in the blocks */
    bool fixed;                  /* updates do not change it */
    double spread;               /* initial values are uniform in ± spread, or N(0, 1) if it is 0 */
    ur_real *value;
    ur_real *gradient; /* NULL without training */
} ur_param;

/* How many numbers a row has. There are shape[0] rows. */
static inline size_t ur_param_row(const ur_param *p) { return p->size / p->shape[0]; }

#endif
