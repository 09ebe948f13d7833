/* mean: (T, B, W) → (1, B, W), the mean of each lane's own steps: y = Σ x_t / T. It needs all steps at once, so it
 * cannot be stepped. */
#include "layer/kind.h"
#include "tape/operations.h"

static ur_tensor *run_mean(ur_running *r, const ur_layer *l, ur_tensor *x)
{
    (void)l;
    return ur_mean(r->tape, x, r->lengths);
}

const ur_layer_kind ur_layer_mean = {
    .word = "mean", .in_time = true, .ends_time = true, .resolve = ur_resolve_same_width};
const ur_layer_run ur_layer_run_mean = {.run = run_mean};
