/* The names of the predicates, and their values after the text that the machine has read. See predicates.h;
 * predicates_read.c reads the text. */
#include "inspect/predicates.h"

#include "kernel/scalar.h"

typedef struct ur_predicate_text {
    const char *name, *meaning;
} ur_predicate_text;

static const ur_predicate_text texts[UR_BUILT_IN] = {
    [UR_IS_QUOTE] = {"quote", "inside quotation marks: \"…\" or “…”, to the next empty line at most"},
    [UR_IS_PAREN] = {"paren", "inside ( ), outside strings and comments"},
    [UR_IS_BRACKET] = {"bracket", "inside [ ], outside strings and comments"},
    [UR_IS_BRACE] = {"brace", "inside { }, outside strings and comments"},
    [UR_IS_COMMENT] = {"comment", "inside a comment of C: // … or /* … */"},
    [UR_IS_STRING] = {"string", "inside a string of C, which ends in its line"},
    [UR_IS_IF] = {"if", "inside the brackets after `if`"},
    [UR_IS_LINE_END] = {"line-end", "the next character is the line break"},
    [UR_IS_WORD_START] = {"word-start", "the first character of a word"},
    [UR_IS_CAPITAL] = {"capital", "a capital letter (Latin, Greek, Cyrillic)"},
    [UR_IS_DIGIT] = {"digit", "a digit"},
    [UR_IS_HANGUL] = {"hangul", "Hangul"},
    [UR_IS_DEPTH] = {"depth", "how many of ( [ { are open"},
    [UR_IS_PAREN_DEPTH] = {"paren-depth", "how many of ( [ are open: the depth of an expression"},
    [UR_IS_BRACE_DEPTH] = {"brace-depth", "how many { are open: the depth of blocks"},
    [UR_IS_COLUMN] = {"column", "characters of the line so far"},
    [UR_IS_INDENT] = {"indent", "spaces and tabs that the line began with, so far"},
    [UR_IS_DISTANCE] = {"distance", "log of 1 + characters since the last line break"},
};

const char *ur_predicate_name(size_t id) { return texts[id].name; }
const char *ur_predicate_meaning(size_t id) { return texts[id].meaning; }

void ur_machine_says(const ur_machine *m, bool ends, float truth[UR_BUILT_IN])
{
    truth[UR_IS_QUOTE] = m->quoted;
    truth[UR_IS_PAREN] = m->open[0] > 0;
    truth[UR_IS_BRACKET] = m->open[1] > 0;
    truth[UR_IS_BRACE] = m->open[2] > 0;
    truth[UR_IS_COMMENT] = m->place >= UR_IN_LINE_COMMENT;
    truth[UR_IS_STRING] = m->place == UR_IN_STRING;
    truth[UR_IS_IF] = m->if_open > 0;
    truth[UR_IS_LINE_END] = ends;
    truth[UR_IS_WORD_START] = m->starts_word;
    truth[UR_IS_CAPITAL] = m->capital;
    truth[UR_IS_DIGIT] = m->digit;
    truth[UR_IS_HANGUL] = m->hangul;
    truth[UR_IS_DEPTH] = (float)m->open[0] + (float)m->open[1] + (float)m->open[2];
    truth[UR_IS_PAREN_DEPTH] = (float)m->open[0] + (float)m->open[1];
    truth[UR_IS_BRACE_DEPTH] = (float)m->open[2];
    truth[UR_IS_COLUMN] = (float)m->column;
    truth[UR_IS_INDENT] = (float)m->indent;
    truth[UR_IS_DISTANCE] = (float)ur_log(1 + (double)m->column);
}
