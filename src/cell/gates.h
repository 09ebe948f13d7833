/*
 * Turns a function on 16 units in registers into the gate function of blocks: it loops over lanes and blocks, loads and
 * stores. Lanes that have ended are left alone: their state stays, and their gradient passes through.
 */
#ifndef UR_CELL_GATES_H
#define UR_CELL_GATES_H

#include "cell/cell.h"
#include "kernel/functions.h"

/* 16 units of one lane. */
typedef struct ur_units {
    v16 slot[UR_SLOTS_MAX]; /* pre-activations; then what the backward half needs; then their gradients */
    v16 before[UR_STATES_MAX], after[UR_STATES_MAX];
    v16 d[UR_STATES_MAX]; /* backward: the gradient of `after`, then of `before` */
    v16 second, dsecond;
    ur_activation activation;
} ur_units;

enum { UR_H = 0, UR_C = 1 }; /* indices of the states */

/* What a phase reads and writes. These are compile-time constants, so that unused loads and stores are removed. */
typedef struct ur_phase_use {
    int slots, states, writes_states, has_second;
} ur_phase_use;

static inline void v_copy(real *to, const real *from) { v_store(to, v_load(from)); }

/* Lane r, block u. */
static inline __attribute__((always_inline)) void forward_units(const ur_gate_block *g, size_t r, size_t u,
                                                                void (*function)(ur_units *), const ur_phase_use use)
{
    size_t at = r * g->row + 16 * u;
    real *slots = g->slots + r * g->slot_row + u * g->slot_block;
    if (g->live && !g->live[r]) {
        for (int s = 0; s < use.states && use.writes_states; s++) v_copy(g->after[s] + at, g->before[s] + at);
        if (use.has_second) v_store(g->second + at, v_zero()); /* the weight gradient reads this, times 0 */
        return;
    }
    ur_units x;
    x.activation = g->activation;
    for (int i = 0; i < use.slots; i++) x.slot[i] = v_load(slots + 16 * i);
    for (int s = 0; s < use.states; s++) x.before[s] = v_load(g->before[s] + at);
    function(&x);
    for (int i = 0; i < use.slots; i++) v_store(slots + 16 * i, x.slot[i]);
    for (int s = 0; s < use.states && use.writes_states; s++) v_store(g->after[s] + at, x.after[s]);
    if (use.has_second) v_store(g->second + at, x.second);
}

static inline void no_gradient(real *slots, int count)
{
    for (int i = 0; i < count; i++) v_store(slots + 16 * i, v_zero());
}

/* `first`: this call adds dy to the gradient of h. It is the first backward call of a step. */
static inline __attribute__((always_inline)) void backward_units(const ur_gate_block *g, size_t r, size_t u,
                                                                 void (*function)(ur_units *), const ur_phase_use use,
                                                                 const int first)
{
    size_t at = r * g->row + 16 * u;
    real *slots = g->slots + r * g->slot_row + u * g->slot_block;
    if (g->live && !g->live[r]) {
        no_gradient(slots, use.slots);
        return;
    }
    ur_units x;
    x.activation = g->activation;
    for (int i = 0; i < use.slots; i++) x.slot[i] = v_load(slots + 16 * i);
    for (int s = 0; s < use.states; s++) {
        x.before[s] = v_load(g->before[s] + at);
        x.after[s] = v_load(g->after[s] + at);
        x.d[s] = v_load(g->carry[s] + at);
    }
    if (first && g->dy) x.d[UR_H] = v_add(x.d[UR_H], v_load(g->dy + at));
    if (use.has_second) x.dsecond = v_load(g->dsecond + at);
    function(&x);
    for (int i = 0; i < use.slots; i++) v_store(slots + 16 * i, x.slot[i]);
    for (int s = 0; s < use.states; s++) v_store(g->carry[s] + at, x.d[s]);
}

/* The inner loop is over blocks, because the blocks of a lane are next to each other. */
#define UR_FORWARD(symbol, function, ...)                                                                              \
    void UR_ISA_NAME(symbol)(const ur_gate_block *g)                                                                   \
    {                                                                                                                  \
        for (size_t r = 0; r < g->rows; r++)                                                                           \
            for (size_t u = 0; u < g->blocks; u++) forward_units(g, r, u, function, (ur_phase_use){__VA_ARGS__});      \
    }
#define UR_BACKWARD(symbol, function, first, ...)                                                                      \
    void UR_ISA_NAME(symbol)(const ur_gate_block *g)                                                                   \
    {                                                                                                                  \
        for (size_t r = 0; r < g->rows; r++)                                                                           \
            for (size_t u = 0; u < g->blocks; u++)                                                                     \
                backward_units(g, r, u, function, (ur_phase_use){__VA_ARGS__}, first);                                 \
    }

#endif
