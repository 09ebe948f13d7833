/*
 * join NAME: puts the output of line NAME after the layer's input: (T, B, V) and (T, B, W) → (T, B, V + W). If NAME has
 * been reduced to one step, each place takes one lane of NAME: the lane that lane_of (T, B) says, or its own. A line
 * may begin with join.
 */
#include "layer/kind.h"
#include "tape/operations.h"

static ur_status resolve_join(ur_layer *l, const ur_layer_sizes *sizes, ur_error *error)
{
    (void)sizes, (void)error;
    l->width = l->inputs + l->named->width;
    return UR_OK;
}

static ur_tensor *run_join(ur_running *r, const ur_layer *l, ur_tensor *x)
{
    (void)l;
    ur_tensor *other = r->named;
    if (r->named_ended && !r->ended) other = ur_spread(r->tape, other, r->steps, r->lanes, r->lane_of);
    return x ? ur_concat(r->tape, x, other) : other;
}

const ur_layer_kind ur_layer_join = {.word = "join", .names = true, .joins = true, .resolve = resolve_join};
const ur_layer_run ur_layer_run_join = {.run = run_join};
