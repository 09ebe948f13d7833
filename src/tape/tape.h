/*
 * Operations run at once and leave a trace. Calling an operation computes its result into the arena; while the tape
 * records, it also leaves what its backward half needs. ur_tape_backward then runs the halves from the last to the
 * first, each adding to the gradients of what it read. Operations are coarse (a recurrent layer over a whole window is
 * one), so that loops over steps may be written as plain C.
 *
 * A tape keeps the first error: later operations do nothing and return NULL, so that a chain of calls needs one check.
 */
#ifndef UR_TAPE_TAPE_H
#define UR_TAPE_TAPE_H

#include "base/error.h"
#include "base/memory.h"
#include "kernel/compute.h"

#include <stdbool.h>

/* Values of shape (T, B, W): steps, lanes, width; rows padded with zeros to `row` numbers (ur_padded(width)). */
typedef struct ur_tensor {
    size_t steps, lanes, width, row;
    real *value;
    real *gradient; /* NULL until something was added to it */
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
    bool
        plain; /* though it records, the network is as in use: no dropout, and an embedding gives a row for each step */
    ur_tensor **watch;          /* where a network leaves what each of its layers gave; NULL: nowhere */
    struct ur_probing *probing; /* what recurrent layers leave for a probe (layer/recurrent.h); NULL: nothing */
    struct ur_kept_rows *kept;  /* what a recurrent layer keeps of its inputs from run to run; NULL: nothing */
    struct ur_known *known;     /* what lines made of sequences before (model/known.h); NULL: nothing is kept */
    bool stepped;               /* what runs now is one step of a loop; see ur_tape_weight_gradient */
    struct ur_waiting *waiting; /* gradients of weights that wait for the other steps; NULL: none */
    uint64_t seed, step;        /* of random masks: which run, which update */
    ur_status status;           /* the first failure */
    ur_error error;
};

/* Arena and compute stay the caller's. Cannot fail. */
void ur_tape_begin(ur_tape *tape, const ur_compute *compute, ur_arena *arena, bool recording);

/* A tensor in the arena, values not set; NULL (and the tape's error) without memory. */
ur_tensor *ur_tensor_make(ur_tape *tape, size_t steps, size_t lanes, size_t width);
/* A tensor on values that stand elsewhere, with padded rows. */
ur_tensor *ur_tensor_on(ur_tape *tape, real *value, size_t steps, size_t lanes, size_t width);
/* Copies dense (T, B, W) numbers in, with `wanted` as given. */
ur_tensor *ur_tensor_from(ur_tape *tape, const real *dense, size_t steps, size_t lanes, size_t width, bool wanted);
size_t ur_tensor_size(const ur_tensor *tensor); /* numbers, padding included */

/* count·size bytes of the arena, not cleared; NULL and the tape's error without memory or after a failure. */
void *ur_tape_alloc(ur_tape *tape, size_t count, size_t size);

/* Leaves a trace of `size` bytes for `backward`; NULL when not recording (or after a failure). */
void *ur_tape_record(ur_tape *tape, ur_backward *backward, size_t size);

/* Runs all backward halves. The gradients to begin with were put in before (ur_gradient). */
ur_status ur_tape_backward(ur_tape *tape, ur_error *error);

/* The gradient of a tensor to add to: zeros the first time. NULL when it is not wanted or memory has run out. */
real *ur_gradient(ur_tape *tape, ur_tensor *tensor);
/* The same for one who can write all of it: *fresh says that nothing was added yet and that it is not cleared. */
real *ur_gradient_fresh(ur_tape *tape, ur_tensor *tensor, bool *fresh);

/*
 * dW += dYᵀ·X (kernels.h), for backward halves. Where the operation was one step of a loop (`stepped`: what the tape said when it ran) it waits:
 * once the tape has gone back, all steps of a weight are one sum in their order, as those of a window are. All that g points
 * at stays until then, but for g->beside, which is copied.
 */
void ur_tape_weight_gradient(ur_tape *tape, const ur_weight_gradient *gradient, size_t groups, bool stepped);
/* Adds up what waits. */
void ur_tape_add_waiting(ur_tape *tape);

/* From now on the network leaves in tape->watch what each of its `layers` gives. False without memory. */
bool ur_tape_watch(ur_tape *tape, size_t layers);

ur_status ur_tape_status(const ur_tape *tape, ur_error *error); /* copies the first failure */
ur_status ur_tape_fail(ur_tape *tape, ur_status status, const char *format, ...) UR_PRINTF(3, 4);

#endif
