/* The dense layer and the softmax loss by parts of the outputs, for files that build an operation on it. */
#ifndef UR_LAYER_DENSE_SOFTMAX_H
#define UR_LAYER_DENSE_SOFTMAX_H

#include "layer/layers.h"

enum { UR_KEPT_LOGITS = 1 << 25 }; /* logits that may be kept for the backward half */

typedef struct ur_head {
    ur_tape *tape;
    const ur_dense *dense; /* linear */
    ur_tensor *x;
    const int32_t *targets; /* (rows) −1 if a row does not count */
    const int32_t *columns; /* (rows) the output that is the row's target, or −1 if none is */
    /* The target is apart from the outputs. The output that would be the target is left out. */
    bool apart;
    real scale;
    size_t most; /* limit on the logits that are kept */

    /* Made by ur_head_open. */
    size_t rows;
    /* (rows) of the parts so far. They begin with nothing, or with the target that is apart. */
    ur_softmax_sum *sums;
    real *hits;    /* (rows) the logit of the target */
    real *logits;  /* of the parts that are kept, and of one part that is reused for the others */
    size_t kept;   /* parts whose logits are kept for the backward half */
    real *forward; /* a part's packed weights; NULL if the layer has all of its weights packed */

    /* Made when ur_head_backward is first called. */
    real *back;    /* a part's weights packed for dx */
    real *scratch; /* for the weight gradient, for each member */
} ur_head;

/* Returns false and sets the tape's error if there is no memory. */
bool ur_head_open(ur_head *head);
double ur_head_forward(ur_head *head); /* returns the loss */
/* Adds to dx (T·B, padded inputs), or sets it if `fresh`; dx is NULL if it is not needed. Adds to the gradients of the
 * dense layer. */
void ur_head_backward(ur_head *head, real *dx, bool fresh);

/* ur_dense_softmax_loss with another limit on the logits that are kept. The bits are the same. */
ur_status ur_dense_softmax_loss_within(ur_tape *tape, const ur_dense *dense, ur_tensor *x, const int32_t *targets,
                                       double scale, size_t most, double *sum);

#endif
