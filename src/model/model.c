/* A model's memory (values, gradients and packed weights), and the functions that query a model. */
#include "model/model.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void ur_model_free(ur_model *m)
{
    if (!m) return;
    ur_vocabulary_free(m->vocabulary);
    for (size_t i = 0; i < m->line_count; i++) ur_vocabulary_free(m->lines[i].vocabulary);
    json_decref(m->record);
    ur_block_free(m->values);
    ur_block_free(m->gradients);
    ur_block_free(m->packed);
    free(m->params);
    for (size_t i = 0; m->layers && i < m->layer_count; i++) free(m->layers[i].reverse);
    free(m->layers);
    free(m);
}

/* The packed numbers of a layer. If `memory` is not NULL, they are placed there. */
static size_t place_layer(ur_layer *l, real *memory, const ur_packing *packing)
{
    return l->spec.kind->place ? l->spec.kind->place(l, memory, packing) : 0;
}

static void pack(void *context, size_t member, size_t members)
{
    ur_model *m = context;
    ur_turn turn = {0, member, members};
    for (ur_layer *l = m->layers; l < m->layers + m->layer_count; l++)
        if (l->spec.kind->pack) l->spec.kind->pack(l, m->training, &turn);
}

enum { UR_SMALL_PACK = 1 << 15 }; /* weights below which waking threads costs more than it saves */

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
    ur_packing packing = {training, m->weights, m->kernels->rows->most};
    for (size_t i = 0; i < m->layer_count; i++) size += place_layer(&m->layers[i], NULL, &packing);
    real *packed = ur_block_alloc(size ? size : 1, sizeof(real));
    if (!packed) return ur_fail_memory(error, "the packed weights");
    ur_block_free(m->packed);
    m->packed = packed;
    m->training = training;
    for (size_t i = 0; i < m->layer_count; i++) packed += place_layer(&m->layers[i], packed, &packing);
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
    *parameter = (ur_parameter){p->name, p->rank, {1, 1, 1, 1}, p->size, p->value, p->gradient};
    for (size_t k = 0; k < p->rank; k++) parameter->shape[k] = p->shape[k];
    return true;
}

const char *ur_model_net(const ur_model *m) { return m->net; }
const char *ur_model_task(const ur_model *m) { return m->task; }
size_t ur_model_outputs(const ur_model *m) { return m->lines[m->line_count - 1].width; }
bool ur_predicts_tokens(const ur_model *m)
{
    const ur_line *line = &m->lines[0];
    return m->line_count == 1 && line->symbols && line->width == line->symbols && !line->last &&
           ur_check_streams(m, NULL) == UR_OK;
}
size_t ur_model_features(const ur_model *m)
{
    size_t i = 0;
    while (i + 1 < m->line_count && !m->lines[i].features) i++;
    return m->lines[i].features;
}
size_t ur_model_parameters(const ur_model *m) { return m->numbers; }
