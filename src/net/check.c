/* Checks of a network line that need more than one layer: order, `from`, `tied` and `attend`. */
#include "net/check.h"

#include "net/lexer.h"
#include "net/words.h"

#include <string.h>

static ur_status check_order(const ur_net_spec *spec, const ur_line_spec *line, ur_error *error)
{
    const ur_layer_spec *ended = NULL;
    for (size_t i = 0; i < line->count; i++) {
        const ur_layer_spec *layer = &spec->layers[line->first + i];
        const char *word = ur_layer_spec_word(layer);
        if (i && layer->kind->reads_ids)
            return ur_net_fail(error, UR_ERR_FORMAT, layer->column,
                               "\"%s\" reads ids and can only begin a line; move it to the front", word);
        if (i == 0 && layer->kind->names && !layer->kind->joins)
            return ur_net_fail(error, UR_ERR_FORMAT, layer->column,
                               "\"%s\" must come after a layer; begin the line with another", word);
        if (layer->kind->ends_line && i + 1 < line->count)
            return ur_net_fail(error, UR_ERR_FORMAT, layer->column,
                               "\"%s\" ends a line; move it to the end, or put what follows it before it", word);
        if (ended && layer->kind->in_time)
            return ur_net_fail(error, UR_ERR_FORMAT, layer->column,
                               "\"%s\" needs steps, and \"%s\" before it has left only one; move \"%s\" after it", word,
                               ur_layer_spec_word(ended), ur_layer_spec_word(ended));
        if (layer->kind->ends_time) ended = layer;
    }
    return UR_OK;
}

/* The n-th recurrent layer of the line; NULL after the last. */
static const ur_layer_spec *recurrent_layer(const ur_net_spec *spec, const ur_line_spec *line, size_t n)
{
    for (size_t i = 0; i < line->count; i++) {
        const ur_layer_spec *layer = &spec->layers[line->first + i];
        if (layer->cell[0] && !n--) return layer;
    }
    return NULL;
}

static const ur_line_spec *line_named(const ur_net_spec *spec, size_t lines, const char *name)
{
    for (size_t i = 0; i < lines; i++)
        if (!strcmp(spec->lines[i].name, name)) return &spec->lines[i];
    return NULL;
}

/* How many layers of the line, before `end`, take their state from `name`. These have already taken as many recurrent
 * layers of that line. */
static size_t taken_before(const ur_net_spec *spec, const ur_line_spec *line, const char *name, size_t end)
{
    size_t taken = 0;
    for (size_t i = 0; i < end; i++) {
        const ur_layer_spec *layer = &spec->layers[line->first + i];
        taken += layer->cell[0] && !strcmp(layer->from, name);
    }
    return taken;
}

static bool is_embed(const ur_layer_spec *layer) { return layer->kind == &ur_layer_embed; }

/* The first layer of a line, or of the line whose table it shares (like NAME). */
static const ur_layer_spec *table_of(const ur_net_spec *spec, const ur_line_spec *line)
{
    const ur_layer_spec *first = &spec->layers[line->first];
    while (is_embed(first) && first->from[0])
        first = &spec->layers[line_named(spec, spec->line_count, first->from)->first];
    return first;
}

/* The named line must be an earlier one, and begin with a table if the layer shares its table. */
static ur_status check_name(const ur_net_spec *spec, size_t at, const ur_layer_spec *layer, ur_error *error)
{
    const ur_line_spec *line = line_named(spec, at, layer->from);
    if (line && is_embed(layer) && !is_embed(table_of(spec, line)))
        return ur_net_fail(error, UR_ERR_FORMAT, layer->column,
                           "\"like %s\" shares the table of an \"embed\", and that line does not begin with one",
                           layer->from);
    if (line) return UR_OK;
    return ur_net_fail(error, UR_ERR_FORMAT, layer->column,
                       "\"%s %s\" needs an earlier line of that name; begin one with \"%s: \"",
                       layer->kind->names ? layer->kind->word
                       : is_embed(layer)  ? "like"
                                          : "from",
                       layer->from, layer->from);
}

static ur_status check_from(const ur_net_spec *spec, size_t at, size_t i, ur_error *error)
{
    const ur_line_spec *line = &spec->lines[at];
    const ur_layer_spec *layer = &spec->layers[line->first + i];
    const ur_line_spec *giver = line_named(spec, at, layer->from);
    size_t n = recurrent_layer(spec, giver, 0) ? taken_before(spec, line, layer->from, i) : 0;
    const ur_layer_spec *gives = recurrent_layer(spec, giver, n);
    if (!gives && n == 0) return UR_OK; /* a line without cells gives the mean of its output */
    if (!gives)
        return ur_net_fail(error, UR_ERR_FORMAT, layer->column,
                           "line \"%s\" has %zu recurrent layers, and \"from %s\" stands on one more; leave it out "
                           "here or add a layer there",
                           giver->name, n, giver->name);
    if (strcmp(gives->cell, layer->cell))
        return ur_net_fail(error, UR_ERR_FORMAT, layer->column,
                           "\"%s %zu from %s\" would get the state of \"%s %zu\"; make the two cells alike",
                           layer->cell, layer->width, giver->name, gives->cell, gives->width);
    return UR_OK;
}

/* A line takes all its initial states from one line, or none. So it is clear which layer gets which state. */
static ur_status check_from_alike(const ur_net_spec *spec, const ur_line_spec *line, size_t i, ur_error *error)
{
    const ur_layer_spec *layer = &spec->layers[line->first + i];
    for (size_t k = 0; k < line->count; k++) {
        const ur_layer_spec *other = &spec->layers[line->first + k];
        if (!other->cell[0] || !strcmp(other->from, layer->from)) continue;
        return ur_net_fail(error, UR_ERR_FORMAT, other->column,
                           "\"%s %zu\" needs \"from %s\" too: all recurrent layers of a line take their state from one "
                           "line, or none does",
                           other->cell, other->width, layer->from);
    }
    return UR_OK;
}

/* All recurrent layers of the line `from` must have been taken. */
static ur_status check_from_all(const ur_net_spec *spec, size_t at, size_t i, ur_error *error)
{
    const ur_line_spec *line = &spec->lines[at];
    const ur_layer_spec *layer = &spec->layers[line->first + i];
    size_t taken = taken_before(spec, line, layer->from, line->count);
    const ur_line_spec *giver = line_named(spec, at, layer->from);
    if (!recurrent_layer(spec, giver, taken)) return UR_OK;
    return ur_net_fail(error, UR_ERR_FORMAT, layer->column,
                       "line \"%s\" has more recurrent layers than the %zu that take their state \"from %s\"; the two "
                       "lines must have as many",
                       layer->from, taken, layer->from);
}

/* The width before layer i of a line that begins with an embed; 0 if it follows from the data. */
static size_t width_before(const ur_net_spec *spec, const ur_line_spec *line, size_t i)
{
    while (i-- > 0) {
        const ur_layer_spec *layer = &spec->layers[line->first + i];
        if (layer->kind->ends_time || layer->kind->passes) continue;
        if (layer->kind == &ur_layer_attend && !layer->width) continue;
        return is_embed(layer) ? table_of(spec, line)->width : layer->bi ? 2 * layer->width : layer->width;
    }
    return 0;
}

static ur_status check_tied(const ur_net_spec *spec, const ur_line_spec *line, size_t i, ur_error *error)
{
    const ur_layer_spec *layer = &spec->layers[line->first + i], *embed = table_of(spec, line);
    if (!is_embed(embed))
        return ur_net_fail(error, UR_ERR_FORMAT, layer->column,
                           "\"tied\" shares the weights of an \"embed\", and this line has none");
    size_t enters = width_before(spec, line, i);
    if (!enters)
        return ur_net_fail(error, UR_ERR_FORMAT, layer->column,
                           "\"tied\" needs the width of the layer before \"dense\"; give it the \"embed\"'s, %zu",
                           embed->width);
    if (enters != embed->width)
        return ur_net_fail(
            error, UR_ERR_FORMAT, layer->column,
            "\"tied\" needs the layer before \"dense\" as wide as the \"embed\", %zu, and it is %zu wide", embed->width,
            enters);
    if (layer->width && embed->inputs && layer->width != embed->inputs)
        return ur_net_fail(error, UR_ERR_FORMAT, layer->column,
                           "\"tied\" gives one number for each of the %zu symbols of the \"embed\", not %zu; leave "
                           "the width out",
                           embed->inputs, layer->width);
    return UR_OK;
}

/* Checks a cell that takes its initial state from another line. */
static ur_status check_taker(const ur_net_spec *spec, size_t at, size_t i, ur_error *error)
{
    const ur_line_spec *line = &spec->lines[at];
    const ur_layer_spec *layer = &spec->layers[line->first + i];
    if (layer->bi)
        return ur_net_fail(error, UR_ERR_FORMAT, layer->column,
                           "\"bi\" begins both directions from zero; leave out \"from %s\" or \"bi\"", layer->from);
    UR_TRY(check_from_alike(spec, line, i, error));
    return check_from(spec, at, i, error);
}

/* A line may have one attend. With `feed` it needs a cell before it and a width in the line. */
static ur_status check_attend(const ur_net_spec *spec, const ur_line_spec *line, size_t i, ur_error *error)
{
    const ur_layer_spec *layer = &spec->layers[line->first + i], *cell = NULL;
    for (size_t k = 0; k < i; k++) {
        const ur_layer_spec *other = &spec->layers[line->first + k];
        if (other->kind == layer->kind)
            return ur_net_fail(error, UR_ERR_FORMAT, layer->column,
                               "a second \"attend\" in a line; give it a line of its own");
        if (other->cell[0] && !cell) cell = other;
        if (cell && layer->feed && (other->kind->ends_time || other->kind->names))
            return ur_net_fail(error, UR_ERR_FORMAT, other->column,
                               "\"feed\" goes step by step from \"%s %zu\" on; \"%s\" cannot stand between", cell->cell,
                               cell->width, ur_layer_spec_word(other));
        if (other->bi && layer->feed)
            return ur_net_fail(
                error, UR_ERR_FORMAT, other->column,
                "\"bi\" needs the whole sequence, and \"feed\" goes step by step; leave one of them out");
    }
    if (!layer->feed) return UR_OK;
    if (!cell)
        return ur_net_fail(error, UR_ERR_FORMAT, layer->column,
                           "\"feed\" enters the line's first recurrent layer, and there is none before \"attend\"");
    if (!layer->width)
        return ur_net_fail(error, UR_ERR_FORMAT, layer->column,
                           "\"feed\" needs the width; write it, as in \"attend %s 128 feed\"", layer->from);
    return UR_OK;
}

static ur_status check_line(const ur_net_spec *spec, size_t at, ur_error *error)
{
    const ur_line_spec *line = &spec->lines[at];
    UR_TRY(check_order(spec, line, error));
    for (size_t i = 0; i < line->count; i++) {
        const ur_layer_spec *layer = &spec->layers[line->first + i];
        if (layer->from[0]) UR_TRY(check_name(spec, at, layer, error));
        if (layer->from[0] && layer->cell[0]) UR_TRY(check_taker(spec, at, i, error));
        if (layer->tied) UR_TRY(check_tied(spec, line, i, error));
        if (layer->kind == &ur_layer_attend) UR_TRY(check_attend(spec, line, i, error));
    }
    for (size_t i = 0; i < line->count; i++) {
        const ur_layer_spec *layer = &spec->layers[line->first + i];
        if (layer->from[0] && layer->cell[0]) UR_TRY(check_from_all(spec, at, i, error));
    }
    return UR_OK;
}

ur_status ur_net_check(const ur_net_spec *spec, ur_error *error)
{
    for (size_t at = 0; at < spec->line_count; at++) UR_TRY(check_line(spec, at, error));
    return UR_OK;
}
