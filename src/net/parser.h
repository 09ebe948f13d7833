/* What the two halves of the parser share: net_parse.c (networks, lines, layers) and net_options.c (their options). */
#ifndef UR_NET_PARSER_H
#define UR_NET_PARSER_H

#include "net/lexer.h"
#include "net/words.h"

typedef struct ur_net_parser {
    const char *text;
    size_t at;
    ur_lexeme lexeme; /* the one that is looked at */
    ur_net_spec *spec;
    ur_error *error;
    ur_lexeme unbuilt; /* the first word that is known but not built; length 0: none */
} ur_net_parser;

/* A layer while its options are read. */
typedef struct ur_net_layer {
    ur_layer_word word;
    ur_layer_spec spec;
    size_t numbers;
    double number[UR_NUMBERS_MAX];
    size_t times;
    unsigned seen; /* UR_TAKES_… of the options that were given */
    size_t same_column;
} ur_net_layer;

ur_status ur_net_advance(ur_net_parser *parser);
ur_status ur_net_expected(const ur_net_parser *parser, const char *what); /* "expected WHAT, found TOKEN" */
void ur_net_not_built(ur_net_parser *parser, const ur_lexeme *lexeme);

/* Reads all that stands behind a layer's word, up to ">", ";" or the end. */
ur_status ur_net_options(ur_net_parser *parser, ur_net_layer *layer);

#endif
