/*
 * What a line's outputs cost against targets, and the gradient to begin with. A loss is a row: how it takes the
 * targets, what they cost, and what the outputs mean. loss.inc lists them, a file of this folder has each.
 */
#ifndef UR_LAYER_LOSS_H
#define UR_LAYER_LOSS_H

#include "layer/layers.h"
#include "unroll_train.h"

/* Targets as a loss takes them: what lies behind a lane's end does not count. */
typedef struct ur_targets {
    size_t steps, lanes, width; /* of the outputs */
    size_t given;               /* steps of the targets */
    const int32_t *ids;         /* (T, B): −1 does not count */
    const real *values;         /* (T, B, W): NaN does not count */
    const int32_t *lengths;     /* (B), or NULL: all are whole */
    const int32_t *ends;        /* the same of the outputs */
    const real *weights;        /* (T, B), or NULL: 1 */
    double smoothing;           /* ε of what ids or numbers say */
    const struct ur_crf *crf;   /* of a line that ends in one; else NULL */
    const double *levels;       /* of a quantile loss, level_count of them; 0: the median alone */
    size_t level_count;
    size_t count; /* those that count */
} ur_targets;

typedef struct ur_loss_kind {
    const char *word;
    bool logits;    /* takes what goes into the σ of a last `dense … sigmoid` */
    bool layer;     /* of a line that ends in the layer of this word; its places have no weights */
    bool own_steps; /* targets have steps and lengths of their own: nothing says which is at which step */
    /* Checks them, masks and counts; failures are the tape's. */
    void (*take)(ur_tape *tape, ur_targets *targets);
    /* Σ over what counts, in double; leaves scale times its gradient in y. */
    ur_status (*loss)(ur_tape *tape, ur_tensor *y, const ur_targets *targets, double scale, double *sum);
    /* What a row of W outputs says: probabilities, or the numbers themselves. `out` may be y. */
    void (*decode)(const real *y, size_t width, real *out);
} ur_loss_kind;

#define UR_LOSS(id) extern const ur_loss_kind ur_loss_##id;
#include "layer/loss.inc"
#undef UR_LOSS

/* The row of a number of ur_loss; NULL: there is none. */
const ur_loss_kind *ur_loss_at(size_t number);

/* ---- for those that are sums over rows: a chain for each shard of 16 lanes in the order (t, b) ------------------- */

void ur_take_ids(ur_tape *tape, ur_targets *targets);    /* each below the width, or −1 */
void ur_take_values(ur_tape *tape, ur_targets *targets); /* dense, NaN: does not count */

typedef struct ur_loss_job ur_loss_job;
/* What a row costs; its scaled gradient into d (NULL: not wanted). */
typedef double ur_row_loss(const ur_loss_job *job, size_t row, real *d);

struct ur_loss_job {
    const ur_train_kernels *kernels;
    ur_row_loss *row_loss;
    const ur_tensor *y;
    const int32_t *ids;
    const real *values, *weights;
    double smoothing;
    const double *levels; /* of a quantile loss, level_count of them */
    size_t level_count;
    real scale, *d;
    double *shard; /* one sum for each shard of lanes */
};

/* With row_loss and the targets set. */
ur_status ur_loss_by_rows(ur_tape *tape, ur_loss_job *job, ur_tensor *y, double scale, double *sum);

#endif
