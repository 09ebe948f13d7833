/* What the two halves of the parser share: parse.c (networks, lines, layers) and options.c (the options of layers). */
#ifndef UR_NET_PARSER_H
#define UR_NET_PARSER_H

#include "net/lexer.h"
#include "net/words.h"

typedef struct ur_net_parser {
    const char *text;
    size_t at;
    ur_lexeme lexeme; /* the current one */
    ur_net_spec *spec;
    ur_error *error;
    ur_lexeme unbuilt; /* the first word that is known but not built; length 0 if there is none */
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
ur_status ur_net_expected(const ur_net_parser *parser, const char *what); /* fails with "expected WHAT, found TOKEN" */
void ur_net_not_built(ur_net_parser *parser, const ur_lexeme *lexeme);

/* Reads everything after a layer's word, up to ">", ";" or the end. */
ur_status ur_net_options(ur_net_parser *parser, ur_net_layer *layer);

#endif
