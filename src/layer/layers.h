/*
 * The layers as operations on a tape. Each computes at once and, while the tape records, leaves its backward half on
 * the tape. Tensors are (T, B, W). Weights are read from packed copies, which their owner keeps up to date (ur_…_pack).
 * Every operation returns NULL after a failure, which the tape keeps.
 */
#ifndef UR_LAYER_LAYERS_H
#define UR_LAYER_LAYERS_H

#include "layer/recurrent.h"
#include "tape/param.h"
#include "tape/tape.h"

/* ---- embedding: ids (T, B) → rows of E (V, W) -------------------------------------------------------------------- */

ur_tensor *ur_embed(ur_tape *tape, const ur_param *weight, const int32_t *ids, size_t steps, size_t lanes);
/* All rows (V, 1, W), for a recurrent layer that chooses from the rows by id. */
ur_tensor *ur_embed_rows(ur_tape *tape, const ur_param *weight);
/* One row, for streaming. `out` is padded. */
void ur_embed_row(const ur_param *weight, int32_t id, real *out);

/* ---- dense: y = φ(x Wᵀ + b), W (N, W) ---------------------------------------------------------------------------- */

typedef struct ur_dense {
    size_t inputs, outputs;
    ur_activation activation;
    ur_weights weights;            /* of the product; always F32 in training */
    const ur_param *weight, *bias; /* bias may be NULL */
    real *forward, *packed_bias;   /* packed; forward is NULL if `unpacked` */
    real *back;                    /* packed for dx; NULL without training */
    bool unpacked;                 /* only the bias is packed; users of the layer pack the weights as they need them */
} ur_dense;

size_t ur_dense_packed_size(const ur_dense *dense, bool training);
void ur_dense_place(ur_dense *dense, real *memory, bool training);
void ur_dense_pack(ur_dense *dense, ur_turn *turn); /* packs this turn's pieces */
/* Turns `rows` padded rows of x into padded rows of y. With `add` the sums continue from what y holds, without the
 * bias. */
void ur_dense_forward(const ur_dense *dense, const ur_compute *compute, const real *x, real *y, size_t rows, bool add);
/* Turns `rows` padded rows of dy, the gradient of y before its activation, into dx, which is set, or added to if
 * `add`. */
void ur_dense_input_gradient(const ur_dense *dense, const ur_compute *compute, const real *dy, real *dx, size_t rows,
                             bool add);
/* Adds the gradient of weights and bias. dY, X, live, steps and lanes are taken from `of`; its other fields are not
 * read. */
void ur_dense_weight_gradient(ur_tape *tape, const ur_dense *dense, const ur_weight_gradient *of, bool stepped);
ur_tensor *ur_dense_layer(ur_tape *tape, const ur_dense *dense, ur_tensor *x);
/* The same, but places that live (T, B) leaves out may be skipped. They get no gradient, and their values in y are
 * meaningless. All places count if live is NULL. */
ur_tensor *ur_dense_live_layer(ur_tape *tape, const ur_dense *dense, ur_tensor *x, const unsigned char *live);

/* A dense layer, with f32 weights, in a loop whose input is a₀ b₀ a₁ b₁ …, where a (1, B, I/2) is the same at each
 * step. The part that comes from a is computed once. Of the two inputs, only b gets a gradient. Order of sums:
 * docs/arithmetic.md. */
typedef struct ur_dense_kept ur_dense_kept;
ur_dense_kept *ur_dense_keep(ur_tape *tape, const ur_dense *dense, ur_tensor *a);
ur_tensor *ur_dense_go_on(ur_tape *tape, ur_dense_kept *kept, ur_tensor *b);

/* ---- recurrent -------------------------------------------------------------------------------------------------- */

typedef struct ur_recurrent_params {
    const ur_param *w_ih, *w_hh, *b_ih, *b_hh; /* biases may be NULL */
} ur_recurrent_params;

/* The input is x (T, B, I); or ids (T, B) if the layer takes symbols; or both: then ids choose rows of x (V, 1, I), and
 * the products with W are computed once for each row instead of once for each step. initial[s]: (1, B, H), NULL for
 * zeros. live: (T, B) or NULL. Returns h (T, B, H), zero after the end of a lane. final_state[s] gets the states (1, B,
 * H) at each lane's end. */
ur_tensor *ur_recurrent_layer(ur_tape *tape, const ur_recurrent *layer, const ur_recurrent_params *params, ur_tensor *x,
                              const int32_t *ids, size_t steps, size_t lanes, ur_tensor *const initial[UR_STATES_MAX],
                              const unsigned char *live, ur_tensor *final_state[UR_STATES_MAX]);

/* ---- last: (T, B, W) → (1, B, W) at each lane's last step; lengths (B), each 1 … T, or NULL --------------------- */

/* Columns [begin, end) are taken from step 0. */
ur_tensor *ur_last(ur_tape *tape, ur_tensor *x, const int32_t *lengths, size_t begin, size_t end);

/* ---- dropout: y = x∘m, m = 1/(1 − p) with probability 1 − p, else 0 (Srivastava et al. 2014) -------------------- */

/* `stream` keeps the masks of different layers apart. `same`: one mask (B, W) for all steps (Gal & Ghahramani 2016).
 * `before`: how many steps of the sequence came before x's first step. If the tape does not record, x is returned. The
 * mask depends only on seed, step and position. */
ur_tensor *ur_dropout(ur_tape *tape, ur_tensor *x, double p, uint32_t stream, bool same, size_t before);

/* ---- losses (loss.h): Σ over what counts, in double ------------------------------------------------------------- */

/* Each leaves scale times its gradient. targets (T, B); −1 does not count. */
ur_status ur_softmax_loss(ur_tape *tape, ur_tensor *logits, const int32_t *targets, double scale, double *sum);
/* The same loss for the outputs of a dense layer, which are never stored as a whole (dense_softmax.c). The bits are
 * equal. The layer is linear; it may be unpacked. */
ur_status ur_dense_softmax_loss(ur_tape *tape, const ur_dense *dense, ur_tensor *x, const int32_t *targets,
                                double scale, double *sum);
/* A sample of the outputs stands for all of them: `candidates` of `outputs` (1 ≤ candidates ≤ outputs). place (outputs
 * + 1) is memory of the owner. */
typedef struct ur_sampler {
    size_t outputs, candidates;
    uint64_t *place;
} ur_sampler;

/* counts: how often each output occurs, or NULL if all occur equally often. */
void ur_sampler_fill(ur_sampler *sampler, const uint64_t *counts);
/* The same over a sample of the outputs, drawn anew for each update (sampled_softmax.c). The tape must record. */
ur_status ur_sampled_softmax_loss(ur_tape *tape, const ur_dense *dense, ur_tensor *x, const int32_t *targets,
                                  const ur_sampler *sampler, double scale, double *sum);
/* Target values (T, B, W), dense; NaN does not count. Binary cross-entropy of σ(logit); (y − target)². */
ur_status ur_sigmoid_loss(ur_tape *tape, ur_tensor *logits, const real *targets, double scale, double *sum);
ur_status ur_squared_loss(ur_tape *tape, ur_tensor *y, const real *targets, double scale, double *sum);

#endif
