/*
 * How a gradient flows back through time: what the files of section 4 of unroll_inspect.h share.
 *
 * The loss is that of the last step alone. Its gradient goes back step by step, through views of one step on the window
 * that the forward pass left. After each step the numbers of a lane are scaled by a power of two, which is recorded, so
 * that a gradient of 1e-300 still has all its digits.
 */
#ifndef UR_INSPECT_FLOW_H
#define UR_INSPECT_FLOW_H

#include "inspect/task_batches.h"

#define UR_LN2 0.69314718055994530942

enum {
    UR_FLOW_STEPS = 200, /* default */
    UR_FLOW_WARM = 100,
    UR_FLOW_PLACES = 64,
    UR_FLOW_STEPS_MOST = 100000,
    UR_FLOW_BEFORE = 2 /* norms per lane that are recorded before a step is taken */
};

/* The curves of a layer: sums over the places, by k. */
typedef enum ur_flow_curve {
    UR_FLOW_H,
    UR_FLOW_C,
    UR_FLOW_PLUS,
    UR_FLOW_SLOPES,
    UR_FLOW_RECURRENT,
    UR_FLOW_KEPT,
    UR_FLOW_CURVES
} ur_flow_curve;

/* A sum of the finite values, their number, and the number of all values. */
typedef struct ur_flow_sum {
    double sum;
    size_t count, met;
} ur_flow_sum;

/* The gradients of a recurrent layer on their way back. Rows (B) of H numbers, ur_padded(H) apart. The numbers of lane
 * b are to be multiplied by 2^power[b]. */
typedef struct ur_stream {
    const ur_layer *layer;
    const ur_window *window;
    int keep, show;             /* slots of the gates that keep the old memory (f, z) and show it (o); −1 if there is
                                 * none */
    size_t kept_state;          /* the state that the gate `keep` acts on */
    real *carry[UR_STATES_MAX]; /* gradients of h, c */
    real *dsecond;
    real *direct; /* (B, H) part of the gradient that reaches the previous step through `keep` alone; NULL if a state
                   * has this part for itself */
    int *power;
    size_t *late;   /* for a batch, steps of the window after each lane's end; NULL if there are none */
    double *plus;   /* (B, H) ln of |∂loss/∂c_t|∘Πf, with the power included; NULL if there is no c */
    double *before; /* (B, UR_FLOW_BEFORE) norms before a step is taken */
    ur_flow_sum *curve[UR_FLOW_CURVES];           /* (steps + 1) */
    ur_flow_sum moves[UR_STATES_MAX];             /* ‖s_t − s_{t−1}‖/‖s_t‖ */
    double *mean[UR_FLOW_CURVES], *alive, *sigma; /* the results (steps + 1); sigma: that of the product of Jacobians */
    bool has_sigma;
    bool from_end; /* the layer reads each sequence from its end, and its line keeps all steps */
    size_t most;   /* K */
    size_t k;      /* for a batch, steps gone back so far */
} ur_stream;

struct ur_flow {
    ur_model *model;
    ur_flow_settings settings;
    ur_compute compute;
    ur_pool *pool;
    ur_arena arena;
    ur_probing probing;
    ur_tensor **watch;   /* output of each layer of the model */
    size_t last;         /* index of the layer `last`, from which on there is one step; the number of layers if there is
                          * none */
    size_t lanes, steps; /* of the window; steps: those before, K, and the last */
    size_t stream_count;
    ur_stream *streams;
    size_t places; /* number of places followed back */
    ur_flow_sum *sums;
    double *results;
};

/* UR_ERR_USAGE unless ids can be followed: the network has one line and can be run step by step. */
ur_status ur_flow_check_ids(const ur_model *model, ur_error *error);
/* UR_ERR_UNSUPPORTED unless a gradient can begin at one step of the first target of a batch. Without a target the
 * gradient begins where the task's own loop leaves it. */
ur_status ur_flow_check_target(const ur_batch *batch, ur_error *error);
/* Does what ur_flow_batch does, but through the task's own loop (flow_batch.c). */
ur_status ur_flow_loop(ur_flow *flow, const ur_task_data *data, const ur_task_batch *batch, ur_error *error);
/* Does what ur_flow_ids does, with `warm` steps before. */
ur_status ur_flow_lanes(ur_flow *flow, const int32_t *ids, const int32_t *next, size_t warm, size_t lanes,
                        ur_error *error);
/* Allocates the memory for measuring a stream of `lanes` lanes. */
void ur_flow_stream(ur_tape *tape, ur_stream *stream, size_t lanes);
/* Goes back from the loss at the last step over all steps, and adds up the curves (flow_back.c). */
ur_status ur_flow_back(ur_flow *flow, const int32_t *next, ur_error *error);

/* Measure a layer before and after it goes a step back (flow_measure.c). view: its window of one step; k: number of
 * steps back from the window's last one. */
void ur_flow_before(ur_stream *stream, const ur_window *view, size_t k);
void ur_flow_after(ur_stream *stream, const ur_window *view, size_t k);
/* Measures how far the states move in the step. Ignores the K-th step back. */
void ur_flow_moves(ur_stream *stream, const ur_window *view, size_t k);
/* ‖x‖₂ of n numbers. */
double ur_flow_norm(const real *x, size_t n);

/* The exponent e with 2^(e−1) ≤ max|x| < 2^e; INT_MIN if all numbers are zero, INT_MAX if one is not finite. */
int ur_flow_exponent(const real *x, size_t n);
void ur_flow_scale(real *x, size_t n, int power);

/* ln of the largest singular value of the product of Jacobians ∂(h, c)_t/∂(h, c)_{t−k} of a layer whose input is held
 * fixed, for k = 0 … steps − 1 in one lane; t is the window's last step (jacobian.c). */
ur_status ur_jacobian_product(const ur_window *window, size_t lane, size_t steps, double *ln, ur_error *error);
enum { UR_JACOBIAN_MOST = 1024 }; /* most states (h and c) of a layer for which this is done */

#endif
