/* A state in memory: a header that describes it, the arrays, and space for the work of one step. It has no pointers. */
#ifndef UR_MODEL_STATE_H
#define UR_MODEL_STATE_H

#include "model/model.h"

enum { UR_STATE_ARRAYS_MAX = UR_LAYERS_MAX * UR_STATES_MAX };

struct ur_state {
    uint64_t magic;
    size_t lanes, size;
    uint32_t count;     /* number of arrays */
    uint32_t backwards; /* the order in which the next step reads the weights (layer/recurrent_step.c) */
    /* Array i, (lanes, row[i]), begins this many numbers after the header. */
    size_t at[UR_STATE_ARRAYS_MAX];
    size_t row[UR_STATE_ARRAYS_MAX];
    size_t work; /* where the space for a step begins, in numbers after the header */
    ur_room room;
};

/* Arrays should begin at cache lines, because a vector that lies in two of them is read twice. With 32-bit addresses
 * the header has another size. */
_Static_assert(sizeof(size_t) < 8 || sizeof(ur_state) % UR_ALIGN == 0, "whole cache lines");

/* Array i of the state: (lanes, row). */
static inline real *ur_state_array(const ur_state *s, size_t i) { return (real *)(void *)(s + 1) + s->at[i]; }
static inline real *ur_state_work(const ur_state *s) { return (real *)(void *)(s + 1) + s->work; }

/* ur_state_create also for networks of several lines. Only a learner carries the states of these. */
ur_status ur_state_make(ur_state **state, const ur_model *model, size_t lanes, ur_error *error);

/* The space that a step needs, and its size in numbers for `lanes` lanes (stream.c). */
ur_room ur_step_room(const ur_model *model);
size_t ur_step_numbers(const ur_room *room, size_t lanes);

#endif
