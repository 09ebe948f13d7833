/*
 * Initial values. Recurrent layers are uniform in ±1/√H, dense layers in ±1/√inputs, embeddings N(0, 1), as in
 * PyTorch's modules. If init_scale is given, weights are init_scale·N(0, 1) and biases 0. Number i of parameter p is
 * draw i of stream p.
 */
#include "base/float_mode.h"
#include "base/random.h"
#include "kernel/scalar.h"
#include "model/model.h"

#include <string.h>

typedef struct ur_draw {
    uint64_t seed;
    uint32_t stream;
    const ur_param *param;
} ur_draw;

static void uniform(const ur_draw *d, double limit)
{
    for (size_t i = 0; i < d->param->size; i++)
        d->param->value[i] = (real)(limit * (2 * ur_random_uniform(d->seed, d->stream, i) - 1));
}

static void normal(const ur_draw *d, double scale)
{
    for (size_t i = 0; i < d->param->size; i++)
        d->param->value[i] = (real)(scale * ur_random_normal(d->seed, d->stream, i));
}

void ur_model_initialize(ur_model *m, uint64_t seed, double init_scale)
{
    for (size_t i = 0; i < m->param_count; i++) {
        ur_draw d = {seed, UR_USE_INIT + (uint32_t)i, &m->params[i]};
        if (init_scale > 0 && d.param->rank == 1)
            memset(d.param->value, 0, d.param->size * sizeof(real));
        else if (init_scale > 0)
            normal(&d, init_scale);
        else if (d.param->spread > 0)
            uniform(&d, d.param->spread);
        else
            normal(&d, 1);
    }
}

ur_status ur_model_create(ur_model **model, const char *net, const ur_sizes *sizes, uint64_t seed, double init_scale,
                          const char *isa, ur_error *error)
{
    UR_TRY(ur_model_build(model, net, sizes, isa, error));
    ur_float_mode mode = ur_float_mode_enter();
    ur_model_initialize(*model, seed, init_scale);
    ur_status status = ur_model_prepare(*model, false, error);
    ur_float_mode_leave(mode);
    if (status == UR_OK) return UR_OK;
    ur_model_free(*model);
    *model = NULL;
    return status;
}
