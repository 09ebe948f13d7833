/* A model's memory: values, gradients and packed weights; and what can be asked of it. */
#include "model/model.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void ur_model_free(ur_model *m)
{
    if (!m) return;
    ur_vocabulary_free(m->vocabulary);
    json_decref(m->record);
    ur_block_free(m->values);
    ur_block_free(m->gradients);
    ur_block_free(m->packed);
    free(m->params);
    free(m->layers);
    free(m);
}

/* Packed numbers of a layer; with `memory` their place. `most`: panels of one row at once. */
static size_t place(ur_layer *l, real *memory, bool training, size_t most)
{
    if (l->spec.kind == UR_LAYER_CELL) {
        if (memory) ur_recurrent_place(&l->recurrent, memory, training);
        if (memory) ur_recurrent_plan_step(&l->recurrent, most);
        return ur_recurrent_packed_size(&l->recurrent, training);
    }
    if (l->spec.kind == UR_LAYER_DENSE) {
        if (memory) ur_dense_place(&l->dense, memory, training);
        return ur_dense_packed_size(&l->dense, training);
    }
    return 0;
}

static const real *value_of(const ur_param *param) { return param ? param->value : NULL; }

static void pack(void *context, size_t member, size_t members)
{
    ur_model *m = context;
    ur_turn turn = {0, member, members};
    for (size_t i = 0; i < m->layer_count; i++) {
        ur_layer *l = &m->layers[i];
        if (l->spec.kind == UR_LAYER_CELL) {
            ur_recurrent_weights w = {value_of(l->params.w_ih), value_of(l->params.w_hh), value_of(l->params.b_ih),
                                      value_of(l->params.b_hh)};
            ur_recurrent_pack(&l->recurrent, &w, m->training, &turn);
        }
        if (l->spec.kind == UR_LAYER_DENSE) ur_dense_pack(&l->dense, &turn);
    }
}

enum { UR_SMALL_PACK = 1 << 15 }; /* weights for which waking threads costs more than it brings */

void ur_model_pack(ur_model *m, ur_pool *pool)
{
    ur_model_round(m);
    if (m->numbers < UR_SMALL_PACK)
        pack(m, 0, 1);
    else
        ur_pool_run(pool, pack, m);
}

ur_status ur_model_prepare(ur_model *m, bool training, ur_error *error)
{
    size_t size = 0;
    for (size_t i = 0; i < m->layer_count; i++) size += place(&m->layers[i], NULL, training, 0);
    real *packed = ur_block_alloc(size ? size : 1, sizeof(real));
    if (!packed) return ur_fail_memory(error, "the packed weights");
    ur_block_free(m->packed);
    m->packed = packed;
    m->training = training;
    for (size_t i = 0; i < m->layer_count; i++)
        packed += place(&m->layers[i], packed, training, m->kernels->rows->most);
    ur_model_pack(m, NULL);
    return UR_OK;
}

void ur_model_changed(ur_model *m) { ur_model_pack(m, NULL); }

const ur_param *ur_model_find(const ur_model *m, const char *name)
{
    for (size_t i = 0; i < m->param_count; i++)
        if (strcmp(m->params[i].name, name) == 0) return &m->params[i];
    return NULL;
}

bool ur_model_parameter(ur_model *m, size_t i, ur_parameter *parameter)
{
    if (i >= m->param_count) return false;
    const ur_param *p = &m->params[i];
    *parameter =
        (ur_parameter){p->name, p->rank, {p->shape[0], p->rank > 1 ? p->shape[1] : 1}, p->size, p->value, p->gradient};
    return true;
}

const char *ur_model_net(const ur_model *m) { return m->net; }
const char *ur_model_task(const ur_model *m) { return m->task; }
size_t ur_model_outputs(const ur_model *m) { return m->lines[m->line_count - 1].width; }
bool ur_predicts_units(const ur_model *m)
{
    const ur_line *line = &m->lines[0];
    return m->line_count == 1 && line->symbols && line->width == line->symbols && !line->last;
}
size_t ur_model_features(const ur_model *m) { return m->lines[m->line_count - 1].features; }
size_t ur_model_parameters(const ur_model *m) { return m->numbers; }
