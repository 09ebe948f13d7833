/*
 * How the parts of a softmax row are joined. For the logits so far there are top, and Σ exp(x − top) in double.
 *
 *   joined with a part:  top′ = max(top, part's top);  sum′ = sum·exp(top − top′) + part's sum·exp(part's top − top′)
 *   a row's loss:        log(sum) + (top − logit of the target)
 */
#ifndef UR_KERNEL_SOFTMAX_H
#define UR_KERNEL_SOFTMAX_H

#include "kernel/kernels.h"
#include "kernel/scalar.h"

static inline ur_softmax_sum ur_softmax_none(void) { return (ur_softmax_sum){0, (real)-INFINITY}; }

/* A part that is not finite makes the sum NaN, wherever the part is in the row. */
static inline ur_softmax_sum ur_softmax_join(ur_softmax_sum all, ur_softmax_sum part)
{
    if (all.top == (real)-INFINITY && all.sum == 0) return part;
    real top = part.top > all.top ? part.top : all.top;
    double kept = all.sum * ur_exp((double)all.top - (double)top);
    return (ur_softmax_sum){kept + part.sum * ur_exp((double)part.top - (double)top), top};
}

static inline double ur_softmax_cost(ur_softmax_sum all, real hit)
{
    return ur_log(all.sum) + ((double)all.top - (double)hit);
}

#endif
