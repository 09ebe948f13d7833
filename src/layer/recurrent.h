/*
 * The recurrent layer: any cell over a window of time. It owns the loop over steps, lanes that end early, and the
 * sharing out over threads; the cell gives the gates (cell/cell.h).
 *
 * The input products of the whole window are one product, or, where the weights are small, come right before the recurrent
 * ones. At each step there is one recurrent product for each phase of the cell, with the gates behind it while its results are
 * in the cache. Streaming is a window of one step.
 *
 * Threads split lanes where there are many (no waiting), units where there are few (a barrier a phase). Either way each
 * number is made by the same chain.
 */
#ifndef UR_LAYER_RECURRENT_H
#define UR_LAYER_RECURRENT_H

#include "base/pool.h"
#include "cell/cell.h"
#include "kernel/compute.h"
#include "kernel/pack.h"

#include <stdbool.h>

/* Part of the chains of a step of one lane, in `count` slots of each unit block: what they begin with and one product. */
typedef struct ur_leg {
    ur_row_shape shape;
    const real *first, *b;              /* of the first unit block; first NULL: the chains go on */
    size_t first_block, b_block, count; /* numbers a unit block; slots */
} ur_leg;

enum { UR_LEGS_MAX = 4 };

/* A phase of such a step: what depends on sizes alone, since a step of few units is soon over (recurrent_step.c). */
typedef struct ur_step_phase {
    ur_leg leg[UR_LEGS_MAX]; /* the last one is the recurrent product */
    size_t legs, together;   /* together: unit blocks whose sums are made at once */
} ur_step_phase;

/* The sizes of a layer and its packed weights. */
typedef struct ur_recurrent {
    const ur_cell *cell;
    const ur_cell_back *back; /* NULL where nothing is trained */
    size_t inputs, units;     /* I, H */
    ur_activation activation; /* of a vanilla RNN */
    ur_weights weights;       /* of the products; others than F32 without training */
    bool symbols;             /* the input is ids below `inputs` (one-hot), read from a table of W's columns */
    real *in;                 /* input weights, packed forward, or the table */
    real *bias;               /* of the input slots: b_ih, and b_hh where the slot has a recurrent product too */
    real *rec[UR_PHASES_MAX]; /* recurrent weights, packed forward */
    real *late_bias;          /* (unit block, 16): b_hh of a slot without an input product */
    ur_step_phase step[UR_PHASES_MAX];
    real *in_back; /* for training: packed back; NULL with symbols */
    real *rec_back[UR_PHASES_MAX];
} ur_recurrent;

/* PyTorch's tensors: (G·H, I), (G·H, H), (G·H), (G·H); biases may be NULL. */
typedef struct ur_recurrent_weights {
    const real *w_ih, *w_hh, *b_ih, *b_hh;
} ur_recurrent_weights;

/* Numbers of memory for the packed weights, 0 when that does not fit; and the pointers into such memory. */
size_t ur_recurrent_packed_size(const ur_recurrent *layer, bool training);
void ur_recurrent_place(ur_recurrent *layer, real *memory, bool training);
/* The pieces of it that are this turn's. */
void ur_recurrent_pack(ur_recurrent *layer, const ur_recurrent_weights *weights, bool training, ur_turn *turn);

static inline size_t ur_unit_blocks(const ur_recurrent *layer) { return ur_padded(layer->units) / UR_LANES; }
/* Numbers of a lane's slots. */
static inline size_t ur_slot_row(const ur_recurrent *layer)
{
    return ur_unit_blocks(layer) * layer->cell->slots * UR_LANES;
}

/* One window. Rows of h, c and second are ur_padded(H) apart. */
typedef struct ur_window {
    const ur_recurrent *layer;
    const ur_compute *compute;
    size_t steps, lanes;
    const real *x;                 /* (T, B, I), rows ur_padded(I); NULL where the layer takes symbols */
    const int32_t *ids;            /* (T, B), each below `inputs`, or below `rows`: */
    size_t rows;                   /* x is (rows, I) and ids say which row each step reads; 0: x is (T, B, I) */
    real *table;                   /* (rows, slot row): the products of x's rows, later the sums of their gradients */
    bool made;                     /* the table is there, and x is not looked at */
    const unsigned char *live;     /* (T, B): 0 after the end of a lane's sequence; NULL: all live */
    real *slots;                   /* (T, B, slot row) */
    real *state[UR_STATES_MAX];    /* (T + 1, B, H): the first step's place holds the initial state */
    bool from_zero;                /* the initial h is zero: the first step has no recurrent product */
    bool in_place;                 /* of one step: (B, H), overwritten */
    real *second;                  /* (T, B, H) for a cell of two phases, else NULL */
    const struct ur_probing *hold; /* a unit of this layer is held; NULL: none is */
    /* Backward only: */
    const real *dy;             /* (T, B, H): gradient of h; NULL: none */
    real *carry[UR_STATES_MAX]; /* (B, H): in of the final states, out of the initial ones */
    real *dsecond;              /* (B, H) of scratch for a cell of two phases */
    bool stops;                 /* nobody asks for the gradient of the initial h */
    bool stepped;               /* it is one step of a loop (tape.h) */
} ur_window;

/* What a probe asks of the recurrent layers of a run: each leaves its window, good as long as the arena keeps it. One of
 * them may have a unit whose states are held at given values, at every step. Zeros: nothing has run. */
typedef struct ur_probing {
    ur_window *windows; /* in the order of running; in the arena */
    size_t seen, room;  /* windows, and how many there is room for */
    size_t layer, unit; /* the one that is held, where `held` */
    bool held;
    real value[UR_STATES_MAX];
    /* Where it is set, layers go back step by step and show each step (a window of one step; of its carry, h has all that came
     * from above) before the gradient has passed it and, `passed`, after. */
    void (*back)(void *context, const ur_window *step, bool passed);
    void *context;
} ur_probing;

/* Step t of a window as a window of its own, of the same memory; without dy. */
ur_window ur_window_step(const ur_window *window, size_t t);

/* Makes layer->step, once the weights have their place; `most` panels at once (ur_rows). */
void ur_recurrent_plan_step(ur_recurrent *layer, size_t most);

/* One step of one lane on its state, which it overwrites; f32 weights. */
typedef struct ur_step_work {
    const ur_recurrent *layer;
    const ur_compute *compute;
    const real *x;              /* (I); NULL where the layer takes symbols: */
    size_t id;                  /* below `inputs` */
    real *state[UR_STATES_MAX]; /* (H), padded */
    real *slots, *second;       /* room: (slot row); (H) for a cell of two phases */
    real *h;                    /* room: (H), padded */
    bool backwards;             /* the way through the weights; no bit depends on it */
} ur_step_work;

void ur_recurrent_step(ur_step_work *step);

/* The products of a layer's input weights with the rows of tokens, which are needed again and again in use: each is made when it
 * is first asked for, in the order of asking. Good for one layer and its weights as they are. */
typedef struct ur_kept_rows {
    size_t symbols;
    int32_t *place; /* of each id in the table; −1: not made yet */
    real *table;    /* (count, slot row) */
    size_t count, room;
} ur_kept_rows;

ur_status ur_kept_rows_make(ur_kept_rows *kept, size_t symbols, ur_error *error);
void ur_kept_rows_forget(ur_kept_rows *kept);
void ur_kept_rows_free(ur_kept_rows *kept); /* may be all zeros */

/* What the inputs add to the slots of a window, or to its table. */
void ur_window_input_products(const ur_window *window);
/* Fills slots and states. */
void ur_window_forward(const ur_window *window);
/* Turns the slots into their gradients and carry into that of the initial states. */
void ur_window_backward(const ur_window *window);
/* Where ids choose rows of x: the slots' gradients of each row added up into the table, on which the two functions
 * below then work. Does nothing where x is (T, B, I). */
ur_status ur_window_sum_rows(const ur_window *window, ur_arena *arena, ur_error *error);
/* dx, as x: set, or added to where `add`. From the slots' gradients. */
void ur_window_input_gradient(const ur_window *window, real *dx, bool add);

/* Where the weights' gradients are added to; biases may be NULL. */
struct ur_tape;
typedef struct ur_recurrent_gradients {
    real *w_ih, *w_hh, *b_ih, *b_hh;
} ur_recurrent_gradients;
/* A failure is the tape's. */
void ur_window_weight_gradients(const ur_window *window, const ur_recurrent_gradients *into, struct ur_tape *tape);

/* How a window is shared out over `members` threads. */
typedef enum ur_split { UR_SPLIT_NONE, UR_SPLIT_LANES, UR_SPLIT_UNITS } ur_split;
ur_split ur_window_split(const ur_window *window, size_t members);

#endif
