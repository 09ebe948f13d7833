/*
 * The loss of a line's outputs against targets, and the gradient that the backward half begins with. A loss is a row:
 * how it takes the targets, how it computes the loss, and what the outputs mean. loss.inc lists the losses; each has a
 * file in this folder.
 */
#ifndef UR_LAYER_LOSS_H
#define UR_LAYER_LOSS_H

#include "layer/layers.h"
#include "unroll_train.h"

/* Targets as a loss takes them. Whatever comes after a lane's end does not count. */
typedef struct ur_targets {
    size_t steps, lanes, width; /* of the outputs; once taken, `width` is that of the targets */
    size_t given;               /* steps of the targets */
    const int32_t *ids;         /* (T, B); −1 does not count */
    const real *values;         /* (T, B, W); NaN does not count */
    const int32_t *lengths;     /* (B) of the targets, or NULL if all are whole */
    const int32_t *ends;        /* (B) of the outputs, or NULL if all are whole */
    const real *weights;        /* (T, B), or NULL if all are 1 */
    double smoothing;           /* ε of label smoothing */
    const struct ur_crf *crf;   /* of a line that ends in a crf; else NULL */
    const double *levels;       /* of a quantile loss, level_count of them; 0 for the median alone */
    size_t level_count;
    size_t count;  /* how many targets count */
    size_t places; /* of numbers: at how many places any of them counts */
} ur_targets;

typedef struct ur_loss_kind {
    const char *word;
    bool numbers; /* its targets are numbers; else ids */
    bool logits;  /* it takes the input of the σ of a last `dense … sigmoid` */
    bool smooths; /* it takes label smoothing */
    bool layer;   /* of a line that ends in the layer of this name; its targets have no weights */
    /* Targets have their own steps and lengths. Nothing says at which step of the outputs each target is. */
    bool own_steps;
    /* Checks, masks and counts the targets, and sets `width` to theirs. Failures are kept by the tape. */
    void (*take)(ur_tape *tape, ur_targets *targets);
    /* Sums over what counts, in double, and leaves scale times the gradient in y. */
    ur_status (*loss)(ur_tape *tape, ur_tensor *y, const ur_targets *targets, double scale, double *sum);
    /* What a row of W outputs means: probabilities, or the numbers themselves. `out` may be y. */
    void (*decode)(const real *y, size_t width, real *out);
} ur_loss_kind;

#define UR_LOSS(id) extern const ur_loss_kind ur_loss_##id;
#include "layer/loss.inc"
#undef UR_LOSS

/* The row for a number of ur_loss; NULL if there is none. */
const ur_loss_kind *ur_loss_at(size_t number);

/* ---- for losses that are sums over rows: one chain for each shard of 16 lanes in the order (t, b) ---------------- */

void ur_take_ids(ur_tape *tape, ur_targets *targets);    /* each below the width, or −1 */
void ur_take_values(ur_tape *tape, ur_targets *targets); /* dense; NaN does not count */

typedef struct ur_loss_job ur_loss_job;
/* Returns the loss of a row, and writes its scaled gradient to d unless d is NULL. */
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

/* row_loss and the targets must be set. */
ur_status ur_loss_by_rows(ur_tape *tape, ur_loss_job *job, ur_tensor *y, double scale, double *sum);

#endif
