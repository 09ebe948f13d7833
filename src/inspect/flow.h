/*
 * How a gradient flows back through time: what the files behind section 4 of unroll_inspect.h share.
 *
 * The loss is that of the last step alone. Its gradient goes back step by step, through views of one step on the window
 * that the forward pass left. After each step the numbers of a lane are scaled by a power of two, which is remembered,
 * so that a gradient of 1e-300 is still all its digits.
 */
#ifndef UR_INSPECT_FLOW_H
#define UR_INSPECT_FLOW_H

#include "inspect/task_batches.h"

#define UR_LN2 0.69314718055994530942

enum {
    UR_FLOW_STEPS = 200, /* where none are asked for */
    UR_FLOW_WARM = 100,
    UR_FLOW_PLACES = 64,
    UR_FLOW_STEPS_MOST = 100000,
    UR_FLOW_BEFORE = 2 /* norms of a lane that are kept while a step is taken */
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

/* A sum of what is finite, of how many, and how many there were. */
typedef struct ur_flow_sum {
    double sum;
    size_t count, met;
} ur_flow_sum;

/* A recurrent layer's gradients on their way back. Rows (B) of H numbers, ur_padded(H) apart; what stands in lane b counts
 * 2^power[b]. */
typedef struct ur_stream {
    const ur_layer *layer;
    const ur_window *window;
    int keep, show;             /* slots of the gates that keep the old memory and show it (the LSTM's o); −1: none */
    size_t kept_state;          /* the state that `keep` keeps */
    real *carry[UR_STATES_MAX]; /* gradients of h, c */
    real *dsecond;
    real *direct; /* what goes to the step before by `keep` alone; NULL where a state has it to itself */
    int *power;
    size_t *late;   /* of a batch: steps of the window behind each lane's end; NULL: there are none */
    double *plus;   /* (B, H): ln of |∂loss/∂c_t|∘Πf, from power[] on; NULL: no c */
    double *before; /* (B, UR_FLOW_BEFORE): norms at a step before it is taken */
    ur_flow_sum *curve[UR_FLOW_CURVES];           /* of steps + 1 */
    ur_flow_sum moves[UR_STATES_MAX];             /* ‖s_t − s_{t−1}‖/‖s_t‖ */
    double *mean[UR_FLOW_CURVES], *alive, *sigma; /* the results: of steps + 1; sigma: of the product of Jacobians */
    bool has_sigma;
    bool from_end; /* it reads each sequence from its end, and its line keeps its steps */
    size_t most;   /* K */
    size_t k;      /* of a batch: steps gone back so far */
} ur_stream;

struct ur_flow {
    ur_model *model;
    ur_flow_settings settings;
    ur_compute compute;
    ur_pool *pool;
    ur_arena arena;
    ur_probing probing;
    ur_tensor **watch;   /* what each layer of the model gave */
    size_t last;         /* the layer `last`: from it on there is one step; the number of layers where there is none */
    size_t lanes, steps; /* of the window: those before, K, and the last */
    size_t stream_count;
    ur_stream *streams;
    size_t places; /* that were followed back */
    ur_flow_sum *sums;
    double *results;
};

/* Whether ids can be followed: one line, a step at a time. */
ur_status ur_flow_check_ids(const ur_model *model, ur_error *error);
/* Whether a gradient can begin at the first target of a batch: labels, yes and no, or one number. Without a target it begins
 * where the loop of the task leaves it. */
ur_status ur_flow_check_target(const ur_model *model, const ur_batch *batch, ur_error *error);
/* flow_batch.c: as ur_flow_batch, through the loop of the task's own. */
ur_status ur_flow_loop(ur_flow *flow, const ur_task_data *data, const ur_task_batch *batch, ur_error *error);
/* ur_flow_ids with so many steps before. */
ur_status ur_flow_lanes(ur_flow *flow, const int32_t *ids, const int32_t *next, size_t warm, size_t lanes,
                        ur_error *error);
/* Room for what is measured of a stream, of so many lanes. */
void ur_flow_stream(ur_tape *tape, ur_stream *stream, size_t lanes);
/* flow_back.c: from the loss at the last step back over all steps; adds up the curves. */
ur_status ur_flow_back(ur_flow *flow, const int32_t *next, ur_error *error);

/* flow_measure.c: before and after the step of a layer is taken (view: its window of one step; k: steps back from the window's
 * last one). */
void ur_flow_before(ur_stream *stream, const ur_window *view, size_t k);
void ur_flow_after(ur_stream *stream, const ur_window *view, size_t k);
/* How far the states move in the step; not that of the K-th step back. */
void ur_flow_moves(ur_stream *stream, const ur_window *view, size_t k);
/* ‖x‖₂ of n numbers. */
double ur_flow_norm(const real *x, size_t n);

/* The exponent e with 2^(e−1) ≤ max|x| < 2^e; INT_MIN where all are zero, INT_MAX where one is not finite. */
int ur_flow_exponent(const real *x, size_t n);
void ur_flow_scale(real *x, size_t n, int power);

/* jacobian.c: ln of the largest singular value of the product of Jacobians ∂(h, c)_t/∂(h, c)_{t−k} of a layer whose input
 * is held, for k = 0 … steps − 1 in one lane; t is the window's last step. */
ur_status ur_jacobian_product(const ur_window *window, size_t lane, size_t steps, double *ln, ur_error *error);
enum { UR_JACOBIAN_MOST = 1024 }; /* states of a layer, above which it is left out */

#endif
