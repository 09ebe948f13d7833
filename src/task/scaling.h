/* Numbers scaled by the mean and deviation of what is learnt from, as a model's record keeps them: x becomes
 * (x − mean)·scale. */
#ifndef UR_TASK_SCALING_H
#define UR_TASK_SCALING_H

#include "base/error.h"

struct json_t;

typedef struct ur_scaling {
    float *mean, *scale; /* (count) */
    size_t count;
} ur_scaling;

ur_status ur_scaling_make(ur_scaling *scaling, size_t count, ur_error *error);
void ur_scaling_free(ur_scaling *scaling);
/* From Σ x and Σ x² of `numbers` of each; what is always the same becomes 0. */
void ur_scaling_set(ur_scaling *scaling, const double *sum, const double *square, double numbers);

/* Keys "mean" and "scale" of an object; not 0: without memory. */
int ur_scaling_put(struct json_t *object, const ur_scaling *scaling);
/* UR_ERR_DATA: they are not there, or not `count` numbers. */
ur_status ur_scaling_take(ur_scaling *scaling, const struct json_t *object, size_t count, ur_error *error);

#endif
