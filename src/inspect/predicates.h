/*
 * What can be said of a place in a text: inside quotation marks, how deep in brackets, how far into the line. A machine
 * reads the text's characters in order. After each it knows the values of all predicates.
 */
#ifndef UR_INSPECT_PREDICATES_H
#define UR_INSPECT_PREDICATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The yes-or-no predicates come first, then the numbers. */
typedef enum ur_predicate_id {
    UR_IS_QUOTE,
    UR_IS_PAREN,
    UR_IS_BRACKET,
    UR_IS_BRACE,
    UR_IS_COMMENT,
    UR_IS_STRING,
    UR_IS_IF,
    UR_IS_LINE_END,
    UR_IS_WORD_START,
    UR_IS_CAPITAL,
    UR_IS_DIGIT,
    UR_IS_HANGUL,
    UR_IS_DEPTH,
    UR_IS_PAREN_DEPTH,
    UR_IS_BRACE_DEPTH,
    UR_IS_COLUMN,
    UR_IS_INDENT,
    UR_IS_DISTANCE,
    UR_BUILT_IN /* their number */
} ur_predicate_id;

const char *ur_predicate_name(size_t id);
const char *ur_predicate_meaning(size_t id);
static inline bool ur_predicate_counts(size_t id) { return id >= UR_IS_DEPTH && id < UR_BUILT_IN; }

typedef enum ur_code_place { UR_IN_CODE, UR_IN_STRING, UR_IN_LINE_COMMENT, UR_IN_COMMENT } ur_code_place;

/* What must be known of the text so far. All zeros: nothing was read. */
typedef struct ur_machine {
    uint32_t open[3]; /* open ( [ { */
    uint32_t if_open; /* inside the condition of an `if`, the number of open ( at its beginning; else 0 */
    ur_code_place place;
    bool quoted, escaped; /* escaped: a backslash acts on the next character */
    bool in_word, after_if;
    bool starts_word, capital, digit, hangul; /* of the last character, or of any character of the last token */
    bool indenting;
    char word[2]; /* beginning and length of the current identifier */
    size_t word_length;
    uint32_t before; /* the last character, or 0 if it was part of a mark of a comment or string */
    size_t literal;  /* bytes left of a character constant */
    size_t column, indent;
} ur_machine;

/* Forgets what was seen in the previous token. */
void ur_machine_begin_token(ur_machine *machine);
/* Reads the character that begins at line[at]. Returns its number of bytes (for invalid UTF-8, those that are read as
 * one U+FFFD). The machine may look ahead up to the end of the line, which includes its line break. */
size_t ur_machine_read(ur_machine *machine, const char *line, size_t length, size_t at);
/* Reads on from `served` to the end of a token, and returns where it stopped. It stops before an incomplete character
 * and then remains unchanged. */
size_t ur_machine_read_token(ur_machine *machine, const char *line, size_t length, size_t served, size_t end);
/* Writes the values of all built-in predicates after the text that was read. `ends`: the next character is the line
 * break. */
void ur_machine_says(const ur_machine *machine, bool ends, float truth[UR_BUILT_IN]);

#endif
