/* A state in memory: a header that describes it, the arrays, and room for one step's work. No pointers. */
#ifndef UR_MODEL_STATE_H
#define UR_MODEL_STATE_H

#include "model/model.h"

enum { UR_STATE_ARRAYS_MAX = UR_LAYERS_MAX * UR_STATES_MAX };

struct ur_state {
    uint64_t magic;
    size_t lanes, size;
    uint32_t count;                 /* arrays */
    uint32_t backwards;             /* the next step's way through the weights (layer/recurrent_step.c) */
    size_t at[UR_STATE_ARRAYS_MAX]; /* array i, (lanes, row[i]), begins at this many numbers behind the header */
    size_t row[UR_STATE_ARRAYS_MAX];
    size_t work; /* where the room for work begins */
    ur_room room;
};

/* So that arrays begin where cache lines do: a vector that lies in two is read twice. Small addresses have other sizes. */
_Static_assert(sizeof(size_t) < 8 || sizeof(ur_state) % UR_ALIGN == 0, "whole cache lines");

/* Array i of the state: (lanes, row). */
static inline real *ur_state_array(const ur_state *s, size_t i) { return (real *)(void *)(s + 1) + s->at[i]; }
static inline real *ur_state_work(const ur_state *s) { return (real *)(void *)(s + 1) + s->work; }

/* ur_state_create also for networks of several lines, whose states only a learner carries. */
ur_status ur_state_make(ur_state **state, const ur_model *model, size_t lanes, ur_error *error);

/* The room that a step needs, and the numbers it takes for `lanes` lanes (stream.c). */
ur_room ur_step_room(const ur_model *model);
size_t ur_step_numbers(const ur_room *room, size_t lanes);

#endif
