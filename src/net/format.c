/* The canonical text of a network line. */
#include "net/check.h"
#include "net/lexer.h"
#include "net/words.h"

#include <stdio.h>
#include <string.h>

typedef struct net_text {
    char *text;
    size_t size, used;
    bool full;
} net_text;

static void add(net_text *out, const char *text)
{
    size_t length = strlen(text);
    if (out->full || length >= out->size - out->used) {
        out->full = true;
        return;
    }
    memcpy(out->text + out->used, text, length + 1);
    out->used += length;
}

static void add_number(net_text *out, const char *before, size_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%zu", number);
    add(out, before);
    add(out, digits);
}

/* The shortest decimal in [0, 1) that is read back as p by ur_lexeme_probability. False if there is none. */
static bool add_probability(net_text *out, double p)
{
    double scale = 1;
    char digits[UR_DECIMALS_MAX + 8];
    if (!(p >= 0 && p < 1)) return false;
    if (p <= 0) return add(out, "0"), true;
    for (int decimals = 1; decimals <= UR_DECIMALS_MAX; decimals++) {
        scale *= 10;
        unsigned long long n = (unsigned long long)(p * scale + 0.5);
        if ((double)n / scale < p || (double)n / scale > p) continue;
        snprintf(digits, sizeof digits, "0.%0*llu", decimals, n);
        add(out, digits);
        return true;
    }
    return false;
}

static void add_activation(net_text *out, const ur_layer_spec *layer)
{
    static const char *const words[] = {
        [UR_LINEAR] = "", [UR_TANH] = " tanh", [UR_RELU] = " relu", [UR_SIGMOID] = " sigmoid"};
    const ur_cell *cell = layer->cell[0] ? ur_cell_find(layer->cell, 0) : NULL;
    if (layer->activation != (cell ? cell->activation : UR_LINEAR)) add(out, words[layer->activation]);
}

static void add_score(net_text *out, const ur_layer_spec *layer)
{
    static const char *const words[] = {
        [UR_SCORE_GENERAL] = "", [UR_SCORE_DOT] = " dot", [UR_SCORE_ADDITIVE] = " additive"};
    add(out, words[layer->score]);
    if (layer->feed) add(out, " feed");
}

/* The numbers that the line gives. A probability is always given. */
static bool add_numbers(net_text *out, const ur_layer_spec *layer)
{
    for (size_t i = 0; i < layer->kind->most; i++) {
        switch (layer->kind->number[i]) {
        case UR_NUMBER_SYMBOLS:
            if (layer->inputs) add_number(out, " ", layer->inputs);
            break;
        case UR_NUMBER_WIDTH:
            if (layer->width) add_number(out, " ", layer->width);
            break;
        case UR_NUMBER_PROBABILITY:
            add(out, " ");
            if (!add_probability(out, layer->drop)) return false;
            break;
        case UR_NUMBER_SIDE:
            add_number(out, " ", layer->side);
            break;
        }
    }
    return true;
}

static bool add_drop(net_text *out, const ur_layer_spec *layer)
{
    if (!(layer->kind->options & UR_TAKES_DROP) || layer->drop <= 0) return true;
    add(out, " drop=");
    return add_probability(out, layer->drop);
}

/* `times` equal layers. The order of the words is that of the examples: lstm 512 x2 drop=0.4. */
static bool add_layer(net_text *out, const ur_layer_spec *layer, size_t times)
{
    add(out, ur_layer_spec_word(layer));
    if (layer->kind->names) add(out, " "), add(out, layer->from);
    if (!add_numbers(out, layer)) return false;
    if (layer->high) add_number(out, " ", layer->high), add_number(out, "x", layer->wide);
    if (times > 1) add_number(out, " x", times);
    if (layer->bi) add(out, " bi");
    add_activation(out, layer);
    add_score(out, layer);
    if (layer->fixed) add(out, " fixed");
    if (layer->nobias) add(out, " nobias");
    if (layer->tied) add(out, " tied");
    if (!add_drop(out, layer)) return false;
    if (layer->same) add(out, " same");
    if (!layer->from[0] || layer->kind->names) return true;
    add(out, layer->kind->options & UR_TAKES_LIKE ? " like " : " from ");
    add(out, layer->from);
    return true;
}

static bool same_number(double a, double b) { return !(a < b) && !(a > b); }

/* Equal except for the column. */
static bool same_layer(const ur_layer_spec *a, const ur_layer_spec *b)
{
    return a->kind == b->kind && !strcmp(a->cell, b->cell) && a->inputs == b->inputs && a->width == b->width &&
           a->high == b->high && a->wide == b->wide && a->side == b->side && a->activation == b->activation &&
           same_number(a->drop, b->drop) && a->bi == b->bi && a->nobias == b->nobias && a->tied == b->tied &&
           a->same == b->same && a->score == b->score && a->feed == b->feed && a->fixed == b->fixed &&
           !strcmp(a->from, b->from);
}

static bool add_line(net_text *out, const ur_net_spec *spec, const ur_line_spec *line)
{
    if (line->name[0]) add(out, line->name), add(out, ": ");
    for (size_t i = 0, times; i < line->count; i += times) {
        const ur_layer_spec *layer = &spec->layers[line->first + i];
        bool folds = layer->kind->options & UR_TAKES_TIMES;
        for (times = 1; folds && i + times < line->count && same_layer(layer, layer + times); times++) continue;
        if (i) add(out, " > ");
        if (!add_layer(out, layer, times)) return false;
    }
    return true;
}

bool ur_net_write(const ur_net_spec *spec, char *text, size_t size)
{
    net_text out = {.text = text, .size = size, .full = !size};
    if (size) text[0] = 0;
    for (size_t i = 0; i < spec->line_count; i++) {
        if (i) add(&out, "; ");
        if (!add_line(&out, spec, &spec->lines[i])) return false;
    }
    return !out.full;
}

static bool terminated(const char name[UR_NAME_MAX]) { return memchr(name, 0, UR_NAME_MAX) != NULL; }

static bool is_kind(const ur_layer_kind *kind)
{
    size_t i = 0;
    while (ur_layer_kind_at(i) && ur_layer_kind_at(i) != kind) i++;
    return ur_layer_kind_at(i) != NULL;
}

/* What must hold before a spec from anywhere can be read: counts, kinds and names. */
static bool is_whole(const ur_net_spec *spec)
{
    size_t first = 0;
    if (!spec->line_count || spec->line_count > UR_LINES_MAX || spec->layer_count > UR_LAYERS_MAX) return false;
    for (size_t i = 0; i < spec->line_count; i++) {
        const ur_line_spec *line = &spec->lines[i];
        if (line->first != first || !line->count || line->count > spec->layer_count - first) return false;
        if (!terminated(line->name)) return false;
        first += line->count;
    }
    for (size_t i = 0; i < spec->layer_count; i++) {
        const ur_layer_spec *layer = &spec->layers[i];
        if (!is_kind(layer->kind) || (unsigned)layer->activation > UR_SIGMOID ||
            (unsigned)layer->score > UR_SCORE_ADDITIVE || !terminated(layer->cell) || !terminated(layer->from))
            return false;
    }
    return first == spec->layer_count;
}

static bool same_spec(const ur_net_spec *a, const ur_net_spec *b)
{
    if (a->line_count != b->line_count || a->layer_count != b->layer_count) return false;
    for (size_t i = 0; i < a->line_count; i++)
        if (strcmp(a->lines[i].name, b->lines[i].name) || a->lines[i].count != b->lines[i].count) return false;
    for (size_t i = 0; i < a->layer_count; i++)
        if (!same_layer(&a->layers[i], &b->layers[i])) return false;
    return true;
}

static bool reads_back(const ur_net_spec *spec, ur_error *error)
{
    char text[UR_LINE_TEXT_MAX];
    ur_net_spec back;
    return ur_net_write(spec, text, sizeof text) && ur_net_parse(text, &back, error) == UR_OK && same_spec(spec, &back);
}

/* No line can express some specs that a program may put together. Then the text would be wrong, so this fails. */
ur_status ur_net_format(const ur_net_spec *spec, char *text, size_t size, ur_error *error)
{
    ur_error why = {.text = "a layer has a setting that its kind does not take, or a drop of too many decimals"};
    if (!spec || !text)
        return ur_fail(error, UR_ERR_USAGE, "network line: no layers to write, or no buffer for the text");
    if (!is_whole(spec))
        return ur_fail(error, UR_ERR_USAGE, "network line: the counts, kinds or names of its layers are out of range");
    if (!reads_back(spec, &why))
        return ur_fail(error, UR_ERR_USAGE, "these layers cannot be written as a network line: %s", why.text);
    if (!ur_net_write(spec, text, size))
        return ur_fail(error, UR_ERR_USAGE, "network line: the text does not fit into %zu bytes", size);
    return UR_OK;
}
