/*
 * What a cell is: a few large products and one gate function.
 *
 * At each step a cell has a few slots for every unit (neuron): pre-activations to which the input product, the
 * recurrent product or both are added. The gate function turns the slots of 16 units of one lane, together with their
 * states, into new states. It leaves in the slots what the backward function needs. The backward function turns the
 * gradients of the new states into those of the slots and of the old states. A cell does not deal with products, time,
 * lanes, threads and unequal lengths (layer/recurrent.h).
 *
 * Most cells have one phase: one recurrent product of h, then the gates. A cell that multiplies something other than h
 * (the GRU that resets before the product) has a second phase. The product of this phase takes `second`, which the
 * first phase computes.
 *
 * In memory slots are (T, B, unit block, slot, 16), so that everything for 16 units is together.
 */
#ifndef UR_CELL_CELL_H
#define UR_CELL_CELL_H

#include "base/error.h"
#include "kernel/activation.h"
#include "kernel/lane.h"

#include <stdbool.h>

enum { UR_SLOTS_MAX = 4, UR_STATES_MAX = 2, UR_PHASES_MAX = 2 };

/* Slots [first, first + count) receive a product. order[i] is the position of the gate of slot first + i in PyTorch's
 * matrix. */
typedef struct ur_slot_range {
    unsigned char first, count, order[UR_SLOTS_MAX];
} ur_slot_range;

/* One step of `rows` lanes for `blocks` neighbouring blocks of 16 units. The slots of two blocks are slot_block apart.
 * Rows of h, c, second and their gradients are `row` apart. `after` may be `before`. */
typedef struct ur_gate_block {
    size_t rows, blocks, row, slot_row, slot_block;
    ur_activation activation;          /* of a vanilla RNN */
    const unsigned char *live;         /* (rows): 0 for a lane whose sequence has ended; NULL if all are live */
    real *slots;                       /* (rows, blocks, slots, 16) */
    const real *before[UR_STATES_MAX]; /* h, c of the step before */
    real *after[UR_STATES_MAX];        /* h, c of this step: output forward, input backward */
    real *second;                      /* input of the second phase's product, computed forward */
    const real *dy;                    /* gradient of h from above; NULL if there is none */
    /* Gradients of h, c: on entry those of `after`, on return those of `before` without the part from the products. */
    real *carry[UR_STATES_MAX];
    const real *dsecond; /* gradient of second */
} ur_gate_block;

typedef void ur_gates(const ur_gate_block *block);

typedef struct ur_cell {
    const char *name; /* its word in a network line */
    unsigned char gates, slots, states, phases;
    ur_activation activation; /* the default; UR_LINEAR if there is none to choose */
    bool module;              /* nn.RNN, nn.LSTM or nn.GRU computes the same: the stack is called rnn */
    ur_slot_range input, phase[UR_PHASES_MAX];
    ur_gates *forward[UR_PHASES_MAX];
} ur_cell;

/* What a gate is for. The memory of a cell is c or, if it has no c, h. All gates but the candidate lie between 0 (closed)
 * and 1 (open). */
typedef enum ur_gate_role {
    UR_CANDIDATE, /* what may enter the memory */
    UR_RESETS,    /* the share of h that the candidate sees */
    UR_KEEPS,     /* the share of the memory that stays */
    UR_ENTERS,    /* the share of the candidate that enters */
    UR_SHOWS      /* the share of c that h shows */
} ur_gate_role;

/* The value that a probe finds in a slot after the gates have been computed. */
typedef struct ur_gate_name {
    const char *name; /* the letter of the equations; NULL after the last */
    unsigned char slot;
    ur_gate_role role;
} ur_gate_name;

/* Separate from ur_cell, so that a program that only steps does not link training. */
typedef struct ur_cell_back {
    ur_gates *backward[UR_PHASES_MAX];
    ur_gate_name gate[UR_SLOTS_MAX]; /* those worth looking at, in the order of the equations */
} ur_cell_back;

/* The cell with this name for an instruction set (ur_isa_index); NULL if there is none. */
const ur_cell *ur_cell_find(const char *name, size_t isa);
/* The cell with index i in cell.inc; NULL after the last. */
const ur_cell *ur_cell_at(size_t i, size_t isa);
/* Fails with "there is no cell NAME; there are …". */
ur_status ur_cell_missing(const char *name, ur_error *error);
const ur_cell_back *ur_cell_back_find(const char *name, size_t isa);
/* The cell's gate of that role; NULL: it has none. */
const ur_gate_name *ur_cell_gate(const ur_cell_back *cell, ur_gate_role role);

#endif
