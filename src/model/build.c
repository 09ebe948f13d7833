/* From a network line to layers, sizes and named parameters. */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

static ur_status size_missing(const ur_layer_spec *spec, const char *what, const char *remedy, ur_error *error)
{
    return ur_fail(error, UR_ERR_USAGE, "network line, column %zu: %s is not known; %s", spec->column, what, remedy);
}

static ur_status resolve_symbols(size_t symbols, ur_layer *l, ur_error *error)
{
    if (l->named) {
        l->inputs = ur_first_of_line(l->named)->inputs;
        return UR_OK;
    }
    l->inputs = l->spec.inputs ? l->spec.inputs : symbols;
    if (!l->inputs)
        return size_missing(&l->spec, "the number of symbols", "write it after the word or set ur_sizes.symbols",
                            error);
    return l->inputs > INT32_MAX ? ur_fail(error, UR_ERR_USAGE, "too many symbols: %zu", l->inputs) : UR_OK;
}

/* The outputs that the data require, plus those that the next layer needs (the blank of ctc). */
static size_t outputs_of(const ur_layer *l, size_t fixed)
{
    return fixed && l->behind ? fixed + l->behind->spec.kind->more_outputs : fixed;
}

/* Resolves the sizes of one layer from its input. */
static ur_status resolve_layer(const ur_model *m, const ur_sizes *of_line, ur_picture picture, ur_layer *l, size_t in,
                               ur_error *error)
{
    ur_layer_sizes sizes = {.outputs = ur_gives_outputs(l) ? outputs_of(l, of_line->outputs) : 0,
                            .isa = ur_isa_index(m->kernels),
                            .picture = picture};
    l->inputs = in;
    if (l->spec.kind->reads_ids) UR_TRY(resolve_symbols(of_line->symbols, l, error));
    if (!l->inputs && !l->spec.kind->joins)
        return size_missing(&l->spec, "the number of features a step takes", "set ur_sizes.features", error);
    UR_TRY(l->spec.kind->resolve(l, &sizes, error));
    if (l->spec.kind->passes) l->picture = l->before ? l->before->picture : picture;
    if (!l->width)
        return size_missing(&l->spec, "the width of the layer", "write it (dense 10) or set ur_sizes.outputs", error);
    return UR_OK;
}

/* Finds the line that a layer names. The parser has checked that this is an earlier line. */
static void find_named(const ur_model *m, ur_layer *l)
{
    for (size_t i = 0; l->spec.from[0] && i < m->line_count; i++) {
        const ur_line_spec *line = &m->spec.lines[i];
        if (strcmp(line->name, l->spec.from) != 0) continue;
        l->named_line = i;
        l->named = &m->layers[line->first + line->count - 1];
    }
}

static void place_states(ur_model *m, ur_layer *l)
{
    l->state = m->state_count;
    m->state_count += l->states;
}

/* The sizes given for a line by itself, or else those given for all lines. Outputs given for all lines are those of the
 * last line. */
static ur_sizes sizes_of(const ur_sizes *own, const ur_sizes *all, bool is_last)
{
    const ur_sizes *picture = own->rows || own->features ? own : all;
    return (ur_sizes){.symbols = own->symbols ? own->symbols : all->symbols,
                      .features = picture->features,
                      .rows = picture->rows,
                      .columns = picture->columns,
                      .channels = picture->channels,
                      .outputs = own->outputs || !is_last ? own->outputs : all->outputs};
}

/* The numbers of a step as a picture, and how many there are. */
static ur_status take_picture(ur_sizes *s, ur_picture *picture, ur_error *error)
{
    *picture = (ur_picture){s->rows, s->columns, s->channels ? s->channels : 1};
    size_t numbers = ur_picture_numbers(*picture);
    if (!s->rows) return UR_OK;
    if (!numbers)
        return ur_fail(error, UR_ERR_USAGE, "a picture of %zu x %zu x %zu; it may have 1 to %d values", s->rows,
                       s->columns, picture->channels, UR_PICTURE_MAX);
    if (s->features && s->features != numbers)
        return ur_fail(error, UR_ERR_USAGE, "%zu features do not make a picture of %zu x %zu x %zu", s->features,
                       s->rows, s->columns, picture->channels);
    s->features = numbers;
    return UR_OK;
}

static ur_status resolve_line(ur_model *m, size_t index, ur_error *error)
{
    ur_picture picture;
    ur_line *line = &m->lines[index];
    ur_sizes sizes = sizes_of(&line->given, &m->sizes, index + 1 == m->line_count);
    const ur_layer_kind *first = m->layers[line->first].spec.kind;
    UR_TRY(take_picture(&sizes, &picture, error));
    line->width = line->features = first->reads_ids || first->joins ? 0 : sizes.features;
    for (size_t i = 0; i < line->count; i++) {
        ur_layer *l = &m->layers[line->first + i];
        find_named(m, l);
        UR_TRY(resolve_layer(m, &sizes, picture, l, line->width + l->fed, error));
        place_states(m, l);
        line->width = l->width;
        line->last = line->last || l->spec.kind->ends_time;
        if (l->spec.kind->makes_steps) line->places = ur_steps_made(l);
        if (l->spec.kind->reads_ids) line->symbols = l->inputs;
    }
    return UR_OK;
}

/* The output of the line's attend enters its first cell. */
static void feed_cell(ur_layer *first, size_t count)
{
    ur_layer *cell = NULL;
    for (ur_layer *l = first; l < first + count; l++) {
        if (l->spec.cell[0] && !cell) cell = l;
        if (l->spec.feed) cell->fed = l->spec.width;
    }
}

static ur_status make_layers(ur_model *m, const ur_sizes *lines, ur_error *error)
{
    m->layer_count = m->spec.layer_count;
    m->line_count = m->spec.line_count;
    m->layers = calloc(m->layer_count, sizeof *m->layers);
    if (!m->layers) return ur_fail_memory(error, "the layers");
    for (size_t i = 0; i < m->layer_count; i++) m->layers[i].spec = m->spec.layers[i];
    for (size_t i = 0; i < m->line_count; i++) {
        const ur_line_spec *line = &m->spec.lines[i];
        m->lines[i].first = line->first;
        m->lines[i].count = line->count;
        for (size_t k = line->first + 1; k < line->first + line->count; k++) {
            m->layers[k].before = &m->layers[k - 1];
            m->layers[k - 1].behind = &m->layers[k];
        }
        feed_cell(&m->layers[line->first], line->count);
    }
    for (size_t i = 0; i < m->line_count; i++) {
        if (lines) m->lines[i].given = lines[i];
        UR_TRY(resolve_line(m, i, error));
    }
    return UR_OK;
}

/* Names the parameters as PyTorch does (docs/file-format.md). Their values are not placed yet. */
static ur_status name_params(ur_model *m, ur_error *error)
{
    m->params = calloc(UR_LAYER_PARAMS_MAX * m->layer_count + 1, sizeof *m->params);
    if (!m->params) return ur_fail_memory(error, "the parameters' names");
    for (size_t i = 0; i < m->line_count; i++) {
        ur_naming n = {.params = m->params, .count = m->param_count, .error = error, .line = m->spec.lines[i].name};
        for (ur_layer *l = &m->layers[m->lines[i].first]; l < &m->layers[m->lines[i].first + m->lines[i].count]; l++) {
            if (l->spec.kind->name) UR_TRY(l->spec.kind->name(&n, l));
            if (n.stack != l && !l->spec.kind->passes) n.stack = NULL;
        }
        m->param_count = n.count;
    }
    return UR_OK;
}

/* Allocates the block of values, at most `most` numbers, and sets the parameters' pointers into it. */
static ur_status make_values(ur_model *m, size_t most, ur_error *error)
{
    for (size_t i = 0; i < m->param_count; i++) {
        m->params[i].offset = m->numbers;
        if (!ur_add_fits(m->numbers, m->params[i].size, &m->numbers))
            return ur_fail(error, UR_ERR_USAGE, "the network is too large: its sizes overflow");
    }
    if (m->numbers > most)
        return ur_fail(error, UR_ERR_FORMAT, "its network \"%.200s\" needs %zu numbers; there is space for %zu", m->net,
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
    const ur_sizes *lines = m->sizes.lines;
    bool alone = lines && m->spec.line_count == 1; /* the sizes of a single line are those of all */
    if (alone) m->sizes = sizes_of(&lines[0], &m->sizes, true);
    m->sizes.lines = NULL; /* belongs to the caller */
    UR_TRY(make_layers(m, alone ? NULL : lines, error));
    UR_TRY(name_params(m, error));
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

void ur_model_sizes(const ur_model *m, ur_sizes *sizes, ur_sizes lines[UR_MAX_LINES])
{
    *sizes = m->sizes;
    sizes->lines = lines;
    for (size_t i = 0; i < m->line_count; i++) {
        lines[i] = m->lines[i].given;
        if (m->lines[i].symbols) lines[i].symbols = m->lines[i].symbols;
    }
}
