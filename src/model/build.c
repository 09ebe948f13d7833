/* From a network line to layers, sizes and named parameters. */
#include "model/model.h"
#include "model/names.h"

#include <stdlib.h>
#include <string.h>

static ur_status size_missing(const ur_layer_spec *spec, const char *what, const char *remedy, ur_error *error)
{
    return ur_fail(error, UR_ERR_USAGE, "network line, column %zu: %s is not known; %s", spec->column, what, remedy);
}

/* Sizes of one layer, given what comes in. `ends` is set for the last layer of the last line. */
static ur_status resolve(ur_model *m, ur_line *line, ur_layer *l, size_t in, bool ends, ur_error *error)
{
    const ur_layer_spec *spec = &l->spec;
    bool ids = spec->kind == UR_LAYER_ONEHOT || spec->kind == UR_LAYER_EMBED;
    l->inputs = ids ? (spec->inputs ? spec->inputs : m->sizes.symbols) : in;
    if (ids && !l->inputs)
        return size_missing(spec, "the number of symbols", "write it behind the word or set ur_sizes.symbols", error);
    if (ids && l->inputs > INT32_MAX) return ur_fail(error, UR_ERR_USAGE, "too many symbols: %zu", l->inputs);
    switch (spec->kind) {
    case UR_LAYER_ONEHOT:
        l->width = l->inputs;
        break;
    case UR_LAYER_EMBED:
    case UR_LAYER_CELL:
        l->width = spec->width;
        break;
    case UR_LAYER_DENSE:
        l->width = spec->width ? spec->width : ends ? m->sizes.outputs : 0;
        break;
    default:
        l->width = in;
    }
    if (!l->width)
        return size_missing(spec, "the width of the layer", "write it (dense 10) or set ur_sizes.outputs", error);
    if (spec->kind == UR_LAYER_LAST) line->last = true;
    return UR_OK;
}

static ur_status resolve_line(ur_model *m, size_t index, ur_error *error)
{
    const ur_line_spec *spec = &m->spec.lines[index];
    ur_line *line = &m->lines[index];
    *line = (ur_line){.first = spec->first, .count = spec->count, .from = -1};
    size_t width = m->sizes.features;
    for (size_t i = 0; i < line->count; i++) {
        ur_layer *l = &m->layers[line->first + i];
        if (i) l->before = l - 1;
        if (i + 1 < line->count) l->behind = l + 1;
        bool ends = index + 1 == m->line_count && i + 1 == line->count;
        if (i == 0 && l->spec.kind != UR_LAYER_ONEHOT && l->spec.kind != UR_LAYER_EMBED && !width)
            return size_missing(&l->spec, "the number of features a step takes", "set ur_sizes.features", error);
        UR_TRY(resolve(m, line, l, width, ends, error));
        if (i == 0 && (l->spec.kind == UR_LAYER_ONEHOT || l->spec.kind == UR_LAYER_EMBED)) line->symbols = l->inputs;
        for (size_t from = 0; l->spec.from[0] && from < index; from++)
            if (strcmp(m->spec.lines[from].name, l->spec.from) == 0) line->from = (int)from;
        width = l->width;
    }
    if (!line->symbols) line->features = m->sizes.features;
    line->width = width;
    return UR_OK;
}

/* drop= of a cell layer counts where another cell layer of the line follows. */
static void resolve_dropout(ur_model *m, const ur_line *line)
{
    bool cell_follows = false;
    for (size_t i = line->count; i-- > 0;) {
        ur_layer *l = &m->layers[line->first + i];
        if (l->spec.kind == UR_LAYER_DROPOUT || (l->spec.kind == UR_LAYER_CELL && cell_follows)) l->drop = l->spec.drop;
        if (l->spec.kind == UR_LAYER_CELL) cell_follows = true;
    }
}

static ur_status place_cell(ur_model *m, size_t i, ur_error *error)
{
    ur_layer *l = &m->layers[i];
    size_t isa = ur_isa_index(m->kernels);
    l->recurrent = (ur_recurrent){.cell = ur_cell_find(l->spec.cell, isa),
                                  .inputs = l->inputs,
                                  .units = l->width,
                                  .activation = l->spec.activation,
                                  .symbols = l->before && l->before->spec.kind == UR_LAYER_ONEHOT};
    if (!l->recurrent.cell) return ur_cell_missing(l->spec.cell, error);
    l->state = m->state_count;
    m->state_count += l->recurrent.cell->states;
    return UR_OK;
}

static ur_status make_layers(ur_model *m, ur_error *error)
{
    m->layer_count = m->spec.layer_count;
    m->line_count = m->spec.line_count;
    m->layers = calloc(m->layer_count, sizeof *m->layers);
    if (!m->layers) return ur_fail_memory(error, "the layers");
    for (size_t i = 0; i < m->layer_count; i++) m->layers[i].spec = m->spec.layers[i];
    for (size_t i = 0; i < m->line_count; i++) {
        UR_TRY(resolve_line(m, i, error));
        resolve_dropout(m, &m->lines[i]);
    }
    for (size_t i = 0; i < m->layer_count; i++)
        if (m->layers[i].spec.kind == UR_LAYER_CELL) UR_TRY(place_cell(m, i, error));
    return UR_OK;
}

/* The block of values, at most `most` of them, and the views on it. */
static ur_status make_values(ur_model *m, size_t most, ur_error *error)
{
    for (size_t i = 0; i < m->param_count; i++) {
        m->params[i].offset = m->numbers;
        if (!ur_add_fits(m->numbers, m->params[i].size, &m->numbers))
            return ur_fail(error, UR_ERR_USAGE, "the network is too large: its sizes overflow");
    }
    if (m->numbers > most)
        return ur_fail(error, UR_ERR_FORMAT, "its network \"%.200s\" needs %zu numbers, there is room for %zu", m->net,
                       m->numbers, most);
    m->values = ur_block_alloc(m->numbers ? m->numbers : 1, sizeof(real));
    if (!m->values) return ur_fail_memory(error, "the network's weights");
    for (size_t i = 0; i < m->param_count; i++) m->params[i].value = m->values + m->params[i].offset;
    return UR_OK;
}

static ur_status build(ur_model *m, const char *net, size_t most, const char *isa, ur_error *error)
{
    UR_TRY(ur_kernels_find(isa, &m->kernels, error));
    UR_TRY(ur_net_parse(net, &m->spec, error));
    UR_TRY(ur_net_format(&m->spec, m->net, sizeof m->net, error));
    UR_TRY(make_layers(m, error));
    UR_TRY(ur_name_params(m, error));
    return make_values(m, most, error);
}

ur_status ur_model_build_within(ur_model **model, const char *net, const ur_sizes *sizes, size_t most, const char *isa,
                                ur_error *error)
{
    ur_model *m = calloc(1, sizeof *m);
    if (!m) return ur_fail_memory(error, "a model");
    if (sizes) m->sizes = *sizes;
    ur_status status = build(m, net, most, isa, error);
    if (status != UR_OK) {
        ur_model_free(m);
        m = NULL;
    }
    *model = m;
    return status;
}

ur_status ur_model_build(ur_model **model, const char *net, const ur_sizes *sizes, const char *isa, ur_error *error)
{
    return ur_model_build_within(model, net, sizes, SIZE_MAX, isa, error);
}
