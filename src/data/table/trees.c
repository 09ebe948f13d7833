/*
 * Bracketed trees, one per line: "(3 (2 It) (4 works))". After its bracket, a node has a label and then words or nodes.
 * Its text is the words below it, separated by spaces, with -LRB- and the like as the brackets that they stand for.
 * Each line is an example. With phrases each node is an example, but only the first of equal phrases with equal labels.
 */
#include "base/brackets.h"
#include "base/memory.h"
#include "data/cursor.h"
#include "data/form.h"
#include "data/table/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MOST = 4096 };

/* Hashes of the phrases seen, each with its label, in a table with open addressing; 0: free. */
typedef struct phrases {
    uint64_t *slots;
    size_t count, capacity;
} phrases;

typedef struct grove {
    ur_labelled *set;
    const ur_labelled_options *options;
    phrases met;
    ur_example text; /* text of a phrase */
    size_t open[DEPTH_MOST];
} grove;

/* ---- Phrases seen so far ----------------------------------------------------------------------------------------- */

static bool put_hash(phrases *met, uint64_t hash)
{
    size_t slot = (size_t)(hash ^ (hash >> 32)) & (met->capacity - 1);
    for (; met->slots[slot]; slot = (slot + 1) & (met->capacity - 1))
        if (met->slots[slot] == hash) return false;
    met->slots[slot] = hash;
    met->count++;
    return true;
}

static ur_status grow(phrases *met, ur_error *error)
{
    phrases bigger = {.capacity = met->capacity ? 2 * met->capacity : 4096};
    bigger.slots = calloc(bigger.capacity, sizeof *bigger.slots);
    if (!bigger.slots) return ur_fail_memory(error, "the phrases of the trees");
    for (size_t i = 0; i < met->capacity; i++)
        if (met->slots[i]) put_hash(&bigger, met->slots[i]);
    free(met->slots);
    *met = bigger;
    return UR_OK;
}

static ur_status note_phrase(phrases *met, uint64_t hash, bool *first, ur_error *error)
{
    if (2 * met->count >= met->capacity) UR_TRY(grow(met, error));
    *first = put_hash(met, hash ? hash : 1);
    return UR_OK;
}

/* ---- The text of a tree ------------------------------------------------------------------------------------------ */

static bool ends_token(char byte) { return byte == ' ' || byte == '\t' || byte == '(' || byte == ')'; }

static size_t token_length(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length && !ends_token(text[at])) at++;
    return at;
}

static size_t put_token(char *out, const char *token, size_t length)
{
    char bracket = ur_bracket_of(token, length);
    if (bracket) *out = bracket;
    if (!bracket) memmove(out, token, length);
    return bracket ? 1 : length;
}

/* Reduces a tree to its text, in place, which is possible because the text is never longer. The token after an opening
 * bracket is a label. */
static size_t strip_tree(char *text, size_t length)
{
    size_t out = 0;
    bool label = false;
    for (size_t at = 0; at < length;) {
        size_t token = token_length(text + at, length - at);
        if (token > 0 && !label) {
            if (out > 0) text[out++] = ' ';
            out += put_token(text + out, text + at, token);
        }
        if (token == 0 && (text[at] == '(' || text[at] == ')')) label = text[at] == '(';
        if (token > 0) label = false;
        at += token ? token : 1;
    }
    return out;
}

/* ---- Finding ----------------------------------------------------------------------------------------------------- */

static ur_status fail_tree(const grove *g, const ur_row *row, size_t at, const char *what, ur_error *error)
{
    return ur_labelled_fail(g->set, row->place, row->line, error, UR_ERR_FORMAT, "byte %zu of the line: %s", at, what);
}

/* Describes a node of `length` bytes, from its opening to its closing bracket. */
static ur_status describe_node(grove *g, const ur_row *row, size_t begin, size_t length, ur_finding *finding,
                               ur_error *error)
{
    const char *label = row->text + begin + 1;
    char *text = ur_example_room(&g->text, 0, length + 1);
    if (!text) return ur_fail_memory(error, "a tree");
    memcpy(text, row->text + begin, length);
    size_t stripped = strip_tree(text, length);
    *finding = (ur_finding){.place = row->place + begin,
                            .length = length,
                            .label = label,
                            .label_length = token_length(label, length - 1),
                            .hash = ur_hash_bytes(UR_HASH_START, (const unsigned char *)text, stripped),
                            .line = row->line};
    if (ur_is_blank(text, stripped)) return fail_tree(g, row, begin, "a node without words", error);
    if (finding->label_length == 0) return fail_tree(g, row, begin + 1, "no label", error);
    return UR_OK;
}

static ur_status add_node(grove *g, const ur_finding *node, uint64_t sentence, ur_error *error)
{
    ur_finding finding = *node;
    bool first;
    uint64_t both = ur_hash_bytes(node->hash, (const unsigned char *)node->label, node->label_length);
    UR_TRY(note_phrase(&g->met, both, &first, error));
    finding.hash = sentence;
    finding.phrase = sentence != node->hash;
    return first ? ur_labelled_add(g->set, g->options, &finding, error) : UR_OK;
}

/* Called by visit_nodes for each node when its bracket closes. */
typedef ur_status visit(grove *g, const ur_row *row, size_t begin, size_t length, uint64_t sentence, ur_error *error);

static ur_status visit_nodes(grove *g, const ur_row *row, size_t length, uint64_t sentence, visit *each,
                             ur_error *error)
{
    size_t depth = 0;
    for (size_t at = 0; at < length; at++) {
        char byte = row->text[at];
        if (byte == '(') {
            if (depth == DEPTH_MOST) return fail_tree(g, row, at, "brackets in brackets, too many of them", error);
            g->open[depth++] = at;
        } else if (depth == 0) {
            return fail_tree(g, row, at, "the tree has ended, or has not begun", error);
        } else if (byte == ')') {
            depth--;
            UR_TRY(each(g, row, g->open[depth], at + 1 - g->open[depth], sentence, error));
        }
    }
    return depth ? fail_tree(g, row, g->open[depth - 1], "a bracket that is never closed", error) : UR_OK;
}

static ur_status check_node(grove *g, const ur_row *row, size_t begin, size_t length, uint64_t sentence,
                            ur_error *error)
{
    (void)sentence;
    size_t label = token_length(row->text + begin + 1, length - 1);
    if (label == 0) return fail_tree(g, row, begin + 1, "no label", error);
    return UR_OK;
}

static ur_status take_node(grove *g, const ur_row *row, size_t begin, size_t length, uint64_t sentence, ur_error *error)
{
    ur_finding finding;
    if (begin == 0) return UR_OK; /* the sentence itself, which was added before */
    UR_TRY(describe_node(g, row, begin, length, &finding, error));
    return add_node(g, &finding, sentence, error);
}

/* Adds the sentence before its phrases, so that of equal ones the sentence is the example. */
static ur_status take_tree(grove *g, const ur_row *row, ur_error *error)
{
    ur_finding sentence;
    size_t length = row->length;
    if (ur_is_blank(row->text, length)) return UR_OK;
    while (ur_is_blank(row->text + length - 1, 1)) length--;
    UR_TRY(visit_nodes(g, row, length, 0, check_node, error));
    UR_TRY(describe_node(g, row, 0, length, &sentence, error));
    if (!g->options->phrases || ur_labelled_sets_apart(g->set, g->options, sentence.place, sentence.hash))
        return ur_labelled_add(g->set, g->options, &sentence, error);
    UR_TRY(add_node(g, &sentence, sentence.hash, error));
    return visit_nodes(g, row, length, sentence.hash, take_node, error);
}

static ur_status take_rows(grove *g, ur_rows *rows, ur_error *error)
{
    ur_row row;
    for (;;) {
        UR_TRY(ur_rows_next(rows, &row, error));
        if (!row.text) return UR_OK;
        UR_TRY(take_tree(g, &row, error));
    }
}

static ur_status take_files(grove *g, ur_error *error)
{
    for (size_t file = 0; file < g->set->source.list.count; file++) {
        ur_rows rows;
        UR_TRY(ur_rows_open(&rows, &g->set->source, file, (ur_dialect){0}, error));
        rows.hash = &g->set->hash;
        ur_status status = take_rows(g, &rows, error);
        ur_rows_close(&rows);
        if (status != UR_OK) return status;
    }
    return UR_OK;
}

static ur_status find_trees(ur_labelled *set, const ur_labelled_options *options, ur_error *error)
{
    grove *g = calloc(1, sizeof *g);
    if (!g) return ur_fail_memory(error, "reading trees");
    g->set = set;
    g->options = options;
    ur_status status = take_files(g, error);
    ur_example_free(&g->text);
    free(g->met.slots);
    free(g);
    snprintf(set->found, sizeof set->found, "trees, %s",
             options->phrases ? "each different phrase an example" : "a sentence an example");
    return status;
}

static ur_status decode_tree(const ur_labelled *set, const ur_entry *entry, ur_example *read, ur_error *error)
{
    UR_TRY(ur_labelled_bytes(set, entry->place, entry->length, read, error));
    char *text = read->room[0];
    read->text = text;
    read->length = strip_tree(text, entry->length);
    text[read->length] = 0;
    return UR_OK;
}

const ur_form ur_form_trees = {"trees", find_trees, decode_tree, "line", false};
