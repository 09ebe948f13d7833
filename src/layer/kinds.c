/* The kinds of layer.inc by index. */
#include "layer/kind.h"

static const ur_layer_kind *const kinds[] = {
#define UR_LAYER(id) &ur_layer_##id,
#include "layer/layer.inc"
#undef UR_LAYER
    NULL};

const ur_layer_kind *ur_layer_kind_at(size_t i) { return kinds[i]; }

void ur_step_nothing(ur_stepping *w, const ur_layer *l) { (void)w, (void)l; }

ur_status ur_resolve_same_width(ur_layer *l, const ur_layer_sizes *sizes, ur_error *error)
{
    (void)sizes, (void)error;
    l->width = l->inputs;
    return UR_OK;
}

bool ur_gives_outputs(const ur_layer *l) { return !l->behind || l->behind->spec.kind->ends_line; }

ur_status ur_resolve_picture(ur_layer *l, const ur_layer_sizes *sizes, ur_error *error)
{
    const char *word = l->spec.kind->word;
    l->seen = l->before ? l->before->picture : sizes->picture;
    if (l->seen.rows) return UR_OK;
    if (l->before)
        return ur_fail(error, UR_ERR_USAGE,
                       "network line, column %zu: \"%s\" needs a picture, but the layer before it does not give one",
                       l->spec.column, word);
    return ur_fail(
        error, UR_ERR_USAGE,
        "network line, column %zu: \"%s\" needs a picture of known size; set ur_sizes.rows, columns and channels",
        l->spec.column, word);
}

const char *ur_layer_whole(const ur_layer *l)
{
    if (!l->spec.kind->step) return l->spec.kind->word;
    return l->spec.bi ? "bi" : NULL;
}
