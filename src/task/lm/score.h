/* Evaluating text: what the protocols of lm_score.c and lm_lines.c share. */
#ifndef UR_TASK_LM_SCORE_H
#define UR_TASK_LM_SCORE_H

#include "task/lm/lm.h"

/* A part of a text being scored. */
typedef struct ur_scorer {
    const ur_model *model;
    const ur_scoring *how;
    ur_corpus *corpus;
    uint64_t begin, end;
    ur_reader *reader;
    ur_pool *pool;
    ur_compute compute;
    ur_arena arena;
    double sum; /* of −log p, in nats */
    uint64_t predictions, unknown;
} ur_scorer;

/* −log of the probability that logits give to id; kernels' softmax. */
double ur_score_of(const ur_scorer *scorer, const real *logits, int32_t id);

/* Where `left` tokens are still to be read. */
ur_status ur_score_watch(const ur_scorer *scorer, uint64_t left, ur_error *error);

/* lm_lines.c: each line as a sentence. */
ur_status ur_score_lines(ur_scorer *scorer, ur_error *error);

#endif
