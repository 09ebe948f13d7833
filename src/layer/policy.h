/*
 * A policy that is learnt by trial (REINFORCE, Williams 1992): a network says where something is best done, it is done near
 * there, and what was done is made likelier where it went better than expected.
 *
 *   done    l = μ + σ·ε, with ε from N(0, 1); σ is fixed
 *   loss    −A·log p(l | μ), A being how much better than expected it went; its gradient is −A·ε/σ. That is, on average, the
 *           gradient of −E[A]. Where μ is beyond ±1, (|μ| − 1)/σ draws it back: nothing can be done out there
 */
#ifndef UR_LAYER_POLICY_H
#define UR_LAYER_POLICY_H

#include "tape/tape.h"

/* mean μ (1, B, W), noise ε (B, W), dense; NULL: none → l (1, B, W), held within ±1. No gradient goes back through it. */
ur_tensor *ur_policy_draw(ur_tape *tape, const ur_tensor *mean, const real *noise, double sigma);
/* Leaves scale times the gradient in the mean. advantage A (B). To be called before anything else adds to that of `mean`. */
ur_status ur_policy_loss(ur_tape *tape, ur_tensor *mean, const real *noise, const real *advantage, double sigma,
                         double scale);

#endif
