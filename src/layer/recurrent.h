/*
 * The recurrent layer: any cell over a window of time. The layer does the loop over steps, handles lanes that end
 * early, and shares out the work over threads. The cell computes the gates (cell/cell.h).
 *
 * The input products of the whole window are one product. If the weights are small, they are computed right before the
 * recurrent products instead. At each step there is one recurrent product for each phase of the cell. The gates follow
 * at once, while the result is in the cache. Streaming is a window of one step.
 *
 * Threads split lanes if there are many (no waiting), and units if there are few lanes (a barrier for each phase).
 * Either way each number is computed by the same chain.
 */
#ifndef UR_LAYER_RECURRENT_H
#define UR_LAYER_RECURRENT_H

#include "base/pool.h"
#include "cell/cell.h"
#include "kernel/compute.h"
#include "kernel/pack.h"

#include <stdbool.h>

/* Part of the chains of a step of one lane, in `count` slots of each unit block: the values that they begin with and
 * one product. */
typedef struct ur_leg {
    ur_row_shape shape;
    const real *first, *b;              /* of the first unit block; first is NULL if the chains continue */
    size_t first_block, b_block, count; /* numbers for each unit block; slots */
} ur_leg;

enum { UR_LEGS_MAX = 4 };

/* A phase of such a step, as far as it depends on sizes alone. This is computed once, because a step of few units takes
 * little time (recurrent_step.c). */
typedef struct ur_step_phase {
    ur_leg leg[UR_LEGS_MAX]; /* the last one is the recurrent product */
    size_t legs, together;   /* together: unit blocks whose sums are computed at once */
} ur_step_phase;

/* The sizes of a layer and its packed weights. */
typedef struct ur_recurrent {
    const ur_cell *cell;
    const ur_cell_back *back; /* NULL without training */
    size_t inputs, units;     /* I, H */
    ur_activation activation; /* of a vanilla RNN */
    ur_weights weights;       /* of the products; always F32 in training */
    bool symbols;             /* the input is ids below `inputs` (one-hot); W's columns are read from a table */
    real *in;                 /* input weights, packed forward, or the table */
    real *bias;               /* of the input slots: b_ih, plus b_hh if the slot has a recurrent product too */
    real *rec[UR_PHASES_MAX]; /* recurrent weights, packed forward */
    real *late_bias;          /* (unit block, 16): b_hh of a slot without an input product */
    ur_step_phase step[UR_PHASES_MAX];
    real *in_back; /* for training: packed for the backward products; NULL with `symbols` */
    real *rec_back[UR_PHASES_MAX];
} ur_recurrent;

/* PyTorch's tensors: (G·H, I), (G·H, H), (G·H), (G·H); biases may be NULL. */
typedef struct ur_recurrent_weights {
    const real *w_ih, *w_hh, *b_ih, *b_hh;
} ur_recurrent_weights;

/* Size of the packed weights in numbers, 0 if that overflows; and setting the pointers into such memory. */
size_t ur_recurrent_packed_size(const ur_recurrent *layer, bool training);
void ur_recurrent_place(ur_recurrent *layer, real *memory, bool training);
/* Packs this turn's pieces. */
void ur_recurrent_pack(ur_recurrent *layer, const ur_recurrent_weights *weights, bool training, ur_turn *turn);

static inline size_t ur_unit_blocks(const ur_recurrent *layer) { return ur_padded(layer->units) / UR_LANES; }
/* Size of a lane's slots in numbers. */
static inline size_t ur_slot_row(const ur_recurrent *layer)
{
    return ur_unit_blocks(layer) * layer->cell->slots * UR_LANES;
}

/* One window. Rows of h, c and second are ur_padded(H) apart. */
typedef struct ur_window {
    const ur_recurrent *layer;
    const ur_compute *compute;
    size_t steps, lanes;
    const real *x;      /* (T, B, I), rows ur_padded(I) apart; NULL if the layer takes symbols */
    const int32_t *ids; /* (T, B), each below `inputs`, or below `rows` if that is not 0 */
    size_t rows;        /* x is (rows, I) and ids say which row each step reads; 0 if x is (T, B, I) */
    /* (rows, slot row): the products of x's rows; backward, the sums of their gradients. */
    real *table;
    bool made;                     /* the table has been computed, and x is not read */
    const unsigned char *live;     /* (T, B): 0 after the end of a lane's sequence; NULL if all are live */
    real *slots;                   /* (T, B, slot row) */
    real *state[UR_STATES_MAX];    /* (T + 1, B, H); the initial state comes first */
    bool from_zero;                /* the initial h is zero: the first step has no recurrent product */
    bool in_place;                 /* with one step: (B, H), overwritten */
    real *second;                  /* (T, B, H) for a cell of two phases, else NULL */
    const struct ur_probing *hold; /* a unit of this layer is held at given values; NULL if none is */
    /* Backward only: */
    const real *dy;             /* (T, B, H): gradient of h; NULL if there is none */
    real *carry[UR_STATES_MAX]; /* (B, H): gradient of the final states, on return of the initial ones */
    real *dsecond;              /* (B, H): scratch for a cell of two phases */
    bool stops;                 /* the gradient of the initial h is not needed */
    bool stepped;               /* the window is one step of a loop (tape.h) */
} ur_window;

/* What a probe wants from the recurrent layers of a run. Each layer leaves its window, which is valid as long as the
 * arena keeps it. One layer may have a unit whose states are held at given values at every step. All zeros: nothing has
 * run. */
typedef struct ur_probing {
    ur_window *windows; /* in the order in which the layers ran; in the arena */
    size_t seen, room;  /* number of windows, and capacity */
    size_t layer, unit; /* the layer and unit that are held, if `held` */
    bool held;
    real value[UR_STATES_MAX];
    /* If this is set, layers go back step by step and show each step twice: before the gradient has passed the step
     * and, with `passed`, afterwards. The step is a window of one step. Before, its carry of h includes all of the
     * gradient from above. */
    void (*back)(void *context, const ur_window *step, bool passed);
    void *context;
} ur_probing;

/* Step t of a window as a window of its own, in the same memory and without dy. */
ur_window ur_window_step(const ur_window *window, size_t t);

/* Sets layer->step, after the weights have been placed. `most` panels may be computed at once (ur_rows). */
void ur_recurrent_plan_step(ur_recurrent *layer, size_t most);

/* One step of one lane. The state is overwritten. Weights are f32. */
typedef struct ur_step_work {
    const ur_recurrent *layer;
    const ur_compute *compute;
    const real *x;              /* (I); NULL if the layer takes symbols */
    size_t id;                  /* the symbol, below `inputs` */
    real *state[UR_STATES_MAX]; /* (H), padded */
    real *slots, *second;       /* scratch: (slot row); (H) for a cell of two phases */
    real *h;                    /* scratch: (H), padded */
    bool backwards;             /* order in which the weights are read; no bit depends on it */
} ur_step_work;

void ur_recurrent_step(ur_step_work *step);

/* The products of a layer's input weights with the rows of tokens, which inference needs again and again. Each product
 * is computed when it is first needed, and the products are stored in that order. Valid for one layer, as long as its
 * weights do not change. */
typedef struct ur_kept_rows {
    size_t symbols;
    int32_t *place; /* row of each id in the table; −1 if it has not been computed yet */
    real *table;    /* (count, slot row) */
    size_t count, room;
} ur_kept_rows;

ur_status ur_kept_rows_make(ur_kept_rows *kept, size_t symbols, ur_error *error);
void ur_kept_rows_forget(ur_kept_rows *kept);
void ur_kept_rows_free(ur_kept_rows *kept); /* kept may be all zeros */

/* Computes the input products of a window, or its table. */
void ur_window_input_products(const ur_window *window);
/* Fills slots and states. */
void ur_window_forward(const ur_window *window);
/* Turns the slots into their gradients, and carry into the gradient of the initial states. */
void ur_window_backward(const ur_window *window);
/* If ids choose rows of x, adds up the slots' gradients of each row into the table. The two functions below then work
 * on the table. Does nothing if x is (T, B, I). */
ur_status ur_window_sum_rows(const ur_window *window, ur_arena *arena, ur_error *error);
/* Computes dx, with the shape of x, from the slots' gradients. dx is set, or added to if `add`. */
void ur_window_input_gradient(const ur_window *window, real *dx, bool add);

/* The arrays to which the weights' gradients are added. Biases may be NULL. */
struct ur_tape;
typedef struct ur_recurrent_gradients {
    real *w_ih, *w_hh, *b_ih, *b_hh;
} ur_recurrent_gradients;
/* A failure is kept by the tape. */
void ur_window_weight_gradients(const ur_window *window, const ur_recurrent_gradients *into, struct ur_tape *tape);

/* How the work on a window is shared out over `members` threads. */
typedef enum ur_split { UR_SPLIT_NONE, UR_SPLIT_LANES, UR_SPLIT_UNITS } ur_split;
ur_split ur_window_split(const ur_window *window, size_t members);

#endif
