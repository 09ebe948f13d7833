/*
 * A decoder in training that is fed the true tokens (teacher forcing), its own tokens, or a mixture of both (scheduled
 * sampling, Bengio et al. 2015). With true tokens all steps are one window; else the decoder is stepped. No gradient
 * passes through the choice of a token.
 */
#ifndef UR_TASK_FORCING_H
#define UR_TASK_FORCING_H

#include "model/graph.h"
#include "train/learner.h"

/* Called after each step of a decoder with its outputs, (1, B, V), and the loss of the step's target tokens. */
typedef void ur_forcing_look(void *context, size_t step, const ur_tensor *y, double loss);

/* A batch in a network whose last line is a decoder. The batch's first target is what the decoder is to write. */
typedef struct ur_forcing {
    ur_pass *pass;
    const ur_batch *batch;
    double share;  /* share of true tokens among those fed; the choice follows from seed, update and place only */
    int32_t *said; /* (T, B) space for the tokens fed to a stepped decoder */
    ur_forcing_look *look; /* may be NULL */
    void *context;
} ur_forcing;

size_t ur_forcing_count(const ur_forcing *forcing); /* number of target tokens */

/* Runs the lines before the decoder. Here and below, false means that the tape has an error. */
bool ur_forcing_read(const ur_forcing *forcing);
/* Then runs the decoder: as one window with the true tokens, or step by step as `share` says. Adds the loss to *sum.
 * `scale` multiplies each token's loss for the gradients. The decoder's value in pass->output holds the outputs of all
 * steps, or of the last step. */
bool ur_forcing_window(const ur_forcing *forcing, double scale, double *sum);
bool ur_forcing_steps(const ur_forcing *forcing, double scale, double *sum);

/* The most probable token of a lane in one step's outputs (1, B, V). */
int32_t ur_likeliest(const ur_tensor *y, size_t lane);

#endif
