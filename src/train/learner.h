/* The learner: a model, an optimiser, an arena for one window and a thread pool. ur_learn and the trainer are built on
 * it. */
#ifndef UR_TRAIN_LEARNER_H
#define UR_TRAIN_LEARNER_H

#include "layer/loss.h"
#include "model/known.h"
#include "model/network.h"
#include "train/optimizer.h"

/* A forward pass in progress. */
typedef struct ur_pass {
    ur_model *model;
    ur_tape *tape; /* holds the seed and the number of the update, from which random numbers are made */
    bool training;
    ur_value *output; /* one per line, zeros at first; a task's own `forward` leaves here what is to be judged */
} ur_pass;

/* The loss of a batch. */
typedef struct ur_window_result {
    double loss; /* Σ weight·loss over the batch's targets; each loss is a mean over what counts, or a sum */
    double sum;  /* the same with sums instead of means */
    /* Of the first target: how many ids or numbers count, by which a mean is divided; and at how many places, such as
     * words, any counts. A task's own forward may leave `items` 0 if both are equal. */
    size_t count, items;
} ur_window_result;

static inline size_t ur_window_items(const ur_window_result *r) { return r->items ? r->items : r->count; }

struct ur_learner {
    ur_model *model;
    ur_learning learning;
    ur_compute compute;
    ur_pool *pool;
    ur_arena arena;
    ur_optimizer_state optimizer;
    ur_state *carried; /* the states in which the lanes of the last batch ended; NULL before the first batch */
    double *norm_pieces;
    ur_sampler sampler; /* place is NULL if all outputs are trained */
    /* If set, ur_learner_forward calls it with the windows of the recurrent layers. They are valid during the call
     * only. */
    void (*look)(void *context, const ur_probing *seen);
    void *look_context;
    const ur_probing *held; /* if set, ur_learner_forward holds this unit at its value */
    /* If set, it computes the loss in place of the network and its losses. */
    ur_status (*forward)(void *context, ur_pass *pass, ur_window_result *result, ur_error *error);
    /* If set, ur_learner_forward calls it with the network's outputs, including all outputs of a wide last layer. They
     * are valid during the call only. */
    ur_status (*judge)(void *context, const ur_value *out, ur_error *error);
    void *task_context; /* passed to both of them */
    /* If set, what ur_predict keeps of tokens between calls. It is valid as long as the weights do not change. */
    struct ur_kept_rows *kept;
    ur_known *known;               /* what lines computed for words, in a learner that never trains; else NULL */
    ur_value output[UR_MAX_LINES]; /* of each line in the last forward pass; valid until the arena is reset */
    double norm;                   /* norm of the last gradient */
    uint64_t step;                 /* number of updates, which also seeds the dropout masks */
};

/* A learner that evaluates and never trains. It has no gradients and no optimiser. Models with small weights are
 * allowed, too. */
ur_status ur_learner_create_judge(ur_learner **learner, ur_model *model, size_t threads, ur_error *error);

void ur_learner_clear(ur_learner *learner); /* sets the gradients to zero */
/* Runs one window forward and backward. Sets the gradients and updates nothing. */
ur_status ur_learner_gradients(ur_learner *learner, const ur_batch *batch, const ur_carry *carry,
                               ur_window_result *result, ur_error *error);
/* Clips the gradient, checks that it is finite, updates the weights and packs them. */
ur_status ur_learner_update(ur_learner *learner, ur_error *error);
/* Runs one window forward only. */
ur_status ur_learner_forward(ur_learner *learner, const ur_batch *batch, const ur_carry *carry,
                             ur_window_result *result, ur_error *error);

/* The last layer, if it has so many outputs that its softmax loss is computed together with it; else NULL. */
const ur_dense *ur_wide_head(const ur_model *model);

/* Creates a pool of `threads` threads; 0 means the machine's cores, at most 16. */
ur_status ur_learner_pool(ur_pool **pool, size_t threads, ur_error *error);

#endif
