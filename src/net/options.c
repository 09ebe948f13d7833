/* The words after a layer's word in a network line: numbers, options, key=value and the repetition. */
#include "net/parser.h"

#include <stdio.h>
#include <string.h>

/* Each option may be given once, and only to a layer that takes it. */
static ur_status claim(ur_net_parser *parser, ur_net_layer *layer, const ur_lexeme *option, unsigned bit)
{
    if (layer->word.kind && !(layer->word.takes & bit))
        return ur_net_fail(parser->error, UR_ERR_FORMAT, option->column, "\"%s\" does not take %s; it takes %s",
                           layer->word.word, ur_lexeme_show(option).text, ur_option_words_text(layer->word.takes).text);
    if (layer->seen & bit)
        return ur_net_fail(parser->error, UR_ERR_FORMAT, option->column,
                           "%s, but \"%s\" has such an option already; leave one of them out",
                           ur_lexeme_show(option).text, layer->word.word);
    layer->seen |= bit;
    return UR_OK;
}

static ur_status probability(ur_net_parser *parser, double *value)
{
    char expected[80];
    snprintf(expected, sizeof expected, "a probability from 0 to below 1 with at most %d decimals", UR_DECIMALS_MAX);
    if (parser->lexeme.kind != UR_LEXEME_NUMBER || !ur_lexeme_probability(&parser->lexeme, value))
        return ur_net_expected(parser, expected);
    return ur_net_advance(parser);
}

static ur_status whole_number(ur_net_parser *parser, size_t most, size_t *value)
{
    char expected[64];
    snprintf(expected, sizeof expected, "a whole number from 1 to %zu", most);
    if (parser->lexeme.kind != UR_LEXEME_NUMBER || !ur_lexeme_count(&parser->lexeme, 1, most, value))
        return ur_net_expected(parser, expected);
    return ur_net_advance(parser);
}

static ur_status too_many(const ur_net_parser *parser, const ur_net_layer *layer)
{
    static const char *const counts[] = {"no number", "one number", "two numbers"};
    return ur_net_fail(parser->error, UR_ERR_FORMAT, parser->lexeme.column, "\"%s\" takes %s, so %s is one too many",
                       layer->word.word, counts[layer->numbers], ur_lexeme_show(&parser->lexeme).text);
}

/* If a kind takes a probability, all of its numbers are probabilities. */
static ur_status read_number(ur_net_parser *parser, ur_net_layer *layer)
{
    const ur_layer_kind *kind = layer->word.kind;
    size_t whole = 0;
    if (!kind) return ur_net_advance(parser);
    if (layer->numbers == kind->most) return too_many(parser, layer);
    double *value = &layer->number[layer->numbers++];
    if (kind->number[0] == UR_NUMBER_PROBABILITY) return probability(parser, value);
    UR_TRY(whole_number(parser, UR_WIDTH_MAX, &whole));
    *value = (double)whole;
    return UR_OK;
}

/* HxW, for a layer that takes a filter. For other layers it is a malformed number. */
static ur_status read_filter(ur_net_parser *parser, ur_net_layer *layer)
{
    ur_lexeme lexeme = parser->lexeme;
    ur_layer_spec *spec = &layer->spec;
    if (layer->word.kind && !(layer->word.takes & UR_TAKES_FILTER)) return ur_net_no_number(&lexeme, parser->error);
    UR_TRY(claim(parser, layer, &lexeme, UR_TAKES_FILTER));
    if (!ur_lexeme_filter(&lexeme, UR_FILTER_MAX, &spec->high, &spec->wide))
        return ur_net_fail(parser->error, UR_ERR_FORMAT, lexeme.column, "expected a filter from 1x1 to %dx%d, found %s",
                           UR_FILTER_MAX, UR_FILTER_MAX, ur_lexeme_show(&lexeme).text);
    return ur_net_advance(parser);
}

/* If there are fewer numbers than the most that the kind takes, the first ones are missing. */
static void use_numbers(ur_net_layer *layer)
{
    for (size_t i = 0; i < layer->numbers; i++) {
        double value = layer->number[i];
        switch (layer->word.kind->number[layer->word.kind->most - layer->numbers + i]) {
        case UR_NUMBER_SYMBOLS:
            layer->spec.inputs = (size_t)value;
            break;
        case UR_NUMBER_WIDTH:
            layer->spec.width = (size_t)value;
            break;
        case UR_NUMBER_PROBABILITY:
            layer->spec.drop = value;
            break;
        case UR_NUMBER_SIDE:
            layer->spec.side = (size_t)value;
            break;
        }
    }
}

/* "x2" is one word, "x 2" is a word and a number. Both are accepted. */
static ur_status read_times(ur_net_parser *parser, ur_net_layer *layer, const ur_lexeme *word)
{
    ur_lexeme digits = *word;
    UR_TRY(claim(parser, layer, word, UR_TAKES_TIMES));
    if (word->length == 1) return whole_number(parser, UR_LAYERS_MAX, &layer->times);
    digits.text++, digits.length--;
    if (ur_lexeme_count(&digits, 1, UR_LAYERS_MAX, &layer->times)) return UR_OK;
    return ur_net_fail(parser->error, UR_ERR_FORMAT, word->column, "expected a repetition from x1 to x%d, found %s",
                       UR_LAYERS_MAX, ur_lexeme_show(word).text);
}

static ur_status read_name(ur_net_parser *parser, ur_net_layer *layer, const char *after)
{
    char expected[80];
    snprintf(expected, sizeof expected, "the name of an earlier line after \"%s\"", after);
    if (parser->lexeme.kind != UR_LEXEME_WORD) return ur_net_expected(parser, expected);
    if (parser->lexeme.length >= UR_NAME_MAX)
        return ur_net_fail(parser->error, UR_ERR_FORMAT, parser->lexeme.column, "no line has a name as long as %s",
                           ur_lexeme_show(&parser->lexeme).text);
    memcpy(layer->spec.from, parser->lexeme.text, parser->lexeme.length);
    return ur_net_advance(parser);
}

static ur_status read_drop(ur_net_parser *parser, ur_net_layer *layer)
{
    if (parser->lexeme.kind != UR_LEXEME_EQUALS)
        return ur_net_expected(parser, "\"=\" after \"drop\", as in \"drop=0.4\"");
    UR_TRY(ur_net_advance(parser));
    return probability(parser, &layer->spec.drop);
}

static ur_status apply(ur_net_parser *parser, ur_net_layer *layer, const ur_lexeme *word, const ur_option_word *option)
{
    ur_layer_spec *spec = &layer->spec;
    UR_TRY(claim(parser, layer, word, option->takes));
    switch (option->takes) {
    case UR_TAKES_ACTIVATION:
        spec->activation = option->activation;
        return UR_OK;
    case UR_TAKES_NOBIAS:
        spec->nobias = true;
        return UR_OK;
    case UR_TAKES_TIED:
        spec->tied = true;
        return UR_OK;
    case UR_TAKES_SAME:
        spec->same = true;
        layer->same_column = word->column;
        return UR_OK;
    case UR_TAKES_DROP:
        return read_drop(parser, layer);
    case UR_TAKES_FROM:
        return read_name(parser, layer, "from");
    case UR_TAKES_LIKE:
        return read_name(parser, layer, "like");
    case UR_TAKES_BI:
        spec->bi = true;
        return UR_OK;
    case UR_TAKES_SCORE:
        spec->score = option->score;
        return UR_OK;
    case UR_TAKES_FEED:
        spec->feed = true;
        return UR_OK;
    case UR_TAKES_FIXED:
        spec->fixed = true;
        return UR_OK;
    }
    return UR_OK;
}

static ur_status unknown_option(const ur_net_parser *parser, const ur_net_layer *layer, const ur_lexeme *word)
{
    ur_layer_word other;
    if (ur_layer_word_find(word->text, word->length, &other))
        return ur_net_fail(parser->error, UR_ERR_FORMAT, word->column,
                           "%s is a layer of its own; expected \">\" before it", ur_lexeme_show(word).text);
    return ur_net_fail(parser->error, UR_ERR_FORMAT, word->column,
                       "unknown option %s; the nearest known one is \"%s\" (\"%s\" takes %s)",
                       ur_lexeme_show(word).text, ur_option_word_nearest(word->text, word->length), layer->word.word,
                       ur_option_words_text(layer->word.takes).text);
}

/* A layer that is not built yet may have words and keys that are not known yet. */
static ur_status skip_option(ur_net_parser *parser)
{
    if (parser->lexeme.kind != UR_LEXEME_EQUALS) return UR_OK;
    UR_TRY(ur_net_advance(parser));
    if (parser->lexeme.kind != UR_LEXEME_WORD && parser->lexeme.kind != UR_LEXEME_NUMBER)
        return ur_net_expected(parser, "a value after \"=\"");
    return ur_net_advance(parser);
}

static ur_status read_option(ur_net_parser *parser, ur_net_layer *layer)
{
    ur_lexeme word = parser->lexeme;
    const ur_option_word *option = ur_option_word_find(word.text, word.length);
    UR_TRY(ur_net_advance(parser));
    if (ur_is_times(word.text, word.length)) return read_times(parser, layer, &word);
    if (!layer->word.kind) return skip_option(parser);
    if (!option) return unknown_option(parser, layer, &word);
    return apply(parser, layer, &word, option);
}

static ur_status check_complete(const ur_net_parser *parser, const ur_net_layer *layer)
{
    const ur_layer_kind *kind = layer->word.kind;
    if (layer->seen & UR_TAKES_LIKE && layer->numbers)
        return ur_net_fail(parser->error, UR_ERR_FORMAT, layer->spec.column,
                           "\"like %s\" is a table with its sizes; leave the numbers out", layer->spec.from);
    if (layer->numbers < kind->least && !(layer->seen & UR_TAKES_LIKE))
        return ur_net_fail(parser->error, UR_ERR_FORMAT, parser->lexeme.column,
                           "expected %s after \"%s\", found %s; for example \"%s %s\"", kind->wants, layer->word.word,
                           ur_lexeme_show(&parser->lexeme).text, layer->word.word, kind->example);
    if (kind->options & UR_TAKES_FILTER && !layer->spec.high)
        return ur_net_fail(parser->error, UR_ERR_FORMAT, parser->lexeme.column,
                           "expected the rows and columns of a filter after \"%s\", found %s; for example \"%s %s\"",
                           layer->word.word, ur_lexeme_show(&parser->lexeme).text, layer->word.word, kind->example);
    if (layer->spec.same && layer->word.takes & UR_TAKES_DROP && layer->spec.drop <= 0)
        return ur_net_fail(parser->error, UR_ERR_FORMAT, layer->same_column,
                           "\"same\" says how \"drop=\" chooses its mask; give \"%s\" a drop above 0, as in "
                           "\"drop=0.4 same\"",
                           layer->word.word);
    return UR_OK;
}

static ur_status complete(const ur_net_parser *parser, ur_net_layer *layer)
{
    if (!layer->word.kind) return UR_OK;
    use_numbers(layer);
    return check_complete(parser, layer);
}

ur_status ur_net_options(ur_net_parser *parser, ur_net_layer *layer)
{
    if (layer->word.kind && layer->word.kind->names) UR_TRY(read_name(parser, layer, layer->word.word));
    for (;;) {
        if (parser->lexeme.kind == UR_LEXEME_NUMBER)
            UR_TRY(read_number(parser, layer));
        else if (parser->lexeme.kind == UR_LEXEME_FILTER)
            UR_TRY(read_filter(parser, layer));
        else if (parser->lexeme.kind == UR_LEXEME_WORD)
            UR_TRY(read_option(parser, layer));
        else
            return complete(parser, layer);
    }
}
