/*
 * A linear-chain conditional random field (Lafferty, McCallum and Pereira 2001): the labels y_1 … y_n of a lane are
 * judged together. The input is a score for each label at each step, x (T, B, L). The layer adds scores for pairs of
 * neighbouring labels.
 *
 *   score(y) = start[y_1] + Σ_t x_t[y_t] + Σ_t transitions[y_{t−1}, y_t] + end[y_n]
 *   p(y)     = exp(score(y)) / Z,  Z = Σ over all sequences of exp(score)
 */
#ifndef UR_LAYER_CRF_H
#define UR_LAYER_CRF_H

#include "tape/param.h"
#include "tape/tape.h"

enum { UR_CRF_LABELS_MAX = 1024 };

typedef struct ur_crf {
    size_t labels;                             /* L */
    const ur_param *transitions, *start, *end; /* (L, L) from, to; (L); (L) */
} ur_crf;

/* Finds the sequence with the highest score (Viterbi 1967), of `length` steps that are `stride` numbers apart in x. Of
 * equally good labels the first is taken. The label of step t goes to labels[t·label_stride]. */
ur_status ur_crf_best(const ur_crf *crf, const real *x, size_t stride, size_t length, int32_t *labels,
                      size_t label_stride, ur_error *error);

#endif
