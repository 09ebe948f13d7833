/* The grammar of the network line, top down: network, line, layer. The options of a layer are in options.c. */
#include "net/parser.h"

#include "net/check.h"

#include <string.h>

ur_status ur_net_advance(ur_net_parser *parser)
{
    return ur_net_lex(parser->text, &parser->at, &parser->lexeme, parser->error);
}

ur_status ur_net_expected(const ur_net_parser *parser, const char *what)
{
    return ur_net_fail(parser->error, UR_ERR_FORMAT, parser->lexeme.column, "expected %s, found %s", what,
                       ur_lexeme_show(&parser->lexeme).text);
}

void ur_net_not_built(ur_net_parser *parser, const ur_lexeme *lexeme)
{
    if (parser->unbuilt.length) return;
    parser->unbuilt = *lexeme;
}

static ur_status reserved_name(ur_net_parser *parser, const ur_lexeme *name)
{
    ur_layer_word layer;
    bool taken = ur_layer_word_find(name->text, name->length, &layer) ||
                 ur_option_word_find(name->text, name->length) || ur_is_times(name->text, name->length);
    if (!taken) return UR_OK;
    return ur_net_fail(parser->error, UR_ERR_FORMAT, name->column,
                       "%s is a word of the network line and cannot name one; choose another name",
                       ur_lexeme_show(name).text);
}

/* Names are stored in UR_NAME_MAX − 1 characters, so longer ones are refused. */
static ur_status name_line(ur_net_parser *parser, const ur_lexeme *name)
{
    ur_net_spec *spec = parser->spec;
    ur_line_spec *line = &spec->lines[spec->line_count - 1];
    if (name->length >= UR_NAME_MAX)
        return ur_net_fail(parser->error, UR_ERR_FORMAT, name->column, "the name %s is longer than %d characters",
                           ur_lexeme_show(name).text, UR_NAME_MAX - 1);
    UR_TRY(reserved_name(parser, name));
    for (size_t i = 0; i + 1 < spec->line_count; i++)
        if (ur_lexeme_is(name, spec->lines[i].name))
            return ur_net_fail(parser->error, UR_ERR_FORMAT, name->column,
                               "an earlier line has the name %s already; choose another", ur_lexeme_show(name).text);
    memcpy(line->name, name->text, name->length);
    return UR_OK;
}

static ur_status only_unnamed(const ur_net_parser *parser, size_t column)
{
    const ur_net_spec *spec = parser->spec;
    for (size_t i = 0; i + 1 < spec->line_count; i++)
        if (!spec->lines[i].name[0])
            return ur_net_fail(parser->error, UR_ERR_FORMAT, column,
                               "a second line without a name; begin it with one, such as \"decoder: \"");
    return UR_OK;
}

static ur_status unknown_layer(const ur_net_parser *parser, const ur_lexeme *word)
{
    return ur_net_fail(parser->error, UR_ERR_FORMAT, word->column,
                       "unknown layer %s; the nearest known one is \"%s\" (there are %s)", ur_lexeme_show(word).text,
                       ur_layer_word_nearest(word->text, word->length), ur_layer_words_text().text);
}

static ur_status find_layer(ur_net_parser *parser, const ur_lexeme *word, ur_net_layer *layer)
{
    if (!ur_layer_word_find(word->text, word->length, &layer->word)) return unknown_layer(parser, word);
    if (!layer->word.kind) ur_net_not_built(parser, word);
    layer->spec =
        (ur_layer_spec){.kind = layer->word.kind, .activation = layer->word.activation, .column = word->column};
    if (layer->word.kind && !layer->word.kind->word) memcpy(layer->spec.cell, word->text, word->length);
    return UR_OK;
}

static ur_status add_layer(ur_net_parser *parser, const ur_net_layer *layer)
{
    ur_net_spec *spec = parser->spec;
    for (size_t i = 0; i < layer->times; i++) {
        if (spec->layer_count == UR_LAYERS_MAX)
            return ur_net_fail(parser->error, UR_ERR_FORMAT, layer->spec.column,
                               "more than %d layers, repetitions counted", UR_LAYERS_MAX);
        spec->layers[spec->layer_count++] = layer->spec;
        spec->lines[spec->line_count - 1].count++;
    }
    return UR_OK;
}

/* `word` has been read; the parser is after it. */
static ur_status parse_layer(ur_net_parser *parser, const ur_lexeme *word)
{
    ur_net_layer layer = {.times = 1};
    UR_TRY(find_layer(parser, word, &layer));
    UR_TRY(ur_net_options(parser, &layer));
    return add_layer(parser, &layer);
}

static ur_status read_word(ur_net_parser *parser, ur_lexeme *word)
{
    if (parser->lexeme.kind != UR_LEXEME_WORD)
        return ur_net_expected(parser,
                               parser->lexeme.column == 1 ? "a layer such as \"onehot > rnn 100 > dense\"" : "a layer");
    *word = parser->lexeme;
    return ur_net_advance(parser);
}

/* Reads [ name ":" ] and the word of the first layer. */
static ur_status begin_line(ur_net_parser *parser, ur_lexeme *word)
{
    ur_net_spec *spec = parser->spec;
    if (spec->line_count == UR_LINES_MAX)
        return ur_net_fail(parser->error, UR_ERR_FORMAT, parser->lexeme.column, "more than %d lines", UR_LINES_MAX);
    spec->lines[spec->line_count++].first = spec->layer_count;
    UR_TRY(read_word(parser, word));
    if (parser->lexeme.kind != UR_LEXEME_COLON) return only_unnamed(parser, word->column);
    UR_TRY(name_line(parser, word));
    UR_TRY(ur_net_advance(parser));
    return read_word(parser, word);
}

static ur_status parse_line(ur_net_parser *parser)
{
    ur_lexeme word;
    UR_TRY(begin_line(parser, &word));
    UR_TRY(parse_layer(parser, &word));
    while (parser->lexeme.kind == UR_LEXEME_THEN) {
        UR_TRY(ur_net_advance(parser));
        UR_TRY(read_word(parser, &word));
        UR_TRY(parse_layer(parser, &word));
    }
    return UR_OK;
}

static ur_status parse_network(ur_net_parser *parser)
{
    UR_TRY(ur_net_advance(parser));
    UR_TRY(parse_line(parser));
    while (parser->lexeme.kind == UR_LEXEME_NEXT) {
        UR_TRY(ur_net_advance(parser));
        UR_TRY(parse_line(parser));
    }
    return parser->lexeme.kind == UR_LEXEME_END ? UR_OK : ur_net_expected(parser, "an option, \">\" or \";\"");
}

/* Reads the whole line before it reports a layer that is not built: mistakes come first. */
static ur_status parse_built(ur_net_parser *parser)
{
    UR_TRY(parse_network(parser));
    if (!parser->unbuilt.length) return ur_net_check(parser->spec, parser->error);
    return ur_net_fail(parser->error, UR_ERR_UNSUPPORTED, parser->unbuilt.column, "%s is not built yet",
                       ur_lexeme_show(&parser->unbuilt).text);
}

static ur_status too_long(ur_error *error, const char *where)
{
    return ur_net_fail(error, UR_ERR_FORMAT, UR_LINE_TEXT_MAX, "%s is longer than %d bytes", where,
                       UR_LINE_TEXT_MAX - 1);
}

ur_status ur_net_parse(const char *text, ur_net_spec *spec, ur_error *error)
{
    ur_net_spec parsed = {0};
    char canonical[UR_LINE_TEXT_MAX];
    if (!text || !spec) return ur_fail(error, UR_ERR_USAGE, "network line: no text, or no array for its layers");
    if (strnlen(text, UR_LINE_TEXT_MAX) == UR_LINE_TEXT_MAX) return too_long(error, "it");
    UR_TRY(parse_built(&(ur_net_parser){.text = text, .spec = &parsed, .error = error}));
    if (!ur_net_write(&parsed, canonical, sizeof canonical))
        return too_long(error, "its form with a blank between all words");
    *spec = parsed;
    return UR_OK;
}
