/* ctc: the labels of a line have steps of their own. The layer passes its input on unchanged. The loss and the decoder
 * look at the whole sequence. */
#include "layer/ctc.h"
#include "layer/kind.h"

/* ---- from paths to labels ----------------------------------------------------------------------------------------- */

size_t ur_ctc_steps(const int32_t *ids, size_t stride, size_t count)
{
    size_t steps = count;
    for (size_t i = 1; i < count; i++) steps += ids[i * stride] == ids[(i - 1) * stride];
    return steps;
}

int32_t ur_ctc_next(const real *x, size_t width, int32_t *before)
{
    size_t best = 0;
    for (size_t k = 1; k < width; k++)
        if (x[k] > x[best]) best = k;
    int32_t here = best + 1 < width ? (int32_t)best : -1;
    int32_t begun = here == *before ? -1 : here;
    *before = here;
    return begun;
}

size_t ur_ctc_best(const real *x, size_t width, size_t stride, size_t length, int32_t *labels, size_t label_stride)
{
    size_t count = 0;
    int32_t before = -1;
    for (size_t t = 0; t < length; t++) {
        int32_t label = ur_ctc_next(x + t * stride, width, &before);
        if (label >= 0) labels[count++ * label_stride] = label;
    }
    return count;
}

/* ---- the kind ----------------------------------------------------------------------------------------------------- */

static ur_status resolve_ctc(ur_layer *l, const ur_layer_sizes *sizes, ur_error *error)
{
    (void)sizes;
    l->width = l->inputs;
    if (l->inputs >= 2) return UR_OK;
    return ur_fail(
        error, UR_ERR_USAGE,
        "network line, column %zu: \"ctc\" needs an input for each label and one for the blank; its input has width 1",
        l->spec.column);
}

static ur_tensor *run_ctc(ur_running *r, const ur_layer *l, ur_tensor *x)
{
    (void)r, (void)l;
    return x;
}

const ur_layer_kind ur_layer_ctc = {.word = "ctc",
                                    .in_time = true,
                                    .passes = true,
                                    .ends_line = true,
                                    .more_outputs = 1, /* the blank */
                                    .resolve = resolve_ctc,
                                    .step = ur_step_nothing};
const ur_layer_run ur_layer_run_ctc = {.run = run_ctc};
