/* Whether a step gave numbers that can be gone on with. */
#include "base/error.h"
#include "generate/session.h"

#include <math.h>

/* For every token, so it must be cheap: x − x is 0, or NaN where x is not finite. */
static bool all_finite(const ur_real *x, size_t n)
{
    ur_real sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] - x[i];
    return sum == 0;
}

/* The largest of |x|; infinity where a number is not finite. */
static double largest(const ur_real *x, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, isfinite(x[i]) ? fabs((double)x[i]) : INFINITY);
    return most;
}

/* The largest number that h and c of a layer have in any lane; negative: there is no such layer. */
static double largest_of_layer(const ur_model *model, ur_state *state, size_t layer)
{
    double most = -1;
    for (int which = 0; which < 2; which++)
        for (size_t lane = 0; lane < ur_state_lanes(state); lane++) {
            size_t width;
            const ur_real *x = ur_state_values(model, state, layer, which, lane, &width);
            if (x) most = fmax(most, largest(x, width));
        }
    return most;
}

/* The cell layer, from 1, to whose numbers it is due; 0: to none, but to the weights behind them. What comes out may
 * overflow while the state that grows does not yet. */
static size_t layer_to_blame(const ur_model *model, ur_state *state)
{
    enum { MUCH = 1000000 };
    double worst = MUCH, most;
    size_t blamed = 0;
    for (size_t layer = 0; (most = largest_of_layer(model, state, layer)) >= 0; layer++) {
        if (most > worst) blamed = layer + 1;
        worst = fmax(worst, most);
    }
    return blamed;
}

ur_status ur_check_step(const ur_model *model, ur_state *state, const ur_real *logits, size_t rows, uint64_t steps,
                        ur_error *error)
{
    if (all_finite(logits, rows * ur_model_outputs(model))) return UR_OK;
    const unsigned long long tokens = steps;
    size_t layer = layer_to_blame(model, state);
    if (!layer)
        return ur_fail(error, UR_ERR_NUMERIC,
                       "the output of \"%s\" is not finite after %llu tokens; the model cannot go on",
                       ur_model_net(model), tokens);
    return ur_fail(error, UR_ERR_NUMERIC,
                   "cell layer %zu of \"%s\" grows without bound: not finite after %llu tokens; the model cannot go on",
                   layer, ur_model_net(model), tokens);
}
