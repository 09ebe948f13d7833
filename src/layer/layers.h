/*
 * The layers as operations on a tape: each computes at once and, while the tape records, leaves its backward half.
 * Tensors are (T, B, W). Weights are read from packed copies, which their owner keeps up to date (ur_…_pack).
 * Every operation returns NULL after a failure, which the tape keeps.
 */
#ifndef UR_LAYER_LAYERS_H
#define UR_LAYER_LAYERS_H

#include "layer/recurrent.h"
#include "tape/param.h"
#include "tape/tape.h"

/* ---- embedding: ids (T, B) → rows of E (V, W) -------------------------------------------------------------------- */

ur_tensor *ur_embed(ur_tape *tape, const ur_param *weight, const int32_t *ids, size_t steps, size_t lanes);
/* All rows (V, 1, W), for a recurrent layer that chooses from them by id. */
ur_tensor *ur_embed_rows(ur_tape *tape, const ur_param *weight);
/* One row, for streaming. `out` is padded. */
void ur_embed_row(const ur_param *weight, int32_t id, real *out);

/* ---- dense: y = φ(x Wᵀ + b), W (N, W) ---------------------------------------------------------------------------- */

typedef struct ur_dense {
    size_t inputs, outputs;
    ur_activation activation;
    ur_weights weights;            /* of the product; others than F32 without training */
    const ur_param *weight, *bias; /* bias may be NULL */
    real *forward, *packed_bias;   /* packed */
    real *back;                    /* NULL where nothing is trained */
    bool unpacked;                 /* it has neither: who needs packed weights makes them as it goes */
} ur_dense;

size_t ur_dense_packed_size(const ur_dense *dense, bool training);
void ur_dense_place(ur_dense *dense, real *memory, bool training);
void ur_dense_pack(ur_dense *dense, ur_turn *turn); /* the pieces of it that are this turn's */
/* `rows` padded rows of x to padded rows of y. With `add` the sums go on from what y holds, without the bias. */
void ur_dense_forward(const ur_dense *dense, const ur_compute *compute, const real *x, real *y, size_t rows, bool add);
/* `rows` padded rows of dy, of y before its activation, to dx: set, or added to where `add`. */
void ur_dense_input_gradient(const ur_dense *dense, const ur_compute *compute, const real *dy, real *dx, size_t rows,
                             bool add);
/* The gradient of weights and bias, of dY, X, live, steps and lanes as `of` has them; the rest of it is not read. */
void ur_dense_weight_gradient(ur_tape *tape, const ur_dense *dense, const ur_weight_gradient *of, bool stepped);
ur_tensor *ur_dense_layer(ur_tape *tape, const ur_dense *dense, ur_tensor *x);
/* The same where places that live (T, B) leaves out need not be made: no gradient comes to them, and what y has there is of no
 * meaning. NULL: all count. */
ur_tensor *ur_dense_live_layer(ur_tape *tape, const ur_dense *dense, ur_tensor *x, const unsigned char *live);

/* A dense layer, with f32 weights, in a loop whose input is a₀ b₀ a₁ b₁ …, where a (1, B, I/2) is the same at each step: what it
 * brings is made once. Gradients go to b alone. Order of sums: docs/arithmetic.md. */
typedef struct ur_dense_kept ur_dense_kept;
ur_dense_kept *ur_dense_keep(ur_tape *tape, const ur_dense *dense, ur_tensor *a);
ur_tensor *ur_dense_go_on(ur_tape *tape, ur_dense_kept *kept, ur_tensor *b);

/* ---- recurrent -------------------------------------------------------------------------------------------------- */

typedef struct ur_recurrent_params {
    const ur_param *w_ih, *w_hh, *b_ih, *b_hh; /* biases may be NULL */
} ur_recurrent_params;

/* Input: x (T, B, I); or ids (T, B) where the layer takes symbols; or both: ids choose rows of x (V, 1, I), and the
 * products with W are made once a row instead of once a step. initial[s]: (1, B, H), NULL for zeros. live: (T, B) or
 * NULL. Returns h (T, B, H), zero where a lane has ended, and in final_state[s] the states (1, B, H) at each lane's
 * end. */
ur_tensor *ur_recurrent_layer(ur_tape *tape, const ur_recurrent *layer, const ur_recurrent_params *params, ur_tensor *x,
                              const int32_t *ids, size_t steps, size_t lanes, ur_tensor *const initial[UR_STATES_MAX],
                              const unsigned char *live, ur_tensor *final_state[UR_STATES_MAX]);

/* ---- last: (T, B, W) → (1, B, W) at each lane's last step; lengths (B), each 1 … T, or NULL --------------------- */

/* The columns [begin, end) at step 0. */
ur_tensor *ur_last(ur_tape *tape, ur_tensor *x, const int32_t *lengths, size_t begin, size_t end);

/* ---- dropout: y = x∘m, m = 1/(1 − p) with probability 1 − p, else 0 (Srivastava et al. 2014) -------------------- */

/* `stream` keeps layers apart. `same`: one mask (B, W) for all steps (Gal & Ghahramani 2016). `before`: steps of the
 * sequence that went before x's first. A tape that does not record returns x. The mask depends on seed, step and place
 * alone. */
ur_tensor *ur_dropout(ur_tape *tape, ur_tensor *x, double p, uint32_t stream, bool same, size_t before);

/* ---- losses (loss.h): Σ over what counts, in double ------------------------------------------------------------- */

/* Each leaves scale times its gradient. targets (T, B), −1: does not count. */
ur_status ur_softmax_loss(ur_tape *tape, ur_tensor *logits, const int32_t *targets, double scale, double *sum);
/* The same of a dense layer's outputs, which are never there as a whole (dense_softmax.c): equal bits. The layer is
 * linear; it may be unpacked. */
ur_status ur_dense_softmax_loss(ur_tape *tape, const ur_dense *dense, ur_tensor *x, const int32_t *targets,
                                double scale, double *sum);
/* Which outputs stand for all of them: `candidates` of `outputs` (1 ≤ candidates ≤ outputs). place, (outputs + 1), is the
 * owner's memory. */
typedef struct ur_sampler {
    size_t outputs, candidates;
    uint64_t *place;
} ur_sampler;

/* counts: how often each output occurs; NULL: all equally often. */
void ur_sampler_fill(ur_sampler *sampler, const uint64_t *counts);
/* The same over a sample of the outputs, drawn anew for each update (sampled_softmax.c). For a tape that records. */
ur_status ur_sampled_softmax_loss(ur_tape *tape, const ur_dense *dense, ur_tensor *x, const int32_t *targets,
                                  const ur_sampler *sampler, double scale, double *sum);
/* Target values (T, B, W), dense, NaN: does not count. Binary cross-entropy of σ(logit); (y − target)². */
ur_status ur_sigmoid_loss(ur_tape *tape, ur_tensor *logits, const real *targets, double scale, double *sum);
ur_status ur_squared_loss(ur_tape *tape, ur_tensor *y, const real *targets, double scale, double *sum);

#endif
