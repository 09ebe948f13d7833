/*
 * A decoder that is fed the true tokens (teacher forcing), its own ones, or now the one and now the other (scheduled sampling,
 * Bengio et al. 2015). With the true tokens all of its steps are one window; else it is stepped. No gradient goes through the
 * choice of a token.
 */
#ifndef UR_TASK_FORCING_H
#define UR_TASK_FORCING_H

#include "model/graph.h"
#include "train/learner.h"

/* Is shown each step of a decoder: what it gave, (1, B, V), and the loss of the tokens that are wanted there. */
typedef void ur_forcing_look(void *context, size_t step, const ur_tensor *y, double loss);

/* A batch on its way through a network whose last line is a decoder; its first target is what that is to write. */
typedef struct ur_forcing {
    ur_pass *pass;
    const ur_batch *batch;
    double share;  /* of the tokens fed that are the true ones; which, depends on seed, update and place alone */
    int32_t *said; /* (T, B), room for what is fed where it is stepped */
    ur_forcing_look *look; /* NULL: nobody looks on */
    void *context;
} ur_forcing;

size_t ur_forcing_count(const ur_forcing *forcing); /* tokens that are wanted */

/* The lines before the decoder. False, here and below: the tape has an error. */
bool ur_forcing_read(const ur_forcing *forcing);
/* Then the decoder, with the true tokens, or stepped as `share` says. Adds to *sum; scale: of each token's loss, for gradients.
 * Its value in pass->output is all it gave, or what the last step gave. */
bool ur_forcing_window(const ur_forcing *forcing, double scale, double *sum);
bool ur_forcing_steps(const ur_forcing *forcing, double scale, double *sum);

/* The likeliest token that a lane of a step's outputs (1, B, V) gives. */
int32_t ur_likeliest(const ur_tensor *y, size_t lane);

#endif
