/* Dense and softmax loss by parts of the outputs, for those who build an operation on it. */
#ifndef UR_LAYER_DENSE_SOFTMAX_H
#define UR_LAYER_DENSE_SOFTMAX_H

#include "layer/layers.h"

enum { UR_KEPT_LOGITS = 1 << 25 }; /* numbers that wait for the backward half */

typedef struct ur_head {
    ur_tape *tape;
    const ur_dense *dense; /* linear */
    ur_tensor *x;
    const int32_t *targets; /* (rows): −1: does not count */
    const int32_t *columns; /* (rows): which output is the target; −1: none is */
    bool apart;             /* the target stands apart from the outputs: the one that would be it is left out */
    real scale;
    size_t most; /* logits to be kept at most */

    /* Made by ur_head_open. */
    size_t rows;
    ur_softmax_sum *sums; /* (rows): of the parts so far; begins with none, or with the target that stands apart */
    real *hits;           /* (rows): the target's logit */
    real *logits;         /* of the parts that are kept, and of one more for all others */
    size_t kept;          /* parts whose logits the backward half finds again */
    real *forward;        /* a part's packed weights; NULL where the layer has them all */

    /* Made by ur_head_backward, when it is first called. */
    real *back;    /* a part's weights packed for dx */
    real *scratch; /* of the weight gradient, for each member */
} ur_head;

/* False, and the tape's error, without memory. */
bool ur_head_open(ur_head *head);
double ur_head_forward(ur_head *head); /* the loss */
/* dx (T·B, padded inputs) is added to, `fresh`: written; NULL: not wanted. Adds to the gradients of the dense layer. */
void ur_head_backward(ur_head *head, real *dx, bool fresh);

/* ur_dense_softmax_loss with another number of logits kept: the same bits. */
ur_status ur_dense_softmax_loss_within(ur_tape *tape, const ur_dense *dense, ur_tensor *x, const int32_t *targets,
                                       double scale, size_t most, double *sum);

#endif
