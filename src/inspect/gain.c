/*
 * Recurrent weights of a given gain (section 4 of unroll_inspect.h), to see what the size of W_hh does to a gradient
 * before any training. Each (H, H) block is gain/√H · N(0, 1), whose largest singular value is about 2·gain, or gain ·
 * Q with Q orthogonal, whose singular values all equal the gain.
 */
#include "inspect/flow.h"

#include "base/float_mode.h"
#include "base/random.h"
#include "kernel/scalar.h"

#include <math.h>
#include <stdlib.h>

/* Makes the rows orthogonal and of length 1, one after another (Gram-Schmidt, with each projection done twice). */
static void orthogonalise(double *w, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double *row = w + i * n, length = 0;
        for (size_t turn = 0; turn < 2; turn++)
            for (size_t j = 0; j < i; j++) {
                double along = 0;
                for (size_t k = 0; k < n; k++) along += row[k] * w[j * n + k];
                for (size_t k = 0; k < n; k++) row[k] -= along * w[j * n + k];
            }
        for (size_t k = 0; k < n; k++) length += row[k] * row[k];
        for (size_t k = 0; k < n; k++) row[k] /= sqrt(length);
    }
}

/* Draws a weight block by block. `stream` gives each layer random numbers of its own. */
static ur_status draw(const ur_param *w, size_t n, const ur_gain *gain, uint32_t stream, ur_error *error)
{
    size_t block = n * n;
    double *values = calloc(block, sizeof *values);
    if (!values) return ur_fail_memory(error, "the weights");
    for (size_t at = 0; at < w->size; at += block) {
        for (size_t i = 0; i < block; i++) values[i] = ur_random_normal(gain->seed, UR_USE_INIT + stream, at + i);
        if (gain->orthogonal) orthogonalise(values, n);
        double scale = gain->orthogonal ? gain->gain : gain->gain / sqrt((double)n);
        for (size_t i = 0; i < block; i++) w->value[at + i] = (real)(scale * values[i]);
    }
    free(values);
    return UR_OK;
}

static void add_to_keep_bias(const ur_model *m, const ur_layer *l, double more)
{
    real *bias = ur_gate_bias(m, l, UR_KEEPS);
    for (size_t u = 0; bias && u < l->units; u++) bias[u] = (real)((double)bias[u] + more);
}

static ur_status set_weights(ur_model *m, const ur_gain *gain, ur_error *error)
{
    const ur_layer *l;
    for (size_t i = 0; (l = ur_probe_layer_of(m, i)); i++) {
        UR_TRY(draw(l->params.w_hh, l->units, gain, (uint32_t)i, error));
        add_to_keep_bias(m, l, gain->keep_bias);
    }
    return UR_OK;
}

ur_status ur_model_set_gain(ur_model *model, const ur_gain *gain, ur_error *error)
{
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = set_weights(model, gain, error);
    ur_model_changed(model);
    ur_float_mode_leave(mode);
    return status;
}
