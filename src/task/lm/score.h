/* Scoring a text: what score.c and score_lines.c share. */
#ifndef UR_TASK_LM_SCORE_H
#define UR_TASK_LM_SCORE_H

#include "task/lm/lm.h"

/* A part of a text that is being scored. */
typedef struct ur_scorer {
    const ur_model *model;
    const ur_scoring *how;
    ur_corpus *corpus;
    uint64_t begin, end;
    ur_reader *reader;
    ur_pool *pool;
    ur_compute compute;
    ur_arena arena;
    double sum; /* Σ −log p, in nats */
    uint64_t predictions, unknown;
} ur_scorer;

/* −log of the probability that the logits give to id, computed by the kernels' softmax. */
double ur_score_of(const ur_scorer *scorer, const real *logits, int32_t id);

/* Tells the watcher that `left` tokens are still to be read. */
ur_status ur_score_watch(const ur_scorer *scorer, uint64_t left, ur_error *error);

/* In score_lines.c: scores each line as a sentence. */
ur_status ur_score_lines(ur_scorer *scorer, ur_error *error);

#endif
