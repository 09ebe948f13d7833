/* The network line as tokens. Everything the line can say is ASCII, so up to the first error a byte is a character. */
#ifndef UR_NET_LEXER_H
#define UR_NET_LEXER_H

#include "base/error.h"

#include <stdbool.h>

typedef enum ur_token_kind {
    UR_TOKEN_END,
    UR_TOKEN_WORD,   /* a letter or "_", then letters, digits, "_" and "-" */
    UR_TOKEN_NUMBER, /* digits, or digits "." digits, or "." digits */
    UR_TOKEN_FILTER, /* digits "x" digits */
    UR_TOKEN_THEN,   /* > */
    UR_TOKEN_NEXT,   /* ; */
    UR_TOKEN_COLON,
    UR_TOKEN_EQUALS
} ur_token_kind;

typedef struct ur_token {
    ur_token_kind kind;
    const char *text; /* inside the line, not terminated */
    size_t length;
    size_t column; /* 1-based, in characters */
} ur_token;

/* The token at *at or behind the blanks there; *at moves behind it. */
ur_status ur_net_lex(const char *text, size_t *at, ur_token *token, ur_error *error);

bool ur_token_is(const ur_token *token, const char *word);

/* A whole number of a NUMBER token; false with a decimal point or above `most`. */
bool ur_token_count(const ur_token *token, size_t least, size_t most, size_t *count);

/* Two whole numbers of a FILTER token, each from 1 to `most`. */
bool ur_token_filter(const ur_token *token, size_t most, size_t *high, size_t *wide);

/* ur_net_fail: the token, which begins like a number, is none. */
ur_status ur_net_no_number(const ur_token *token, ur_error *error);

/* A number in [0, 1) with at most UR_DECIMALS_MAX decimals (zeros at the end not counted). */
enum { UR_DECIMALS_MAX = 15 };
bool ur_token_probability(const ur_token *token, double *probability);

/* The token as a message shows it: quoted and cut, or "the end of the line". */
enum { UR_TOKEN_SHOWN_MAX = 48 };
typedef struct ur_token_shown {
    char text[UR_TOKEN_SHOWN_MAX];
} ur_token_shown;
ur_token_shown ur_token_show(const ur_token *token);

/* ur_fail with "network line, column N: " in front. */
ur_status ur_net_fail(ur_error *error, ur_status status, size_t column, const char *format, ...) UR_PRINTF(4, 5);

#endif
