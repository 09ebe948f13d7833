/*
 * From a function on 16 units in registers to the gate function of a block: loops over lanes, loads, stores, and leaves
 * ended lanes alone (their state stays, their gradient passes through).
 */
#ifndef UR_CELL_GATES_H
#define UR_CELL_GATES_H

#include "cell/cell.h"
#include "kernel/functions.h"

/* 16 units of one lane. */
typedef struct ur_units {
    v16 slot[UR_SLOTS_MAX]; /* pre-activations, then what backward needs, then their gradients */
    v16 before[UR_STATES_MAX], after[UR_STATES_MAX];
    v16 d[UR_STATES_MAX]; /* backward: gradient of after, then of before */
    v16 second, dsecond;
    ur_activation activation;
} ur_units;

enum { UR_H = 0, UR_C = 1 }; /* states */

/* What a phase reads and writes: known when it is compiled, so that unused loads and stores vanish. */
typedef struct ur_phase_use {
    int slots, states, writes_states, has_second;
} ur_phase_use;

static inline void v_copy(real *to, const real *from) { v_store(to, v_load(from)); }

static inline __attribute__((always_inline)) void forward_block(const ur_gate_block *g, void (*function)(ur_units *),
                                                                const ur_phase_use use)
{
    for (size_t r = 0; r < g->rows; r++) {
        size_t at = r * g->row;
        real *slots = g->slots + r * g->slot_row;
        if (g->live && !g->live[r]) {
            for (int s = 0; s < use.states && use.writes_states; s++) v_copy(g->after[s] + at, g->before[s] + at);
            if (use.has_second) v_store(g->second + at, v_zero()); /* the weight gradient reads it, times 0 */
            continue;
        }
        ur_units u;
        u.activation = g->activation;
        for (int i = 0; i < use.slots; i++) u.slot[i] = v_load(slots + 16 * i);
        for (int s = 0; s < use.states; s++) u.before[s] = v_load(g->before[s] + at);
        function(&u);
        for (int i = 0; i < use.slots; i++) v_store(slots + 16 * i, u.slot[i]);
        for (int s = 0; s < use.states && use.writes_states; s++) v_store(g->after[s] + at, u.after[s]);
        if (use.has_second) v_store(g->second + at, u.second);
    }
}

static inline void no_gradient(real *slots, int count)
{
    for (int i = 0; i < count; i++) v_store(slots + 16 * i, v_zero());
}

/* `first`: this call adds dy to the gradient of h (the first one backwards in a step). */
static inline __attribute__((always_inline)) void backward_block(const ur_gate_block *g, void (*function)(ur_units *),
                                                                 const ur_phase_use use, const int first)
{
    for (size_t r = 0; r < g->rows; r++) {
        size_t at = r * g->row;
        real *slots = g->slots + r * g->slot_row;
        if (g->live && !g->live[r]) {
            no_gradient(slots, use.slots);
            continue;
        }
        ur_units u;
        u.activation = g->activation;
        for (int i = 0; i < use.slots; i++) u.slot[i] = v_load(slots + 16 * i);
        for (int s = 0; s < use.states; s++) {
            u.before[s] = v_load(g->before[s] + at);
            u.after[s] = v_load(g->after[s] + at);
            u.d[s] = v_load(g->carry[s] + at);
        }
        if (first && g->dy) u.d[UR_H] = v_add(u.d[UR_H], v_load(g->dy + at));
        if (use.has_second) u.dsecond = v_load(g->dsecond + at);
        function(&u);
        for (int i = 0; i < use.slots; i++) v_store(slots + 16 * i, u.slot[i]);
        for (int s = 0; s < use.states; s++) v_store(g->carry[s] + at, u.d[s]);
    }
}

#define UR_FORWARD(symbol, function, ...)                                                                              \
    void UR_ISA_NAME(symbol)(const ur_gate_block *g) { forward_block(g, function, (ur_phase_use){__VA_ARGS__}); }
#define UR_BACKWARD(symbol, function, first, ...)                                                                      \
    void UR_ISA_NAME(symbol)(const ur_gate_block *g)                                                                   \
    {                                                                                                                  \
        backward_block(g, function, (ur_phase_use){__VA_ARGS__}, first);                                               \
    }

#endif
