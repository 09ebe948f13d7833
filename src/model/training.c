/* Prepares a model for gradients. Separate from model.c, so that a program that only steps does not link it. */
#include "model/model.h"

#include "base/memory.h"

ur_status ur_model_prepare_training(ur_model *m, ur_error *error)
{
    if (m->weights != UR_WEIGHTS_F32)
        return ur_fail(error, UR_ERR_USAGE, "a model with %s weights cannot be trained; begin with its f32 file",
                       ur_weights_name(m->weights));
    if (!m->gradients) m->gradients = ur_block_alloc(m->numbers ? m->numbers : 1, sizeof(real));
    if (!m->gradients) return ur_fail_memory(error, "the gradients");
    for (size_t i = 0; i < m->param_count; i++) m->params[i].gradient = m->gradients + m->params[i].offset;
    for (ur_layer *l = m->layers; l < m->layers + m->layer_count; l++) {
        const ur_layer_run *run = ur_layer_run_of(l->spec.kind);
        if (run->train) run->train(l, ur_isa_index(m->kernels));
    }
    return ur_model_prepare(m, true, error);
}
