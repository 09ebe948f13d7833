/* Small weights: the matrices of a model rounded in place, and packed in their own form. */
#include "base/float_mode.h"
#include "kernel/round.h"
#include "model/model.h"

ur_weights ur_model_weights(const ur_model *m) { return m->weights; }

const char *ur_weights_name(ur_weights weights)
{
    static const char *const names[] = {"f32", "bf16", "int8"};
    return names[weights];
}

/* Checks that all numbers of a parameter can be rounded. */
static ur_status check_param(const ur_param *p, ur_weights weights, ur_error *error)
{
    for (size_t i = 0; i < p->size; i++) {
        real w = p->value[i];
        if (isfinite(w) && (weights != UR_WEIGHTS_BF16 || isfinite(ur_from_bf16(ur_to_bf16(w))))) continue;
        return ur_fail(error, UR_ERR_NUMERIC, "%s: number %zu is %g and cannot be rounded to %s", p->name, i, (double)w,
                       ur_weights_name(weights));
    }
    return UR_OK;
}

/* The sum of int8 products must fit into 32 bits, and a row of A into the kernel's buffer. */
static ur_status check_depths(const ur_model *m, ur_weights weights, ur_error *error)
{
    for (size_t i = 0; i < m->layer_count && weights == UR_WEIGHTS_INT8; i++) {
        const ur_layer *l = &m->layers[i];
        if (l->depth > UR_INT8_DEPTH)
            return ur_fail(error, UR_ERR_UNSUPPORTED,
                           "layer %zu sums %zu products; the limit of int8 is %d; use bf16 for this network", i + 1,
                           l->depth, (int)UR_INT8_DEPTH);
    }
    return UR_OK;
}

static ur_status check(const ur_model *m, ur_weights weights, ur_error *error)
{
    if ((unsigned)weights > UR_WEIGHTS_INT8)
        return ur_fail(error, UR_ERR_USAGE, "unknown kind of weights %d; there are F32, BF16 and INT8", (int)weights);
    if (m->training)
        return ur_fail(error, UR_ERR_USAGE, "a model in training keeps its f32 weights; save it and load the file");
    for (size_t i = 0; i < m->param_count && weights != UR_WEIGHTS_F32; i++)
        if (m->params[i].rank > 1) UR_TRY(check_param(&m->params[i], weights, error));
    return UR_OK;
}

void ur_model_round(ur_model *m)
{
    for (size_t i = 0; i < m->param_count && m->weights != UR_WEIGHTS_F32; i++) {
        const ur_param *p = &m->params[i];
        if (p->rank > 1) ur_round_weights(p->value, p->shape[0], ur_param_row(p), m->weights);
    }
}

ur_status ur_model_set_weights(ur_model *m, ur_weights weights, ur_error *error)
{
    UR_TRY(check_depths(m, weights, error));
    m->weights = weights;
    return UR_OK;
}

ur_status ur_model_use_weights(ur_model *m, ur_weights weights, ur_error *error)
{
    ur_weights before = m->weights;
    if (weights == before) return UR_OK;
    UR_TRY(check(m, weights, error));
    UR_TRY(ur_model_set_weights(m, weights, error));
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = ur_model_prepare(m, false, error);
    if (status != UR_OK) ur_model_set_weights(m, before, NULL);
    ur_float_mode_leave(mode);
    return status;
}
