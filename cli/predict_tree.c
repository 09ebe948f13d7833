/* See predict_tree.h. */
#include "cli/predict_tree.h"

#include "base/brackets.h"
#include "base/error.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

void ur_cli_sentence_free(ur_cli_sentence *s)
{
    free(s->word);
    free(s->phrase);
    free(s->room);
    *s = (ur_cli_sentence){0};
}

/* ---- Reading ------------------------------------------------------------------------------------------------------ */

static bool is_blank(char byte) { return byte == ' ' || byte == '\t' || byte == '\r'; }

static bool ends_word(char byte, bool tree) { return is_blank(byte) || (tree && (byte == '(' || byte == ')')); }

static size_t word_length(const char *text, size_t length, bool tree)
{
    size_t at = 0;
    while (at < length && !ends_word(text[at], tree)) at++;
    return at;
}

/* Allocates for the worst case, in which every byte is a word or a bracket. */
static ur_status make_room(ur_cli_sentence *s, size_t length, ur_error *error)
{
    size_t phrases = s->tree ? length + 1 : (UR_CLI_RUN_WORDS + 1) * (length + 1);
    s->word = calloc(length + 1, sizeof *s->word);
    s->phrase = calloc(phrases, sizeof *s->phrase);
    return s->word && s->phrase ? UR_OK : ur_fail_memory(error, "a sentence");
}

/* Begins a phrase; `text` follows the opening bracket. */
static void open_phrase(ur_cli_sentence *s, const char *text, size_t length, size_t depth)
{
    size_t given = word_length(text, length, true);
    s->phrase[s->phrases++] = (ur_cli_phrase){
        .begin = s->words, .end = SIZE_MAX, .depth = depth, .given = given ? text : NULL, .given_length = given};
}

/* Ends the last phrase that is still open. Returns false if there is none, or if it has no words. */
static bool close_phrase(ur_cli_sentence *s)
{
    for (size_t i = s->phrases; i-- > 0;) {
        if (s->phrase[i].end != SIZE_MAX) continue;
        s->phrase[i].end = s->words;
        return s->words > s->phrase[i].begin;
    }
    return false;
}

static ur_status read_tree(ur_cli_sentence *s, const char *text, size_t length, ur_error *error)
{
    size_t depth = 0;
    for (size_t at = 0; at < length;) {
        size_t word = word_length(text + at, length - at, true);
        if (word) s->word[s->words++] = (ur_cli_word){text + at, word};
        if (word && !depth) break;
        if (!word && text[at] == '(') {
            open_phrase(s, text + at + 1, length - at - 1, depth++);
            word = 1 + s->phrase[s->phrases - 1].given_length;
        } else if (!word && text[at] == ')') {
            if (!close_phrase(s))
                return ur_fail(error, UR_ERR_DATA, "byte %zu: a bracket without words, or without a beginning", at + 1);
            depth--;
        }
        at += word ? word : 1;
    }
    if (depth == 0 && s->words == s->phrase[0].end) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "a tree is one pair of brackets round all words, \"(3 (2 a) (4 film))\"");
}

static void add_run(ur_cli_sentence *s, size_t begin, size_t words)
{
    s->phrase[s->phrases++] = (ur_cli_phrase){.begin = begin, .end = begin + words};
}

static void read_plain(ur_cli_sentence *s, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t word = word_length(text + at, length - at, false);
        if (word) s->word[s->words++] = (ur_cli_word){text + at, word};
        at += word ? word : 1;
    }
    add_run(s, 0, s->words);
    for (size_t words = 1; words <= UR_CLI_RUN_WORDS && words < s->words; words++)
        for (size_t begin = 0; begin + words <= s->words; begin++) add_run(s, begin, words);
}

/* ---- Asking ------------------------------------------------------------------------------------------------------- */

static size_t join_words(const ur_cli_sentence *s, const ur_cli_phrase *phrase, char *text)
{
    size_t at = 0;
    for (size_t i = phrase->begin; i < phrase->end; i++) {
        char bracket = s->tree ? ur_bracket_of(s->word[i].text, s->word[i].length) : 0;
        size_t length = bracket ? 1 : s->word[i].length;
        if (at) text[at++] = ' ';
        memcpy(text + at, bracket ? &bracket : s->word[i].text, length);
        at += length;
    }
    return at;
}

static ur_status ask_phrases(ur_cli_sentence *s, ur_answerer *answerer, char *text, ur_error *error)
{
    for (size_t i = 0; i < s->phrases; i++) {
        ur_cli_phrase *phrase = &s->phrase[i];
        phrase->probability = s->room + i * s->labels;
        size_t length = join_words(s, phrase, text);
        UR_TRY(ur_answer_label(answerer, text, length, &phrase->label, phrase->probability, error));
    }
    return UR_OK;
}

ur_status ur_cli_sentence_answer(ur_cli_sentence *s, ur_answerer *answerer, size_t labels, const char *line,
                                 size_t length, ur_error *error)
{
    *s = (ur_cli_sentence){.labels = labels};
    size_t mark = ur_utf8_mark(line, length);
    line += mark, length -= mark;
    while (length && is_blank(*line)) line++, length--;
    while (length && is_blank(line[length - 1])) length--;
    s->tree = length && *line == '(' && line[length - 1] == ')';
    UR_TRY(make_room(s, length, error));
    if (s->tree) UR_TRY(read_tree(s, line, length, error));
    if (!s->tree) read_plain(s, line, length);
    if (!s->words) return UR_OK;
    s->room = calloc(s->phrases * labels, sizeof *s->room);
    char *text = malloc(length + 1);
    ur_status status = s->room && text ? ask_phrases(s, answerer, text, error) : ur_fail_memory(error, "a sentence");
    free(text);
    return status;
}
