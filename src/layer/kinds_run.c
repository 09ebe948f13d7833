/* The training rows of the kinds of layer.inc. */
#include "layer/kind.h"

static const ur_layer_run *const runs[] = {
#define UR_LAYER(id) &ur_layer_run_##id,
#include "layer/layer.inc"
#undef UR_LAYER
};

const ur_layer_run *ur_layer_run_of(const ur_layer_kind *kind)
{
    size_t i = 0;
    while (ur_layer_kind_at(i) != kind) i++;
    return runs[i];
}
