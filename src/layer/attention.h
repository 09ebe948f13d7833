/*
 * Attention as operations on a tape: each step of a sequence of queries looks at all steps of another sequence.
 *
 *   dots      s[t, b, i] = q[t, b] · k[i, b′]
 *   sums      s[t, b, i] = v · tanh(q[t, b] + k[i, b′])
 *   shares    a[t, b]    = softmax(s[t, b]) over the steps that lane b′ has, zeros after its end
 *   mean      c[t, b]    = Σ_i a[t, b, i] m[i, b′]
 *
 * q (T, B, W), k and m (S, B′, W), s and a (T, B, S). b′ is the lane that lane b looks at. The result of a step depends
 * on nothing but its own query, so T steps one by one give the same bits as T steps at once.
 */
#ifndef UR_LAYER_ATTENTION_H
#define UR_LAYER_ATTENTION_H

#include "layer/layers.h"

typedef struct ur_sight {
    const int32_t *lengths; /* (B′) lengths of the lanes that are looked at, or NULL if all have S steps */
    const int32_t *lane_of; /* (B) b′ of each lane, or NULL if each looks at its own */
} ur_sight;

ur_tensor *ur_attend_dots(ur_tape *tape, ur_tensor *q, ur_tensor *k, const ur_sight *sight);
ur_tensor *ur_attend_sums(ur_tape *tape, const ur_param *v, ur_tensor *q, ur_tensor *k, const ur_sight *sight);
ur_tensor *ur_attend_shares(ur_tape *tape, ur_tensor *s, const ur_sight *sight);
ur_tensor *ur_attend_mean(ur_tape *tape, ur_tensor *a, ur_tensor *m, const ur_sight *sight);

/* ---- the layer `attend` (attend.c) -------------------------------------------------------------------------------- */

typedef enum ur_attend_score { UR_SCORE_GENERAL, UR_SCORE_DOT, UR_SCORE_ADDITIVE } ur_attend_score;

typedef struct ur_attend {
    /* For what enters, and for the line that is looked at. Each has no weight if the score uses none. */
    ur_dense query, key;
    const ur_param *score; /* v, for `additive` */
    ur_dense out;          /* over c and x, side by side */
} ur_attend;

#endif
