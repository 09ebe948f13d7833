/*
 * A policy that is trained by trial and error (REINFORCE, Williams 1992). A network says where to act, the action is
 * taken near that place, and actions that went better than expected become more probable.
 *
 *   done    l = μ + σ·ε, with ε from N(0, 1); σ is fixed
 *   loss    −A·log p(l | μ), A being how much better than expected it went; its gradient is −A·ε/σ, on average the
 *           gradient of −E[A]. If μ is beyond ±1, where no action can be taken, (|μ| − 1)/σ draws it back
 */
#ifndef UR_LAYER_POLICY_H
#define UR_LAYER_POLICY_H

#include "tape/tape.h"

/* mean μ (1, B, W), noise ε (B, W), dense, or NULL for none → l (1, B, W), clamped to ±1. No gradient goes back through
 * it. */
ur_tensor *ur_policy_draw(ur_tape *tape, const ur_tensor *mean, const real *noise, double sigma);
/* Leaves scale times the gradient in the mean. advantage: A (B). To be called before anything else adds to the gradient
 * of `mean`. */
ur_status ur_policy_loss(ur_tape *tape, ur_tensor *mean, const real *noise, const real *advantage, double sigma,
                         double scale);

#endif
