/* A state in memory: a header that describes it, the arrays, and room for one step's work. No pointers. */
#ifndef UR_MODEL_STATE_H
#define UR_MODEL_STATE_H

#include "model/model.h"

enum { UR_STATE_ARRAYS_MAX = UR_LAYERS_MAX * UR_STATES_MAX };

struct ur_state {
    uint64_t magic;
    size_t lanes, size, count;      /* count: arrays */
    size_t at[UR_STATE_ARRAYS_MAX]; /* array i, (lanes, row[i]), begins at this many numbers behind the header */
    size_t row[UR_STATE_ARRAYS_MAX];
    size_t work; /* where the room for work begins */
};

/* Array i of the state: (lanes, row). */
static inline real *ur_state_array(const ur_state *s, size_t i) { return (real *)(void *)(s + 1) + s->at[i]; }
static inline real *ur_state_work(const ur_state *s) { return (real *)(void *)(s + 1) + s->work; }

/* ur_state_create also for networks of several lines, whose states only a learner carries. */
ur_status ur_state_make(ur_state **state, const ur_model *model, size_t lanes, ur_error *error);

/* Numbers of room that a step of `lanes` lanes needs (stream.c). */
size_t ur_step_room(const ur_model *model, size_t lanes);

#endif
