/* The learner: a model, an optimiser, an arena for one window and a pool. What ur_learn and the trainers stand on. */
#ifndef UR_TRAIN_LEARNER_H
#define UR_TRAIN_LEARNER_H

#include "layer/loss.h"
#include "model/known.h"
#include "model/network.h"
#include "train/optimizer.h"

/* A forward run under way. */
typedef struct ur_pass {
    ur_model *model;
    ur_tape *tape; /* with the seed and the number of the update, of which random numbers are made */
    bool training;
    ur_value *output; /* by line: zeros; what a forward of a task's own leaves here is judged */
} ur_pass;

/* What a batch costs. */
typedef struct ur_window_result {
    double loss; /* Σ weight·loss of the batch's targets, each a mean over what counts, or a sum */
    double sum;  /* of what counts, in all of them together, and how many there are: */
    size_t count;
} ur_window_result;

struct ur_learner {
    ur_model *model;
    ur_learning learning;
    ur_compute compute;
    ur_pool *pool;
    ur_arena arena;
    ur_optimizer_state optimizer;
    ur_state *carried; /* where the lanes of the last batch ended; NULL before the first */
    double *norm_pieces;
    ur_sampler sampler; /* place NULL: all outputs are learnt from */
    /* Where set: is shown the windows of the recurrent layers after ur_learner_forward, which are there for that long. */
    void (*look)(void *context, const ur_probing *seen);
    void *look_context;
    const ur_probing *held; /* where set: its unit is held in ur_learner_forward */
    /* Where set: makes the loss in place of the network with its losses. */
    ur_status (*forward)(void *context, ur_pass *pass, ur_window_result *result, ur_error *error);
    /* Where set: is shown what the network gave in ur_learner_forward, all outputs of a wide last layer too, which is there
     * for that long. */
    ur_status (*judge)(void *context, const ur_value *out, ur_error *error);
    void *task_context; /* of both */
    /* Where set: what ur_predict keeps of tokens from call to call, as long as the weights stay as they are. */
    struct ur_kept_rows *kept;
    ur_known *known;               /* of one that never learns: what lines made of words; else NULL */
    ur_value output[UR_MAX_LINES]; /* of each line in the last forward run, until its arena is reset */
    double norm;                   /* of the last gradient */
    uint64_t step;                 /* updates, for the dropout masks */
};

/* One that evaluates and never learns: no gradients, no optimiser. Small weights may be used, too. */
ur_status ur_learner_create_judge(ur_learner **learner, ur_model *model, size_t threads, ur_error *error);

void ur_learner_clear(ur_learner *learner); /* the gradients: zeros */
/* One window forward and backward, gradients set but nothing updated. */
ur_status ur_learner_gradients(ur_learner *learner, const ur_batch *batch, const ur_carry *carry,
                               ur_window_result *result, ur_error *error);
/* Clips, checks that the gradient is finite, updates, packs. */
ur_status ur_learner_update(ur_learner *learner, ur_error *error);
/* Forward only. */
ur_status ur_learner_forward(ur_learner *learner, const ur_batch *batch, const ur_carry *carry,
                             ur_window_result *result, ur_error *error);

/* The layer whose softmax loss is computed with it, as its outputs are many; NULL: none. */
const ur_dense *ur_wide_head(const ur_model *model);

/* A pool of `threads` (0: the machine's cores, at most 16). */
ur_status ur_learner_pool(ur_pool **pool, size_t threads, ur_error *error);

#endif
