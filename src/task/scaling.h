/* Scales numbers by the mean and standard deviation of the training data: x becomes (x − mean)·scale. The model's
 * record keeps both. */
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
/* Computes mean and scale from Σ x and Σ x² over `numbers` values of each. A constant value becomes 0. */
void ur_scaling_set(ur_scaling *scaling, const double *sum, const double *square, double numbers);

/* Writes the keys "mean" and "scale" into an object. Not 0 if there is no memory. */
int ur_scaling_put(struct json_t *object, const ur_scaling *scaling);
/* UR_ERR_DATA if the keys are missing or do not hold `count` numbers. */
ur_status ur_scaling_take(ur_scaling *scaling, const struct json_t *object, size_t count, ur_error *error);

#endif
