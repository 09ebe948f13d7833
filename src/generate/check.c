/* Checks that the numbers of a step are finite. */
#include "generate/session.h"
#include "model/finite.h"

#include <math.h>

/* The largest absolute value in h and c of a layer, over all lanes; negative if there is no such layer. */
static double largest_of_layer(const ur_model *model, ur_state *state, size_t layer)
{
    double most = -1;
    for (int which = 0; which < 2; which++)
        for (size_t lane = 0; lane < ur_state_lanes(state); lane++) {
            size_t width;
            const ur_real *x = ur_state_values(model, state, layer, which, lane, &width);
            if (x) most = fmax(most, ur_largest(x, width));
        }
    return most;
}

/* The cell layer, counted from 1, that caused the overflow; 0 if it was no cell but the weights after the cells. The
 * output may overflow before the growing state does. */
static size_t layer_to_blame(const ur_model *model, ur_state *state)
{
    double worst = UR_MUCH, most;
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
    if (ur_all_finite(logits, rows * ur_model_outputs(model))) return UR_OK;
    return ur_fail_growth(model, layer_to_blame(model, state), steps, error);
}
