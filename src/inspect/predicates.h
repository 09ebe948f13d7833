/*
 * What can be said of a place in a text: inside quotation marks, how deep in brackets, how far into the line. A machine
 * reads the text's characters in order; behind each it says all of it at once.
 */
#ifndef UR_INSPECT_PREDICATES_H
#define UR_INSPECT_PREDICATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* First what is yes or no, then numbers. */
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
    UR_BUILT_IN /* how many */
} ur_predicate_id;

const char *ur_predicate_name(size_t id);
const char *ur_predicate_meaning(size_t id);
static inline bool ur_predicate_counts(size_t id) { return id >= UR_IS_DEPTH && id < UR_BUILT_IN; }

typedef enum ur_code_place { UR_IN_CODE, UR_IN_STRING, UR_IN_LINE_COMMENT, UR_IN_COMMENT } ur_code_place;

/* What has to be known of the text so far. Zero: nothing was read. */
typedef struct ur_machine {
    uint32_t open[3]; /* ( [ { */
    uint32_t if_open; /* so many ( are open inside the condition of an `if`, at least; 0: in none */
    ur_code_place place;
    bool quoted, escaped; /* escaped: a backslash acts on the next character */
    bool in_word, after_if;
    bool starts_word, capital, digit, hangul; /* the last character, or one of the last token */
    bool indenting;
    char word[2]; /* the identifier that is being read: its beginning and its length */
    size_t word_length;
    uint32_t before; /* the last character; 0 where it was used up by a comment's mark */
    size_t literal;  /* bytes that are left of a character constant */
    size_t column, indent;
} ur_machine;

/* Forgets the events of the token before. */
void ur_machine_begin_token(ur_machine *machine);
/* Reads the character that begins at line[at]; returns its bytes (an invalid one's: of what stands for it). The line (up
 * to and with its line break) is looked ahead in. */
size_t ur_machine_read(ur_machine *machine, const char *line, size_t length, size_t at);
/* Reads on from `served` to where a token ends, and returns where it stopped: of a character of which more is to come it reads
 * nothing, and all stays as it was. */
size_t ur_machine_read_token(ur_machine *machine, const char *line, size_t length, size_t served, size_t end);
/* All built-in predicates behind what was read; `ends`: the next character is the line break. */
void ur_machine_says(const ur_machine *machine, bool ends, float truth[UR_BUILT_IN]);

#endif
