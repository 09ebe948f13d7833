/*
 * Operations run at once and leave a trace. Calling an operation computes its result in the arena. While the tape
 * records, the operation also leaves what its backward half needs. ur_tape_backward then runs the backward halves from
 * the last to the first. Each adds to the gradients of the tensors that its operation read. Operations are coarse (a
 * recurrent layer over a whole window is one), so that loops over steps may be written as plain C.
 *
 * A tape keeps the first error. Later operations do nothing and return NULL, so that a chain of calls needs only one
 * check.
 */
#ifndef UR_TAPE_TAPE_H
#define UR_TAPE_TAPE_H

#include "base/error.h"
#include "base/memory.h"
#include "kernel/compute.h"

#include <stdbool.h>

/* A tensor of shape (T, B, W): steps, lanes, width. Rows are padded with zeros to `row` numbers (ur_padded(width)). */
typedef struct ur_tensor {
    size_t steps, lanes, width, row;
    real *value;
    real *gradient; /* NULL until something is added to it */
    bool wanted;    /* a gradient is needed */
} ur_tensor;

typedef struct ur_tape ur_tape;
typedef void ur_backward(ur_tape *tape, void *trace);

typedef struct ur_record {
    struct ur_record *before;
    ur_backward *backward;
    void *trace;
} ur_record;

struct ur_tape {
    const ur_compute *compute;
    ur_arena *arena;
    ur_record *last;
    bool recording;
    /* The tape records, but the network runs as in inference: no dropout, and an embedding gives a row for each
     * step. */
    bool plain;
    ur_tensor **watch;          /* where a network leaves the output of each of its layers, or NULL */
    struct ur_probing *probing; /* what recurrent layers leave for a probe (layer/recurrent.h), or NULL */
    struct ur_kept_rows *kept;  /* input products that a recurrent layer keeps from run to run, or NULL */
    struct ur_known *known;     /* what lines computed from earlier sequences (model/known.h), or NULL */
    bool stepped;               /* the operations that run now are one step of a loop; see ur_tape_weight_gradient */
    struct ur_waiting *waiting; /* gradients of weights that wait for the other steps, or NULL */
    uint64_t seed, step;        /* for random masks: seed of the run, number of the update */
    ur_status status;           /* the first failure */
    ur_error error;
};

/* Begins a tape. Arena and compute stay the caller's. Cannot fail. */
void ur_tape_begin(ur_tape *tape, const ur_compute *compute, ur_arena *arena, bool recording);

/* A tensor in the arena with values not set. Without memory NULL, and the tape keeps the error. */
ur_tensor *ur_tensor_make(ur_tape *tape, size_t steps, size_t lanes, size_t width);
/* A tensor whose values are already somewhere else, with padded rows. */
ur_tensor *ur_tensor_on(ur_tape *tape, real *value, size_t steps, size_t lanes, size_t width);
/* Copies dense (T, B, W) numbers into a new tensor. `wanted` says whether it needs a gradient. */
ur_tensor *ur_tensor_from(ur_tape *tape, const real *dense, size_t steps, size_t lanes, size_t width, bool wanted);
size_t ur_tensor_size(const ur_tensor *tensor); /* how many numbers, including padding */

/* count·size bytes of the arena, not cleared. Without memory NULL, and the tape keeps the error. NULL after a failure,
 * too. */
void *ur_tape_alloc(ur_tape *tape, size_t count, size_t size);

/* Leaves a trace of `size` bytes for `backward`. NULL if the tape does not record, or after a failure. */
void *ur_tape_record(ur_tape *tape, ur_backward *backward, size_t size);

/* Runs all backward halves. The initial gradients must have been set before (ur_gradient). */
ur_status ur_tape_backward(ur_tape *tape, ur_error *error);

/* The gradient of a tensor, to be added to. It is zero the first time. NULL if it is not needed or memory has run
 * out. */
real *ur_gradient(ur_tape *tape, ur_tensor *tensor);
/* The same for callers that can write all of it: *fresh says that nothing has been added yet and that it is not
 * cleared. */
real *ur_gradient_fresh(ur_tape *tape, ur_tensor *tensor, bool *fresh);

/*
 * dW += dYᵀ·X (kernels.h), for backward halves. If the operation was one step of a loop (`stepped` is tape->stepped at
 * the time when it ran), the product waits. Once the tape has gone back, all steps of a weight become one sum in their
 * order, as for a window. Whatever g points at must stay until then, except for g->beside, which is copied.
 */
void ur_tape_weight_gradient(ur_tape *tape, const ur_weight_gradient *gradient, size_t groups, bool stepped);
/* Adds up all products that wait. */
void ur_tape_add_waiting(ur_tape *tape);

/* From now on the network leaves in tape->watch the output of each of its `layers` layers. False without memory. */
bool ur_tape_watch(ur_tape *tape, size_t layers);

ur_status ur_tape_status(const ur_tape *tape, ur_error *error); /* copies the first failure */
ur_status ur_tape_fail(ur_tape *tape, ur_status status, const char *format, ...) UR_PRINTF(3, 4);

#endif
