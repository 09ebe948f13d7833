/* A parameter: a named, shaped view on the block of all parameters and on the block of all gradients. */
#ifndef UR_TAPE_PARAM_H
#define UR_TAPE_PARAM_H

#include "unroll.h"

#include <stdbool.h>

typedef struct ur_param {
    char name[96];
    size_t rank, shape[4], size; /* numbers in all */
    size_t offset;               /* of the first in its block */
    bool fixed;                  /* no update changes it */
    double spread;               /* first values are uniform in ± this; 0: N(0, 1) */
    ur_real *value;
    ur_real *gradient; /* NULL where nothing is trained */
} ur_param;

/* Numbers of a row, of which there are shape[0]. */
static inline size_t ur_param_row(const ur_param *p) { return p->size / p->shape[0]; }

#endif
