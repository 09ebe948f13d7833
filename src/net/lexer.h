/* The network line as lexemes. Everything that is valid in a line is ASCII, so up to the first error a byte is a
 * character. */
#ifndef UR_NET_LEXER_H
#define UR_NET_LEXER_H

#include "base/error.h"

#include <stdbool.h>

typedef enum ur_lexeme_kind {
    UR_LEXEME_END,
    UR_LEXEME_WORD,   /* a letter or "_", then letters, digits, "_" and "-" */
    UR_LEXEME_NUMBER, /* digits, or digits "." digits, or "." digits */
    UR_LEXEME_FILTER, /* digits "x" digits */
    UR_LEXEME_THEN,   /* > */
    UR_LEXEME_NEXT,   /* ; */
    UR_LEXEME_COLON,
    UR_LEXEME_EQUALS
} ur_lexeme_kind;

typedef struct ur_lexeme {
    ur_lexeme_kind kind;
    const char *text; /* inside the line, not terminated */
    size_t length;
    size_t column; /* 1-based, in characters */
} ur_lexeme;

/* Reads the lexeme at *at, after any blanks, and moves *at past it. */
ur_status ur_net_lex(const char *text, size_t *at, ur_lexeme *lexeme, ur_error *error);

bool ur_lexeme_is(const ur_lexeme *lexeme, const char *word);

/* The whole number of a NUMBER lexeme. False if it has a decimal point or is not within `least` and `most`. */
bool ur_lexeme_count(const ur_lexeme *lexeme, size_t least, size_t most, size_t *count);

/* The two whole numbers of a FILTER lexeme, each from 1 to `most`. */
bool ur_lexeme_filter(const ur_lexeme *lexeme, size_t most, size_t *high, size_t *wide);

/* ur_net_fail for a lexeme that begins like a number but is none. */
ur_status ur_net_no_number(const ur_lexeme *lexeme, ur_error *error);

/* A number in [0, 1) with at most UR_DECIMALS_MAX decimals, not counting zeros at the end. */
enum { UR_DECIMALS_MAX = 15 };
bool ur_lexeme_probability(const ur_lexeme *lexeme, double *probability);

/* The lexeme as messages show it: quoted and shortened, or "the end of the line". */
enum { UR_LEXEME_SHOWN_MAX = 48 };
typedef struct ur_lexeme_shown {
    char text[UR_LEXEME_SHOWN_MAX];
} ur_lexeme_shown;
ur_lexeme_shown ur_lexeme_show(const ur_lexeme *lexeme);

/* ur_fail with "network line, column N: " before the message. */
ur_status ur_net_fail(ur_error *error, ur_status status, size_t column, const char *format, ...) UR_PRINTF(4, 5);

#endif
